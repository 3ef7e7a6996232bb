import { parseIp } from '../../addresses.js'
import { checkPacket } from './check.js'
import { decodeFrame, withoutMacs } from './decode.js'
import { concat, encodeFrame, ndDestination } from './encode.js'
import type { ArpPacket, IcmpPacket, NdPacket, Packet } from './packet.js'

/**
 * The packet as one line of the notation that {@link parsePacket} reads:
 * `tcp 10.1.0.4:31337 > 10.96.0.10:80 S`.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` for what is no packet.
 */
export function formatPacket(packet: Packet): string {
  checkPacket(packet)
  return words(packet)
    .filter((word) => word !== '')
    .join(' ')
}

function words(packet: Packet): readonly string[] {
  switch (packet.kind) {
    case 'raw':
      return ['raw', hex(packet.bytes)]
    case 'arp':
      return [...arpWords(packet), ...ethernetWords(packet)]
    case 'nd':
      return [...ndWords(packet), ...ipWords(packet), ...ethernetWords(packet)]
    case 'icmp':
      return [...icmpWords(packet), ...ipWords(packet), ...ethernetWords(packet)]
    case 'ip':
      return [
        `ip ${packet.source} > ${packet.destination} proto ${packet.protocol}`,
        ...payloadWords(packet.payload),
        ...ipWords(packet),
        ...ethernetWords(packet),
      ]
    case 'udp':
      return [
        `udp ${socket(packet.source, packet.sourcePort)} > ${socket(packet.destination, packet.destinationPort)}`,
        ...payloadWords(packet.payload),
        checksumWord(packet.checksum),
        ...ipWords(packet),
        ...ethernetWords(packet),
      ]
    case 'tcp':
      return [
        `tcp ${socket(packet.source, packet.sourcePort)} > ${socket(packet.destination, packet.destinationPort)}`,
        packet.flags === '' ? 'none' : packet.flags,
        number('seq', packet.seq),
        number('ack', packet.ack),
        number('win', packet.window),
        number('urg', packet.urgent),
        packet.options === undefined ? '' : `options ${hex(packet.options)}`,
        ...payloadWords(packet.payload),
        checksumWord(packet.checksum),
        ...ipWords(packet),
        ...ethernetWords(packet),
      ]
  }
}

function arpWords(packet: ArpPacket): readonly string[] {
  const target = packet.targetMac === undefined ? '' : `target-mac ${packet.targetMac}`
  if (packet.operation === 'request') {
    const sender = packet.senderMac === undefined ? '' : `sender-mac ${packet.senderMac}`
    return [`arp who-has ${packet.targetIp} tell ${packet.senderIp}`, sender, target]
  }
  const to = packet.targetIp === packet.senderIp ? '' : `to ${packet.targetIp}`
  return [`arp ${packet.senderIp} is-at ${packet.senderMac ?? 'source'}`, to, target]
}

function ndWords(packet: NdPacket): readonly string[] {
  const usual = isUsualNdDestination(packet)
  if (packet.operation === 'request') {
    const link = packet.linkMac === undefined ? '' : packet.linkMac === null ? 'no-link' : `link ${packet.linkMac}`
    return [`nd who-has ${packet.targetIp} tell ${packet.source}`, usual ? '' : `to ${packet.destination}`, link]
  }
  const usualFlags = usual ? 'O' : 'SO'
  const flags = packet.flags ?? ''
  return [
    `nd ${packet.targetIp} is-at ${packet.linkMac ?? 'unsaid'}`,
    usual ? '' : `to ${packet.destination}`,
    packet.source === packet.targetIp ? '' : `from ${packet.source}`,
    flags === usualFlags ? '' : `flags ${flags === '' ? 'none' : flags}`,
  ]
}

function isUsualNdDestination(packet: NdPacket): boolean {
  const target = parseIp(packet.targetIp)
  const destination = parseIp(packet.destination)
  return target !== undefined && destination !== undefined && Buffer.compare(ndDestination(packet.operation, target), destination) === 0
}

export const ICMP_NAMES: Readonly<Record<4 | 6, Readonly<Record<string, number>>>> = {
  4: { 'echo-reply': 0, unreachable: 3, 'echo-request': 8, 'time-exceeded': 11 },
  6: { unreachable: 1, 'too-big': 2, 'time-exceeded': 3, 'echo-request': 128, 'echo-reply': 129 },
}

function icmpWords(packet: IcmpPacket): readonly string[] {
  const family = packet.source.includes(':') ? 6 : 4
  const name = Object.entries(ICMP_NAMES[family]).find(([, type]) => type === packet.type)?.[0]
  const inner = name === undefined || name.startsWith('echo') ? undefined : quotedPacket(packet.payload)
  return [
    `icmp ${packet.source} > ${packet.destination} ${name ?? `type ${packet.type}`}`,
    number('code', packet.code),
    number('id', packet.id),
    number('seq', packet.seq),
    ...(inner === undefined ? payloadWords(packet.payload) : [`about ${JSON.stringify(inner)}`]),
    checksumWord(packet.checksum),
  ]
}

/** The packet an error is about, where it quotes a whole one. */
function quotedPacket(payload: Uint8Array | undefined): string | undefined {
  if (payload === undefined || payload.length < 20) return undefined
  const etherType = (payload[0] ?? 0) >> 4 === 6 ? [0x86, 0xdd] : [0x08, 0x00]
  const inner = withoutMacs(decodeFrame(concat(new Uint8Array(12), Uint8Array.from(etherType), payload)))
  if (inner.kind === 'raw' || inner.kind === 'nd') return undefined
  return Buffer.compare(quoteOf(inner), payload) === 0 ? formatPacket(inner) : undefined
}

const NO_MACS = { sourceMac: '00-00-00-00-00-00', destinationMac: '00-00-00-00-00-00' }

/** What an ICMP error quotes of a packet: everything above Ethernet. */
export function quoteOf(packet: Packet): Uint8Array {
  return encodeFrame(packet, NO_MACS).slice(14)
}

function ipWords(packet: Exclude<Packet, { kind: 'raw' | 'arp' }>): readonly string[] {
  return [
    number('ttl', packet.ttl),
    number('tos', packet.tos),
    number('ipid', packet.ipId),
    packet.df === true ? 'df' : '',
    packet.mf === true ? 'mf' : '',
    number('frag', packet.fragmentOffset),
    number('flow', packet.flowLabel),
    packet.ipChecksum === undefined ? '' : `ipsum 0x${packet.ipChecksum.toString(16)}`,
  ]
}

function ethernetWords(packet: Exclude<Packet, { kind: 'raw' }>): readonly string[] {
  const { sourceMac, destinationMac } = packet
  return [
    number('vlan', packet.vlan),
    packet.trailer === undefined ? '' : `trailer ${hex(packet.trailer)}`,
    sourceMac === undefined && destinationMac === undefined ? '' : `@${sourceMac ?? ''}>${destinationMac ?? ''}`,
  ]
}

function payloadWords(payload: Uint8Array | undefined): readonly string[] {
  if (payload === undefined || payload.length === 0) return []
  if (payload.every((byte) => byte === 0)) return [`len ${payload.length}`]
  if (payload.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
    return [JSON.stringify(String.fromCharCode(...payload))]
  }
  return [`hex ${hex(payload)}`]
}

function socket(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function number(word: string, value: number | undefined): string {
  return value === undefined ? '' : `${word} ${value}`
}

function checksumWord(checksum: number | undefined): string {
  return checksum === undefined ? '' : `sum 0x${checksum.toString(16)}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
