/**
 * `npm run bench [-- --json] [-- --filter NAME]`: the engine's figures from the
 * native benchmark, the control plane's through the facade. With `--json` one
 * array of `{name, value, unit, spread, config}` on standard output.
 *
 * `--filter classify --rules FILE --trace FILE`: the classifier by itself, on a
 * rule set and a trace in ClassBench's formats; left out without files.
 */
import { parseArgs } from 'node:util'

import { controlAcl } from './control/acl.js'
import { controlEndpoint } from './control/endpoint.js'
import { controlLoadBalancer } from './control/load-balancer.js'
import { dataPath } from './data-path.js'
import type { Figure } from './figure.js'
import { napiCall } from './napi-call.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
    rules: { type: 'string' },
    trace: { type: 'string' },
  },
})
const filter = values.filter
if (filter.startsWith('classify') && (values.rules === undefined || values.trace === undefined)) {
  throw new Error('`classify` needs a rule set and a trace: --rules FILE --trace FILE')
}
const say = (text: string): void => {
  if (!values.json) process.stdout.write(`${text}\n`)
}

const cases: readonly [string, () => Promise<readonly Figure[]>][] = [
  ['classify flow. switch.', () => dataPath(filter, values)],
  ['control.endpoint', () => controlEndpoint()],
  ['control.loadBalancer', () => controlLoadBalancer()],
  ['control.acl', () => controlAcl()],
  ['napi.call', napiCall],
]

const wanted = (names: string): boolean => names.split(' ').some((name) => name.startsWith(filter) || filter.startsWith(name))

const figures: Figure[] = []
for (const [name, measure] of cases) {
  if (!wanted(name)) continue
  for (const figure of await measure()) {
    figures.push(figure)
    const config = Object.entries(figure.config)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ')
    say(
      `${figure.name.padEnd(34)} ${readable(figure.value).padStart(9)} ${figure.unit}  (${readable(figure.spread.min)} to ${readable(figure.spread.max)}; ${config})`,
    )
  }
}
if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)

function readable(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`
  return value.toFixed(1)
}
