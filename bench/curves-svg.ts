import { FAINT, INK, LINE, SERVICE_COLORS, svgDocument, svgText } from '../lib/engine/svg.js'

/** One curve: what it is of, and its points in order of x. */
export interface Curve {
  readonly label: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** Somebody else's: drawn dashed. */
  readonly isPeer: boolean
}

const WIDTH = 860
const HEIGHT = 440
const PLOT = { left: 70, right: 560, top: 64, bottom: 380 } as const

/** Curves over a logarithmic x from a y of zero: flows or rules, and what becomes of the rate. */
export function curvesSvg(title: string, xLabel: string, yLabel: string, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points)
  if (points.length === 0) throw new Error(`nothing to draw in \`${title}\``)
  const xs = points.map(({ x }) => Math.log10(x))
  const [first, last] = [Math.min(...xs), Math.max(...xs)]
  const top = niceTop(Math.max(...points.map(({ y }) => y)))
  const atX = (x: number): number => PLOT.left + ((Math.log10(x) - first) / Math.max(last - first, 1)) * (PLOT.right - PLOT.left)
  const atY = (y: number): number => PLOT.bottom - (y / top) * (PLOT.bottom - PLOT.top)

  const parts = [svgText(24, 34, title, { size: 16, weight: 600 }), svgText(24, 54, yLabel, { fill: FAINT })]
  for (let step = 0; step <= 5; step++) {
    const y = (top / 5) * step
    parts.push(
      line(PLOT.left, atY(y), PLOT.right, atY(y), LINE, 1),
      svgText(PLOT.left - 8, atY(y) + 4, short(y), { anchor: 'end', fill: FAINT }),
    )
  }
  for (const x of new Set(points.map((point) => point.x)))
    parts.push(svgText(atX(x), PLOT.bottom + 22, short(x), { anchor: 'middle', fill: FAINT }))
  parts.push(svgText((PLOT.left + PLOT.right) / 2, PLOT.bottom + 44, xLabel, { anchor: 'middle', fill: FAINT }))
  curves.forEach((curve, index) => {
    const color = SERVICE_COLORS[index % SERVICE_COLORS.length] ?? INK
    const dash = curve.isPeer ? ' stroke-dasharray="6 4"' : ''
    const path = curve.points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`).join(' ')
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="2.5"${dash}/>`)
    for (const { x, y } of curve.points) parts.push(`<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3.5" fill="${color}"/>`)
    const y = PLOT.top + 10 + index * 24
    parts.push(
      `<path d="M${PLOT.right + 24} ${y}H${PLOT.right + 54}" stroke="${color}" stroke-width="2.5"${dash}/>`,
      svgText(PLOT.right + 62, y + 4, curve.label),
    )
  })
  return svgDocument(WIDTH, HEIGHT, title, parts)
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string, width: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}" stroke-width="${width}"/>`
}

/** The next 1, 2 or 5 of a power of ten that has room for `value`. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  if (value >= 1e3) return `${value / 1e3} k`
  return String(Math.round(value * 100) / 100)
}
