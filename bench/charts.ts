import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Curve, curvesSvg } from './curves-svg.js'
import type { Comparison } from './versus.js'

/** Draws what there is of it: `throughput-over-flows.svg` and `lookups-over-rules.svg` in `folder`. */
export function writeCharts(folder: string, compared: readonly Comparison[]): void {
  mkdirSync(folder, { recursive: true })
  const flows = compared.filter(({ figure }) => figure.config.frameBytes === 64)
  const rules = compared.filter(({ figure }) => figure.name === 'classify')
  const draw = (file: string, title: string, xLabel: string, yLabel: string, curves: readonly Curve[]): void => {
    if (curves.length > 0) writeFileSync(join(folder, file), curvesSvg(title, xLabel, yLabel, curves))
  }
  draw(
    'throughput-over-flows.svg',
    'Throughput over flows, one core, 64-byte frames',
    'flows, uniformly random',
    'million packets a second',
    curvesOf(flows, 'flows', nameOfCase),
  )
  draw(
    'lookups-over-rules.svg',
    'First-packet classification over rules, one core',
    'rules',
    'million lookups a second, 32 at a time',
    curvesOf(
      rules.filter(({ figure }) => figure.config.batch === 32),
      'rules',
      nameOfFile,
    ),
  )
}

function nameOfCase({ figure }: Comparison): string {
  return figure.name
}

function nameOfFile({ figure }: Comparison): string {
  return String(figure.config.file).split('.')[0] ?? figure.name
}

/** A curve of ours and one of the peer's for each name. */
function curvesOf(compared: readonly Comparison[], x: string, nameOf: (comparison: Comparison) => string): readonly Curve[] {
  const curves = new Map<string, { label: string; isPeer: boolean; points: { x: number; y: number }[] }>()
  const add = (label: string, isPeer: boolean, point: { x: number; y: number }): void => {
    const curve = curves.get(label) ?? { label, isPeer, points: [] }
    curve.points.push(point)
    curves.set(label, curve)
  }
  for (const comparison of compared) {
    const { figure, peer } = comparison
    const at = Number(figure.config[x])
    add(nameOf(comparison), false, { x: at, y: figure.value / 1e6 })
    add(`${peer.anchor.replace(/^\w /, '')} beside ${nameOf(comparison)}`, true, { x: at, y: peer.value })
  }
  return [...curves.values()].map((curve) => ({ ...curve, points: curve.points.toSorted((a, b) => a.x - b.x) }))
}
