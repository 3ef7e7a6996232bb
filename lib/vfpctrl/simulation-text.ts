import type { VfpExplainStep, VfpExplanation } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import { fieldOf, inLine, leadingNumber, listingLines, notUnderstood } from './lines.js'
import { childOf, fieldsOf, type Node, nodesOf } from './nodes.js'
import { changeLines, parseChange, parseKey, parseTuple, tupleText } from './tuple-text.js'

/** What `process-tuples` is given: a packet without tunnels, and which way it goes. */
export interface SimulatedTuple {
  readonly protocol: number
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  readonly direction: 'out' | 'in'
  /** 1: the first packet of a TCP connection. */
  readonly flags: number
}

/** `6 10.1.0.4 31337 10.96.0.80 80 out 1`. */
export function simulatedTupleText({ direction, flags, ...key }: SimulatedTuple): string {
  return `${key.protocol} ${key.source} ${key.sourcePort} ${key.destination} ${key.destinationPort} ${direction} ${flags}`
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function parseSimulatedTuple(text: string | undefined): SimulatedTuple {
  const words = (text ?? '').trim().split(/\s+/)
  const key = parseKey(words.slice(0, 5).join(' '))
  const direction = words[5]?.toLowerCase()
  const flags = words[6] ?? '0'
  if (key === undefined || (direction !== 'in' && direction !== 'out') || !/^[0-3]$/.test(flags) || words.length > 7) {
    const remedy = '`PROTOCOL SOURCE PORT DESTINATION PORT in|out FLAG` is wanted, as in `6 10.1.0.4 1234 10.96.0.1 80 out 1`'
    throw invalidArgument('/process-tuples', text ?? '', remedy)
  }
  return { ...key, direction, flags: Number(flags) }
}

/**
 * `process-tuples`. Unverified: nobody has published what the program prints;
 * these lines are ours. Step by step: port, layer, group, rule, what it did; then
 * the tuple at the end and what becomes of the packet.
 */
export function explanationLines(explanation: VfpExplanation): readonly string[] {
  return [
    ...explanation.steps.flatMap(stepLines),
    'RESULT :',
    `    Verdict : ${explanation.verdict}`,
    ...(explanation.reason === undefined ? [] : [`    Reason : ${explanation.reason.number} ${inLine(explanation.reason.name)}`]),
    ...explanation.deliverTo.map((port) => `    Deliver to : ${inLine(port)}`),
    `    Flow : ${explanation.cached ? 'TRUE' : 'FALSE'}`,
    `    Tuple : ${tupleText(explanation.finalTuple)}`,
    '',
  ]
}

function stepLines(step: VfpExplainStep, i: number): readonly string[] {
  return [
    `STEP : ${i + 1}`,
    `    Port : ${inLine(step.port)}`,
    `    Direction : ${step.direction.toUpperCase()}`,
    `    Layer : ${inLine(step.layer)}`,
    `    Group : ${inLine(step.group)}`,
    ...(step.rule === undefined
      ? []
      : [
          `    RULE : ${inLine(step.rule.id)}`,
          `        Friendly name : ${inLine(step.rule.name)}`,
          `        Priority : ${step.rule.priority}`,
        ]),
    `    Type : ${inLine(step.action)}`,
    `    Detail : ${inLine(step.detail)}`,
    `    Before : ${tupleText(step.before)}`,
    '    Modify:',
    ...changeLines(step.change).map((line) => `        ${line}`),
    `    After : ${tupleText(step.after)}`,
    '',
  ]
}

/** @throws HcnError `ERR_INVALID_ANSWER`, or what the program said when it failed. */
export function parseExplanation(output: string): VfpExplanation {
  const verb = 'process-tuples'
  const nodes = nodesOf(listingLines(verb, output))
  const steps: VfpExplainStep[] = []
  for (const node of nodes) {
    const heading = fieldOf(node.text)?.[0]
    if (heading === 'RESULT' && node === nodes.at(-1)) {
      const explanation = resultOf(node, steps)
      if (explanation !== undefined) return explanation
    }
    const step = heading === 'STEP' ? stepOf(node) : undefined
    if (step === undefined) throw notUnderstood(verb, output, `\`${node.text.slice(0, 80)}\` is no step of a form that is known`)
    steps.push(step)
  }
  throw notUnderstood(verb, output, 'it has no result')
}

function stepOf(node: Node): VfpExplainStep | undefined {
  const fields = fieldsOf(node)
  const [before, after] = [parseTuple(fields.get('Before')), parseTuple(fields.get('After'))]
  const change = parseChange((childOf(node, 'Modify:')?.children ?? []).map(({ text }) => text))
  const direction = fields.get('Direction')
  if (before === undefined || after === undefined || change === undefined) return undefined
  if (direction !== 'OUT' && direction !== 'IN') return undefined
  const ruleNode = node.children.find(({ text }) => fieldOf(text)?.[0] === 'RULE')
  const rule = ruleNode === undefined ? undefined : ruleOf(ruleNode)
  if (ruleNode !== undefined && rule === undefined) return undefined
  const text = (key: string) => fields.get(key) ?? ''
  return {
    port: text('Port'),
    direction: direction === 'OUT' ? 'out' : 'in',
    layer: text('Layer'),
    group: text('Group'),
    ...(rule === undefined ? {} : { rule }),
    action: text('Type'),
    detail: text('Detail'),
    change,
    before,
    after,
  }
}

function ruleOf(node: Node): VfpExplainStep['rule'] {
  const fields = fieldsOf(node)
  const priority = leadingNumber(fields.get('Priority'))
  const id = fieldOf(node.text)?.[1]
  return priority === undefined || id === undefined ? undefined : { id, name: fields.get('Friendly name') ?? '', priority }
}

function resultOf(node: Node, steps: readonly VfpExplainStep[]): VfpExplanation | undefined {
  const fields = fieldsOf(node)
  const verdict = fields.get('Verdict')
  const finalTuple = parseTuple(fields.get('Tuple'))
  if ((verdict !== 'forward' && verdict !== 'drop' && verdict !== 'answered') || finalTuple === undefined) return undefined
  const reason = /^(\d{1,3}) (.+)$/.exec(fields.get('Reason') ?? '')
  return {
    verdict,
    ...(reason === null ? {} : { reason: { name: reason[2] ?? '', number: Number(reason[1]) } }),
    deliverTo: node.children.flatMap(({ text }) => {
      const field = fieldOf(text)
      return field?.[0] === 'Deliver to' ? [field[1]] : []
    }),
    cached: fields.get('Flow') === 'TRUE',
    steps,
    finalTuple,
  }
}
