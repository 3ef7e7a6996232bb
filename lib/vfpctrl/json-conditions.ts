import { formatIp, isNetworkAddress, parseIp, parsePrefix } from '../addresses.js'
import type { Field } from './listed.js'

type Document = Readonly<Record<string, unknown>>

/**
 * A condition in JSON. The numbers of protocols, destination ports and
 * destination addresses have been seen; no others were published, and ours go by name.
 */
export function conditionDocuments([name, value]: Field): readonly Document[] {
  const parts = value.split(',').map((part) => part.trim())
  if (name === 'Protocols' && parts.every((part) => /^\d{1,3}$/.test(part))) return [{ ConditionType: 1, ProtocolList: parts.map(Number) }]
  if (name === 'Destination ports') return [{ ConditionType: 5, DestinationPortList: parts }]
  if (name === 'Destination IP') {
    const ranges = parts.map(rangeOf)
    const families = new Set(ranges.map((range) => range?.L.includes(':')))
    // A list of both families, or of what is no prefix, keeps its text.
    if (families.size === 1 && families.has(false)) return [{ ConditionType: 11, DestinationIPv4RangeList: ranges }]
    if (families.size === 1 && families.has(true)) return [{ ConditionType: 13, DestinationIPv6RangeList: ranges }]
  }
  return [{ Name: name, Value: value }]
}

/** Undefined where its kind is not known. */
export function readCondition(condition: Document): Field | undefined {
  const { Name: name, Value: value, ProtocolList: protocols, DestinationPortList: ports } = condition
  if (typeof name === 'string' && typeof value === 'string') return [name, value]
  if (isList(protocols, (protocol) => typeof protocol === 'number')) return ['Protocols', protocols.join(',')]
  if (isList(ports, (port) => typeof port === 'string' || typeof port === 'number')) return ['Destination ports', ports.join(',')]
  const ranges = condition.DestinationIPv4RangeList ?? condition.DestinationIPv6RangeList
  if (!isList(ranges, (range): range is Range => typeof range === 'object' && range !== null)) return undefined
  const texts = ranges.map(rangeText)
  return texts.every((text) => text !== undefined) ? ['Destination IP', texts.join(',')] : undefined
}

interface Range {
  /** The lowest and the highest address of it. */
  readonly L: string
  readonly H: string
}

function rangeOf(text: string): Range | undefined {
  const address = parseIp(text)
  const prefix = address === undefined ? parsePrefix(text) : { address, length: address.length * 8 }
  if (prefix === undefined || !isNetworkAddress(prefix)) return undefined
  return { L: formatIp(prefix.address), H: formatIp(withHostBits(prefix.address, prefix.length)) }
}

/** The prefix a range is, else `lowest-highest`. */
function rangeText({ L, H }: Range): string | undefined {
  const low = typeof L === 'string' ? parseIp(L) : undefined
  const high = typeof H === 'string' ? parseIp(H) : undefined
  if (low === undefined || high === undefined || low.length !== high.length) return undefined
  const bits = low.length * 8
  for (let length = bits; length >= 0; length--) {
    if (!isNetworkAddress({ address: low, length })) break
    if (formatIp(withHostBits(low, length)) === formatIp(high)) return length === bits ? formatIp(low) : `${formatIp(low)}/${length}`
  }
  return `${formatIp(low)}-${formatIp(high)}`
}

function withHostBits(address: Uint8Array, length: number): Uint8Array {
  return address.map((byte, i) => {
    const own = Math.min(8, Math.max(0, length - i * 8))
    return byte | (0xff >> own)
  })
}

function isList<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[]
function isList(value: unknown, isItem: (item: unknown) => boolean): value is readonly unknown[]
function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isItem)
}
