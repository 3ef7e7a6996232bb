import type { VfpFlowKey, VfpTransposition, VfpTuple } from '../../types/index.js'
import { isIp, isMac } from './values.js'

/** `6 10.1.0.4 31337 10.96.0.80 80`: as the program takes tuples, so it is shown them. */
export function keyText({ protocol, source, sourcePort, destination, destinationPort }: VfpFlowKey): string {
  return `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`
}

export function parseKey(text: string | undefined): VfpFlowKey | undefined {
  const [protocol, source, sourcePort, destination, destinationPort, more] = (text ?? '').split(' ')
  if (!isIp(source) || !isIp(destination) || more !== undefined) return undefined
  const [a, b, c] = [byteOf(protocol), portOf(sourcePort), portOf(destinationPort)]
  if (a === undefined || b === undefined || c === undefined) return undefined
  return { source, destination, protocol: a, sourcePort: b, destinationPort: c }
}

/** With MACs in front. */
export function tupleText(tuple: VfpTuple): string {
  return `${tuple.sourceMac} ${tuple.destinationMac} ${keyText(tuple)}`
}

export function parseTuple(text: string | undefined): VfpTuple | undefined {
  const [sourceMac, destinationMac, ...rest] = (text ?? '').split(' ')
  const key = parseKey(rest.join(' '))
  if (key === undefined || !isMac(sourceMac) || !isMac(destinationMac)) return undefined
  return { sourceMac, destinationMac, ...key }
}

const CHANGES = [
  ['Source MAC', 'sourceMac', 'mac'],
  ['Destination MAC', 'destinationMac', 'mac'],
  ['Source IP', 'source', 'ip'],
  ['Destination IP', 'destination', 'ip'],
  ['Source port', 'sourcePort', 'port'],
  ['Destination port', 'destinationPort', 'port'],
  ['TTL decrement', 'ttlDecrement', 'byte'],
] as const

/** `Destination IP : 10.1.0.7` for each field that is rewritten; `<none>` for none. */
export function changeLines(change: VfpTransposition): readonly string[] {
  const lines = CHANGES.flatMap(([label, member]) => (change[member] === undefined ? [] : [`${label} : ${change[member]}`]))
  return lines.length === 0 ? ['<none>'] : lines
}

/** Undefined when one of the lines is none of {@link changeLines}. */
export function parseChange(lines: readonly string[]): VfpTransposition | undefined {
  const change: Record<string, string | number> = {}
  for (const line of lines) {
    if (line === '<none>') continue
    const [label, value] = line.split(' : ')
    const known = CHANGES.find(([name]) => name === label)
    if (known === undefined || value === undefined || change[known[1]] !== undefined) return undefined
    const read = READ[known[2]](value)
    if (read === undefined) return undefined
    change[known[1]] = read
  }
  return change
}

const READ = {
  mac: (text: string) => (isMac(text) ? text : undefined),
  ip: (text: string) => (isIp(text) ? text : undefined),
  port: portOf,
  byte: byteOf,
} as const

function portOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 0xffff ? Number(text) : undefined
}

function byteOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,3}$/.test(text) && Number(text) <= 0xff ? Number(text) : undefined
}
