import type { VfpDirection, VfpFlow } from '../../types/index.js'
import { fieldOf, inLine, leadingNumber, listingLines, notUnderstood } from './lines.js'
import { childOf, fieldsOf, type Node, nodesOf } from './nodes.js'
import { changeLines, keyText, parseChange, parseKey } from './tuple-text.js'

/**
 * `list-unified-flow`. Unverified: nobody has published what the program
 * prints; the fields are those of its trace events, and the lines are ours.
 */
export function flowLines(flow: VfpFlow, number: number): readonly string[] {
  const side = (direction: VfpDirection) => {
    const { key, packets, bytes, change } = flow[direction]
    return [
      `    ${direction.toUpperCase()}:`,
      `        Tuple : ${keyText(key)}`,
      `        Packets : ${packets}`,
      `        Bytes : ${bytes}`,
      '        Modify:',
      ...changeLines(change).map((line) => `            ${line}`),
    ]
  }
  return [
    `UNIFIED FLOW : ${number}`,
    `    Port : ${inLine(flow.port)}`,
    `    Direction : ${flow.initiator.toUpperCase()}`,
    `    State : ${inLine(flow.state)}`,
    `    Current : ${flow.current ? 'TRUE' : 'FALSE'}`,
    `    Idle : ${flow.idleMilliseconds} ms`,
    `    Expires in : ${flow.expiresInMilliseconds} ms`,
    ...side('out'),
    ...side('in'),
    ...flow.decisions.flatMap(({ layer, rule, action, detail }) => [
      `    DECISION : ${inLine(layer)}`,
      `        Rule : ${inLine(rule)}`,
      `        Action : ${inLine(action)}`,
      `        Detail : ${inLine(detail)}`,
    ]),
    '',
  ]
}

/** @throws HcnError `ERR_INVALID_ANSWER`, or what the program said when it failed. */
export function parseFlows(output: string): readonly VfpFlow[] {
  const verb = 'list-unified-flow'
  return nodesOf(listingLines(verb, output)).flatMap((node) => {
    if (node.text === '<none>') return []
    const flow = fieldOf(node.text)?.[0] === 'UNIFIED FLOW' ? flowOf(node) : undefined
    if (flow === undefined) throw notUnderstood(verb, output, `\`${node.text.slice(0, 80)}\` is no flow of a form that is known`)
    return [flow]
  })
}

function flowOf(node: Node): VfpFlow | undefined {
  const fields = fieldsOf(node)
  const [out, inbound] = [sideOf(childOf(node, 'OUT:')), sideOf(childOf(node, 'IN:'))]
  const [idle, expires] = [leadingNumber(fields.get('Idle')), leadingNumber(fields.get('Expires in'))]
  const initiator = fields.get('Direction')
  if (out === undefined || inbound === undefined || idle === undefined || expires === undefined) return undefined
  if (initiator !== 'OUT' && initiator !== 'IN') return undefined
  return {
    port: fields.get('Port') ?? '',
    initiator: initiator === 'OUT' ? 'out' : 'in',
    state: fields.get('State') ?? '',
    current: fields.get('Current') === 'TRUE',
    out,
    in: inbound,
    idleMilliseconds: idle,
    expiresInMilliseconds: expires,
    decisions: node.children.flatMap((child) => {
      const heading = fieldOf(child.text)
      if (heading?.[0] !== 'DECISION') return []
      const said = fieldsOf(child)
      const text = (key: string) => said.get(key) ?? ''
      return [{ layer: heading[1], rule: text('Rule'), action: text('Action'), detail: text('Detail') }]
    }),
  }
}

function sideOf(node: Node | undefined): VfpFlow['out'] | undefined {
  if (node === undefined) return undefined
  const fields = fieldsOf(node)
  const key = parseKey(fields.get('Tuple'))
  const change = parseChange((childOf(node, 'Modify:')?.children ?? []).map(({ text }) => text))
  const [packets, bytes] = [leadingNumber(fields.get('Packets')), leadingNumber(fields.get('Bytes'))]
  if (key === undefined || change === undefined || packets === undefined || bytes === undefined) return undefined
  return { key, change, packets, bytes }
}
