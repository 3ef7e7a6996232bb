/**
 * `npm run bench [-- --json] [-- --filter NAME]`: the engine's figures from the
 * native benchmark, the control plane's through the facade. With `--json` one
 * array of `{name, value, unit, spread, config}` on standard output.
 *
 * `--vs-peers DIR`: the engine's figures beside other switches', taken in turn in
 * this run by the scripts of `DIR`; prints ratios, above 1 where this engine is
 * faster. `--charts DIR` draws them, too.
 *
 * `--filter classify --rules FILE --trace FILE`: the classifier by itself, on a
 * rule set and a trace in ClassBench's formats; left out without files.
 */
import { parseArgs } from 'node:util'
import { writeCharts } from './charts.js'
import { controlAcl } from './control/acl.js'
import { controlEndpoint } from './control/endpoint.js'
import { controlLoadBalancer } from './control/load-balancer.js'
import { controlNetworkAcl } from './control/network-acl.js'
import { dataPath } from './data-path.js'
import type { Figure } from './figure.js'
import { napiCall } from './napi-call.js'
import { Peers } from './peers.js'
import { versus } from './versus.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
    rules: { type: 'string' },
    trace: { type: 'string' },
    'vs-peers': { type: 'string' },
    charts: { type: 'string' },
  },
})
const filter = values.filter
if (values['vs-peers'] === undefined && filter.startsWith('classify') && (values.rules === undefined || values.trace === undefined)) {
  throw new Error('`classify` needs a rule set and a trace: --rules FILE --trace FILE')
}
const say = (text: string): void => {
  if (!values.json) process.stdout.write(`${text}\n`)
}

const cases: readonly [string, () => Promise<readonly Figure[]>][] = [
  ['classify flow. policy. switch.', () => dataPath(filter, values)],
  ['control.endpoint', () => controlEndpoint()],
  ['control.loadBalancer', () => controlLoadBalancer()],
  ['control.acl', () => controlAcl()],
  ['control.networkAcl control.set', () => controlNetworkAcl()],
  ['napi.call', napiCall],
]

const wanted = (names: string): boolean => names.split(' ').some((name) => name.startsWith(filter) || filter.startsWith(name))

if (values['vs-peers'] === undefined) await measure()
else await measureBeside(values['vs-peers'])

async function measure(): Promise<void> {
  const figures: Figure[] = []
  for (const [name, take] of cases) {
    if (!wanted(name)) continue
    for (const figure of await take()) {
      figures.push(figure)
      const spread = `${readable(figure.spread.min)} to ${readable(figure.spread.max)}`
      say(`${figure.name.padEnd(34)} ${readable(figure.value).padStart(9)} ${figure.unit}  (${spread}; ${configOf(figure)})`)
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
}

async function measureBeside(folder: string): Promise<void> {
  const compared = await versus(new Peers(folder), filter, (text) => process.stderr.write(`${text}\n`))
  for (const { figure, peer, ratio } of compared) {
    const ours = `${readable(figure.value)} ${figure.unit}`
    say(
      `${figure.name.padEnd(16)} ${ours.padStart(18)} = ${ratio.toFixed(2)} x ${peer.value} ${peer.unit} of ${peer.anchor}, ${peer.name}  (${configOf(figure)})`,
    )
  }
  if (values.charts !== undefined) writeCharts(values.charts, compared)
  if (values.json) process.stdout.write(`${JSON.stringify(compared, null, 2)}\n`)
}

function configOf(figure: Figure): string {
  return Object.entries(figure.config)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
}

function readable(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`
  return value.toFixed(1)
}
