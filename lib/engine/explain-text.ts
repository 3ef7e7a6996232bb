import type { VfpExplainStep, VfpExplanation, VfpPort, VfpTransposition, VfpTuple } from '../../types/index.js'
import { sameGuid } from '../addresses.js'
import { columns, padTo, type Terminal, type TerminalOptions, terminal } from './terminal.js'

export interface ExplanationTextOptions extends TerminalOptions {
  /** What `hns.vfp.ports()` gave, for ports' names. Default: the first digits of their ids. */
  readonly ports?: readonly Pick<VfpPort, 'id' | 'friendlyName'>[] | undefined
}

/** A run of steps at one port in one direction. */
export interface PortPassage {
  readonly port: string
  readonly direction: 'out' | 'in'
  readonly steps: readonly VfpExplainStep[]
}

/** @internal */
export function passagesOf(explanation: VfpExplanation, ports: ExplanationTextOptions['ports']): readonly PortPassage[] {
  const passages: { port: string; id: string; direction: 'out' | 'in'; steps: VfpExplainStep[] }[] = []
  for (const step of explanation.steps) {
    const last = passages.at(-1)
    if (last !== undefined && last.id === step.port && last.direction === step.direction) last.steps.push(step)
    else passages.push({ id: step.port, port: portName(step.port, ports), direction: step.direction, steps: [step] })
  }
  return passages
}

/** @internal */
export function portName(id: string, ports: ExplanationTextOptions['ports']): string {
  const name = ports?.find((port) => sameGuid(port.id, id))?.friendlyName
  return name === undefined || name === '' ? id.slice(0, 8) : name
}

/** One line for the end of the way: `dropped: acl-blocked (64)`. */
export function verdictText(explanation: VfpExplanation, ports: ExplanationTextOptions['ports']): string {
  switch (explanation.verdict) {
    case 'forward':
      return `delivered to ${explanation.deliverTo.map((id) => portName(id, ports)).join(', ')}: ${tupleText(explanation.finalTuple)}`
    case 'answered':
      return 'answered by the switch itself'
    case 'drop':
      return `dropped: ${explanation.reason?.name ?? 'unknown'} (${explanation.reason?.number ?? '?'})`
  }
}

/**
 * A packet's way through the layers, step by step: which rule of which layer
 * matched, and what it did to the headers. Ends without a newline.
 */
export function explanationText(explanation: VfpExplanation, options: ExplanationTextOptions = {}): string {
  const screen = terminal(options)
  const lines: string[] = []
  const first = explanation.steps[0]?.before ?? explanation.finalTuple
  lines.push(
    screen.paint('bold', tupleText(first)) + (explanation.cached ? screen.paint('dim', '  (its connection is in the flow table)') : ''),
  )
  const passages = passagesOf(explanation, options.ports)
  const layerWidth = Math.max(0, ...explanation.steps.map((step) => columns(stepPlace(step))))
  const actionWidth = Math.max(0, ...explanation.steps.map(({ action }) => columns(action)))
  for (const passage of passages) {
    lines.push(`${passage.direction === 'out' ? '╭▶ leaves' : '╰▶ enters'} port ${screen.paint('bold', passage.port)}`)
    for (const step of passage.steps) {
      const action = screen.paint(actionStyle(step.action), padTo(actionWidth, step.action))
      const place = `│  ${padTo(layerWidth, stepPlace(step))}  ${action}  `
      const said = stepText(step)
      if (columns(place) + columns(said) <= screen.width) {
        lines.push(`${place}${said}`.trimEnd())
      } else {
        // HNS' own names of rules are long: a line of its own shows them whole.
        lines.push(`${place}${step.detail}`.trimEnd(), `│    ${ruleText(step)}`)
      }
      for (const change of changes(step)) lines.push(`│  ${' '.repeat(layerWidth)}  ${screen.paint('cyan', change)}`)
    }
  }
  const mark = explanation.verdict === 'drop' ? screen.paint('red', '✗') : screen.paint('green', '✓')
  lines.push(`${mark} ${verdictText(explanation, options.ports)}`)
  return lines.join('\n')
}

/** Steps of the switch itself have no layer. */
export function stepPlace(step: VfpExplainStep): string {
  return step.layer === '' ? 'switch' : step.layer
}

/** The rule that matched, and the switch's own clause. */
export function stepText(step: VfpExplainStep): string {
  return [ruleText(step), step.detail].filter((part) => part !== '').join('; ')
}

/** Empty where no rule matched: then the switch's clause says so. */
function ruleText({ rule }: VfpExplainStep): string {
  return rule === undefined ? '' : `rule ${rule.name === '' ? rule.id : rule.name}, priority ${rule.priority}`
}

function actionStyle(action: string): Parameters<Terminal['paint']>[0] {
  if (action.endsWith('block')) return 'red'
  if (action.endsWith('allow')) return 'green'
  return 'yellow'
}

const CHANGE_NAMES = [
  ['sourceMac', 'source MAC'],
  ['destinationMac', 'destination MAC'],
  ['source', 'source'],
  ['destination', 'destination'],
  ['sourcePort', 'source port'],
  ['destinationPort', 'destination port'],
] as const

/** `destination 10.96.0.80 → 10.244.1.11` for each field that the step rewrote. */
export function changes({ change, before }: { readonly change: VfpTransposition; readonly before: VfpTuple }): readonly string[] {
  const fields = CHANGE_NAMES.flatMap(([field, name]) => {
    const after = change[field]
    return after === undefined ? [] : [`${name} ${before[field]} → ${after}`]
  })
  return change.ttlDecrement === undefined ? fields : [...fields, `TTL less ${change.ttlDecrement}`]
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' }

export function tupleText(tuple: VfpTuple): string {
  const name = PROTOCOL_NAMES[tuple.protocol] ?? `protocol ${tuple.protocol}`
  const ported = tuple.protocol === 6 || tuple.protocol === 17
  const end = (address: string, port: number) => (!ported ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)
  return `${name} ${end(tuple.source, tuple.sourcePort)} > ${end(tuple.destination, tuple.destinationPort)}`
}
