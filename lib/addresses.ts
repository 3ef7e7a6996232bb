import { isIPv4, isIPv6 } from 'node:net'

/** 4 or 16 bytes, most significant first. */
export type AddressBytes = Uint8Array

/** Undefined when `text` is no address. Zones (`fe80::1%eth0`) are none: the switch knows no interfaces. */
export function parseIp(text: string): AddressBytes | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  if (!isIPv6(text) || text.includes('%')) return undefined
  let groups = text
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  if (dotted !== null) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number]
    groups = `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  }
  const [head = '', tail] = groups.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const words = [...before, ...Array<string>(missing).fill('0'), ...after].map((word) => Number.parseInt(word, 16))
  const bytes = new Uint8Array(16)
  words.forEach((word, i) => {
    bytes[i * 2] = word >> 8
    bytes[i * 2 + 1] = word & 0xff
  })
  return bytes
}

/** RFC 5952 for IPv6: lower case, no leading zeros, the longest run of zeros (of two groups or more) folded. */
export function formatIp(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0))
  let bestStart = -1
  let bestLength = 1
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && words[start + length] === 0) length++
    if (length > bestLength) [bestStart, bestLength] = [start, length]
  }
  const hex = words.map((word) => word.toString(16))
  if (bestStart < 0) return hex.join(':')
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`
}

/** The one spelling of an address; undefined when it is none. */
export function canonicalIp(text: string): string | undefined {
  // It has one spelling only.
  if (isIPv4(text)) return text
  const bytes = parseIp(text)
  return bytes === undefined ? undefined : formatIp(bytes)
}

export interface Prefix {
  readonly address: AddressBytes
  /** Bits. */
  readonly length: number
}

/** `10.1.0.0/16`; host bits may be set. */
export function parsePrefix(text: string): Prefix | undefined {
  if (!text.includes('/')) return undefined
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  const address = parseIp(match[1] ?? '')
  const length = Number(match[2])
  if (address === undefined || length > address.length * 8) return undefined
  return { address, length }
}

export function prefixContains(prefix: Prefix, address: AddressBytes): boolean {
  if (prefix.address.length !== address.length) return false
  const whole = prefix.length >> 3
  for (let i = 0; i < whole; i++) if (prefix.address[i] !== address[i]) return false
  const rest = prefix.length & 7
  if (rest === 0) return true
  const mask = (0xff << (8 - rest)) & 0xff
  return ((prefix.address[whole] ?? 0) & mask) === ((address[whole] ?? 0) & mask)
}

/** True when no bit right of the prefix's length is set. */
export function isNetworkAddress(prefix: Prefix): boolean {
  for (let bit = prefix.length; bit < prefix.address.length * 8; bit++) {
    if ((((prefix.address[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1) return false
  }
  return true
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? prefixContains(a, b.address) : prefixContains(b, a.address)
}

/** Six bytes from `00-15-5d-01-02-03` or `00:15:5d:01:02:03`, any case. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}([-:])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text)) return undefined
  return Uint8Array.from(text.split(/[-:]/), (pair) => Number.parseInt(pair, 16))
}

/** `00-15-5D-01-02-03`, as HCN writes it. */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('-')
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isGuid(text: string): boolean {
  return GUID.test(text)
}

/** GUIDs are compared with case ignored: the service promises none. */
export function sameGuid(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
