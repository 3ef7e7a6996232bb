import { formatMac, parseIp, parseMac } from '../../addresses.js'
import { HcnError, invalidArgument } from '../../errors.js'
import { checkObject } from '../../policy/check.js'
import { checkPacket } from './check.js'
import { sum16, transportChecksum } from './checksum.js'
import {
  ALL_NODES,
  type ArpPacket,
  BROADCAST_MAC,
  DEFAULT_TTL,
  DEFAULT_WINDOW,
  type IcmpPacket,
  ND_ADVERTISEMENT,
  ND_FLAG_BITS,
  ND_SOLICITATION,
  ND_TTL,
  type NdPacket,
  type Packet,
  solicitedNode,
  TCP_FLAG_BITS,
  type TcpPacket,
  type UdpPacket,
  ZERO_MAC,
} from './packet.js'

/** For the MACs a packet does not say. */
export interface MacDefaults {
  readonly sourceMac?: string
  readonly destinationMac?: string
}

/**
 * The frame of a packet, checksums and all.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` where a MAC is needed and nobody said one, or a value does not
 * fit its field or is of another type.
 */
export function encodeFrame(packet: Packet, defaults: MacDefaults = {}): Uint8Array {
  checkPacket(packet)
  checkObject('defaults', defaults)
  if (packet.kind === 'raw') return packet.bytes
  const sourceMac = macBytes('sourceMac', packet.sourceMac ?? defaults.sourceMac)
  const destinationMac = macBytes('destinationMac', packet.destinationMac ?? groupMac(packet) ?? defaults.destinationMac)
  const body = packet.kind === 'arp' ? arpBody(packet, sourceMac, destinationMac) : ipBody(packet, sourceMac)
  const etherType = packet.kind === 'arp' ? 0x0806 : body.length > 0 && (body[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800
  const tag = packet.vlan === undefined ? new Uint8Array(0) : concat(u16(0x8100), u16(packet.vlan))
  return concat(destinationMac, sourceMac, tag, u16(etherType), body, packet.trailer ?? new Uint8Array(0))
}

function macBytes(field: string, text: unknown): Uint8Array {
  if (text === undefined) throw invalidArgument(field, text, 'the packet needs one: write it as `@00-15-5D-00-00-01>00-15-5D-00-00-02`')
  const bytes = typeof text === 'string' ? parseMac(text) : undefined
  if (bytes === undefined) throw invalidArgument(field, text, 'a MAC such as `00-15-5D-00-00-01` is wanted')
  return bytes
}

/** RFC 1112 6.4 and RFC 2464 7; undefined for unicast. */
function groupMac(packet: Exclude<Packet, { kind: 'raw' }>): string | undefined {
  if (packet.kind === 'arp') return packet.operation === 'request' ? BROADCAST_MAC : undefined
  const destination = ipBytes('destination', packet.destination)
  if (destination.length === 16) {
    return destination[0] === 0xff ? formatMac(concat(Uint8Array.of(0x33, 0x33), destination.subarray(12))) : undefined
  }
  if (packet.destination === '255.255.255.255') return BROADCAST_MAC
  const [first = 0, second = 0, third = 0, fourth = 0] = destination
  return first >> 4 === 0xe ? formatMac(Uint8Array.of(0x01, 0x00, 0x5e, second & 0x7f, third, fourth)) : undefined
}

function arpBody(packet: ArpPacket, sourceMac: Uint8Array, destinationMac: Uint8Array): Uint8Array {
  const reply = packet.operation === 'reply'
  const senderIp = ipBytes('senderIp', packet.senderIp)
  const targetIp = ipBytes('targetIp', packet.targetIp)
  if (senderIp.length !== 4 || targetIp.length !== 4)
    throw invalidArgument('targetIp', packet.targetIp, 'ARP is for IPv4; `nd` does it for IPv6')
  const senderMac = packet.senderMac === undefined ? sourceMac : macBytes('senderMac', packet.senderMac)
  const targetMac =
    packet.targetMac === undefined ? (reply ? destinationMac : macBytes('', ZERO_MAC)) : macBytes('targetMac', packet.targetMac)
  return concat(u16(1), u16(0x0800), Uint8Array.of(6, 4), u16(reply ? 2 : 1), senderMac, senderIp, targetMac, targetIp)
}

function ipBody(packet: Exclude<Packet, { kind: 'raw' | 'arp' }>, sourceMac: Uint8Array): Uint8Array {
  const source = ipBytes('source', packet.source)
  const destination = ipBytes('destination', packet.destination)
  if (source.length !== destination.length)
    throw invalidArgument('destination', packet.destination, `the source \`${packet.source}\` is of the other family`)
  const v6 = source.length === 16
  const [protocol, segment] = segmentOf(packet, sourceMac, v6)
  if (segment.length > 65515) throw invalidArgument('payload', `${segment.length} bytes`, 'an IP packet ends at 65535 bytes')
  if (packet.kind !== 'ip') writeChecksum(packet, source, destination, protocol, segment)
  const ttl = range('ttl', packet.ttl ?? (packet.kind === 'nd' ? ND_TTL : DEFAULT_TTL), 255)
  const tos = range('tos', packet.tos ?? 0, 255)
  if (v6) {
    const flowLabel = range('flowLabel', packet.flowLabel ?? 0, 0xfffff)
    const first = (0x60000000 + tos * 0x100000 + flowLabel) >>> 0
    return concat(u32(first), u16(segment.length), Uint8Array.of(protocol, ttl), source, destination, segment)
  }
  const offset = packet.fragmentOffset ?? 0
  if (offset % 8 !== 0 || offset < 0 || offset > 65528)
    throw invalidArgument('fragmentOffset', offset, 'a multiple of 8 up to 65528 is wanted')
  const fragment = (packet.df === true ? 0x4000 : 0) | (packet.mf === true ? 0x2000 : 0) | (offset >> 3)
  const header = concat(
    Uint8Array.of(0x45, tos),
    u16(20 + segment.length),
    u16(range('ipId', packet.ipId ?? 0, 0xffff)),
    u16(fragment),
    Uint8Array.of(ttl, protocol, 0, 0),
    source,
    destination,
  )
  header.set(u16(packet.ipChecksum ?? ~sum16(header) & 0xffff), 10)
  return concat(header, segment)
}

function segmentOf(packet: Exclude<Packet, { kind: 'raw' | 'arp' }>, sourceMac: Uint8Array, v6: boolean): [number, Uint8Array] {
  switch (packet.kind) {
    case 'tcp':
      return [6, tcpSegment(packet)]
    case 'udp':
      return [17, udpSegment(packet)]
    case 'icmp':
      return [v6 ? 58 : 1, icmpSegment(packet)]
    case 'nd':
      return [58, ndSegment(packet, sourceMac)]
    case 'ip':
      return [range('protocol', packet.protocol, 255), packet.payload ?? new Uint8Array(0)]
  }
}

function tcpSegment(packet: TcpPacket): Uint8Array {
  const options = packet.options ?? new Uint8Array(0)
  if (options.length % 4 !== 0 || options.length > 40)
    throw invalidArgument('options', `${options.length} bytes`, 'a multiple of 4 up to 40 is wanted')
  return concat(
    u16(range('sourcePort', packet.sourcePort, 0xffff)),
    u16(range('destinationPort', packet.destinationPort, 0xffff)),
    u32(range('seq', packet.seq ?? 0, 0xffffffff)),
    u32(range('ack', packet.ack ?? 0, 0xffffffff)),
    Uint8Array.of((5 + options.length / 4) << 4, bitsOf(packet.flags, TCP_FLAG_BITS)),
    u16(range('window', packet.window ?? DEFAULT_WINDOW, 0xffff)),
    u16(0),
    u16(range('urgent', packet.urgent ?? 0, 0xffff)),
    options,
    packet.payload ?? new Uint8Array(0),
  )
}

function udpSegment(packet: UdpPacket): Uint8Array {
  const payload = packet.payload ?? new Uint8Array(0)
  return concat(
    u16(range('sourcePort', packet.sourcePort, 0xffff)),
    u16(range('destinationPort', packet.destinationPort, 0xffff)),
    u16(8 + payload.length),
    u16(0),
    payload,
  )
}

function icmpSegment(packet: IcmpPacket): Uint8Array {
  return concat(
    Uint8Array.of(range('type', packet.type, 255), range('code', packet.code ?? 0, 255)),
    u16(0),
    u16(range('id', packet.id ?? 0, 0xffff)),
    u16(range('seq', packet.seq ?? 0, 0xffff)),
    packet.payload ?? new Uint8Array(0),
  )
}

function ndSegment(packet: NdPacket, sourceMac: Uint8Array): Uint8Array {
  const target = ipBytes('targetIp', packet.targetIp)
  if (target.length !== 16) throw invalidArgument('targetIp', packet.targetIp, 'neighbour discovery is for IPv6; `arp` does it for IPv4')
  const request = packet.operation === 'request'
  const type = request ? ND_SOLICITATION : ND_ADVERTISEMENT
  const link =
    packet.linkMac === undefined
      ? request
        ? sourceMac
        : undefined
      : packet.linkMac === null
        ? undefined
        : macBytes('linkMac', packet.linkMac)
  // RFC 4861 4.6.1: option 1 is the source's, 2 the target's address; the length counts 8 bytes.
  const option = link === undefined ? new Uint8Array(0) : concat(Uint8Array.of(request ? 1 : 2, 1), link)
  return concat(Uint8Array.of(type, 0, 0, 0, bitsOf(packet.flags ?? '', ND_FLAG_BITS), 0, 0, 0), target, option)
}

const CHECKSUM_AT = { tcp: 16, udp: 6, icmp: 2, nd: 2 } as const

function writeChecksum(
  packet: TcpPacket | UdpPacket | IcmpPacket | NdPacket,
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  segment: Uint8Array,
): void {
  const explicit = packet.kind === 'nd' ? undefined : packet.checksum
  segment.set(u16(explicit ?? rightChecksum(protocol, source, destination, segment)), CHECKSUM_AT[packet.kind])
}

/** `segment`'s checksum bytes being zero. */
export function rightChecksum(protocol: number, source: Uint8Array, destination: Uint8Array, segment: Uint8Array): number {
  if (protocol === 1) return ~sum16(segment) & 0xffff
  const checksum = transportChecksum(source, destination, protocol, segment)
  // RFC 768: a computed zero goes out as all ones, since zero says there is none.
  return protocol === 17 && checksum === 0 ? 0xffff : checksum
}

/** Where a solicitation or an advertisement goes that does not say. */
export function ndDestination(operation: 'request' | 'reply', targetIp: Uint8Array): Uint8Array {
  return operation === 'request' ? solicitedNode(targetIp) : (parseIp(ALL_NODES) as Uint8Array)
}

export function bitsOf(letters: string, table: readonly (readonly [string, number])[]): number {
  let bits = 0
  for (const letter of letters) {
    const bit = table.find(([name]) => name === letter)?.[1]
    if (bit === undefined) throw invalidArgument('flags', letters, `letters of \`${table.map(([name]) => name).join('')}\` are wanted`)
    bits |= bit
  }
  return bits
}

export function lettersOf(bits: number, table: readonly (readonly [string, number])[]): string {
  return table
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name)
    .join('')
}

function ipBytes(field: string, text: string): Uint8Array {
  const bytes = parseIp(text)
  if (bytes === undefined) throw invalidArgument(field, text, 'an IPv4 or IPv6 address is wanted')
  return bytes
}

function range(field: string, value: number, high: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= high) return value
  throw new HcnError('ERR_INVALID_ARGUMENT', `${field} is \`${value}\`: a whole number from 0 to ${high} is wanted`)
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff)
}

function u32(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
