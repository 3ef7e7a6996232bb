import { formatIp, formatMac } from '../../addresses.js'
import { compact } from '../../policy/constructors.js'
import { checkBytes, checkPacket } from './check.js'
import { sum16 } from './checksum.js'
import { encodeFrame, lettersOf, rightChecksum } from './encode.js'
import {
  type ArpPacket,
  BROADCAST_MAC,
  DEFAULT_TTL,
  DEFAULT_WINDOW,
  type IcmpPacket,
  type IpPacket,
  ND_ADVERTISEMENT,
  ND_FLAG_BITS,
  ND_SOLICITATION,
  ND_TTL,
  type NdPacket,
  type Packet,
  TCP_FLAG_BITS,
  ZERO_MAC,
} from './packet.js'

/**
 * What a frame's bytes mean. No bytes fail: what no other kind says exactly, byte
 * for byte, is `raw`.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` for what is no Uint8Array.
 */
export function decodeFrame(bytes: Uint8Array): Packet {
  checkBytes('bytes', bytes)
  // Copied: a Buffer's slices share its memory, and are Buffers.
  const frame = new Uint8Array(bytes)
  for (const candidate of candidates(frame)) {
    if (candidate !== undefined && sameBytes(frame, candidate)) return candidate
  }
  return { kind: 'raw', bytes: frame }
}

/** The packet without its MACs, for those who do not look at them. An ARP or ND body keeps its own. */
export function withoutMacs(packet: Packet): Packet {
  checkPacket(packet)
  if (packet.kind === 'raw') return packet
  const { sourceMac: _, destinationMac: __, ...rest } = packet
  return rest
}

/** One sentence for each checksum of the frame that is wrong. */
export function wrongChecksums(frame: Uint8Array): readonly string[] {
  const packet = decodeFrame(frame)
  const wrong: string[] = []
  if (packet.kind === 'raw' || packet.kind === 'arp') return wrong
  if (packet.ipChecksum !== undefined) wrong.push(`the IPv4 header's checksum is 0x${packet.ipChecksum.toString(16)}`)
  const checksum = packet.kind === 'ip' || packet.kind === 'nd' ? undefined : packet.checksum
  // A fragment's checksum is about the whole packet; over IPv4 UDP may have none.
  const none = packet.kind === 'udp' && checksum === 0 && !packet.source.includes(':')
  if (checksum !== undefined && packet.mf !== true && !none) wrong.push(`the ${packet.kind} checksum is 0x${checksum.toString(16)}`)
  return wrong
}

function sameBytes(frame: Uint8Array, packet: Packet): boolean {
  return Buffer.compare(frame, encodeFrame(packet)) === 0
}

interface EthernetPart {
  readonly sourceMac: string
  readonly destinationMac: string
  readonly vlan: number | undefined
}

function* candidates(frame: Uint8Array): Generator<Packet | undefined> {
  if (frame.length < 14) return
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const tagged = view.getUint16(12) === 0x8100 && frame.length >= 18
  const ethernet = {
    destinationMac: formatMac(frame.subarray(0, 6)),
    sourceMac: formatMac(frame.subarray(6, 12)),
    vlan: tagged ? view.getUint16(14) : undefined,
  }
  const etherType = view.getUint16(tagged ? 16 : 12)
  const body = frame.subarray(tagged ? 18 : 14)
  if (etherType === 0x0806) yield decodeArp(ethernet, body)
  if (etherType === 0x0800) yield* decodeIpv4(ethernet, body)
  if (etherType === 0x86dd) yield* decodeIpv6(ethernet, body)
}

function decodeArp(ethernet: EthernetPart, body: Uint8Array): ArpPacket | undefined {
  if (body.length < 28) return undefined
  const reply = body[7] === 2
  const senderMac = formatMac(body.subarray(8, 14))
  const targetMac = formatMac(body.subarray(18, 24))
  const usualTarget = reply ? ethernet.destinationMac : ZERO_MAC
  return compact({
    kind: 'arp' as const,
    operation: reply ? ('reply' as const) : ('request' as const),
    ...ethernet,
    destinationMac: !reply && ethernet.destinationMac === BROADCAST_MAC ? undefined : ethernet.destinationMac,
    senderIp: formatIp(body.subarray(14, 18)),
    senderMac: !reply && senderMac === ethernet.sourceMac ? undefined : senderMac,
    targetIp: formatIp(body.subarray(24, 28)),
    targetMac: targetMac === usualTarget ? undefined : targetMac,
    trailer: rest(body, 28),
  })
}

function* decodeIpv4(ethernet: EthernetPart, body: Uint8Array): Generator<Packet | undefined> {
  if (body.length < 20 || body[0] !== 0x45) return
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const total = view.getUint16(2)
  if (total < 20 || total > body.length) return
  const header = body.slice(0, 20)
  const checksum = view.getUint16(10)
  header.set([0, 0], 10)
  const right = ~sum16(header) & 0xffff
  const fragment = view.getUint16(6)
  const offset = (fragment & 0x1fff) * 8
  const destination = formatIp(body.subarray(16, 20))
  const ip = compact({
    ...withDerivedMac(ethernet, destination),
    source: formatIp(body.subarray(12, 16)),
    destination,
    tos: unless(0, view.getUint8(1)),
    ipId: unless(0, view.getUint16(4)),
    df: (fragment & 0x4000) === 0 ? undefined : (true as const),
    mf: (fragment & 0x2000) === 0 ? undefined : (true as const),
    fragmentOffset: unless(0, offset),
    ipChecksum: unless(right, checksum),
    trailer: rest(body, total),
  })
  yield* decodeSegment(
    ip,
    view.getUint8(8),
    view.getUint8(9),
    body.subarray(12, 16),
    body.subarray(16, 20),
    body.subarray(20, total),
    offset > 0,
  )
}

function* decodeIpv6(ethernet: EthernetPart, body: Uint8Array): Generator<Packet | undefined> {
  if (body.length < 40 || (body[0] ?? 0) >> 4 !== 6) return
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const first = view.getUint32(0)
  const end = 40 + view.getUint16(4)
  if (end > body.length) return
  const destination = formatIp(body.subarray(24, 40))
  const ip = compact({
    ...withDerivedMac(ethernet, destination),
    source: formatIp(body.subarray(8, 24)),
    destination,
    tos: unless(0, (first >>> 20) & 0xff),
    flowLabel: unless(0, first & 0xfffff),
    trailer: rest(body, end),
  })
  yield* decodeSegment(ip, view.getUint8(7), view.getUint8(6), body.subarray(8, 24), body.subarray(24, 40), body.subarray(40, end), false)
}

type IpPart = Omit<IpPacket, 'kind' | 'protocol' | 'payload' | 'ttl'>

function* decodeSegment(
  ip: IpPart,
  ttl: number,
  protocol: number,
  source: Uint8Array,
  destination: Uint8Array,
  segment: Uint8Array,
  headless: boolean,
): Generator<Packet | undefined> {
  const common = compact({ ...ip, ttl: unless(DEFAULT_TTL, ttl) })
  const wrong = (at: number) => {
    const cleared = segment.slice()
    const found = ((segment[at] ?? 0) << 8) | (segment[at + 1] ?? 0)
    cleared.set([0, 0], at)
    return unless(rightChecksum(protocol, source, destination, cleared), found)
  }
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength)
  if (!headless && protocol === 6 && segment.length >= 20) {
    const dataAt = (view.getUint8(12) >> 4) * 4
    if (dataAt >= 20 && dataAt <= segment.length) {
      yield compact({
        kind: 'tcp' as const,
        ...common,
        sourcePort: view.getUint16(0),
        destinationPort: view.getUint16(2),
        flags: lettersOf(view.getUint8(13), TCP_FLAG_BITS),
        seq: unless(0, view.getUint32(4)),
        ack: unless(0, view.getUint32(8)),
        window: unless(DEFAULT_WINDOW, view.getUint16(14)),
        urgent: unless(0, view.getUint16(18)),
        options: dataAt === 20 ? undefined : segment.slice(20, dataAt),
        checksum: wrong(16),
        payload: rest(segment, dataAt),
      })
    }
  }
  if (!headless && protocol === 17 && segment.length >= 8) {
    yield compact({
      kind: 'udp' as const,
      ...common,
      sourcePort: view.getUint16(0),
      destinationPort: view.getUint16(2),
      checksum: wrong(6),
      payload: rest(segment, 8),
    })
  }
  if (!headless && protocol === (source.length === 4 ? 1 : 58) && segment.length >= 8) {
    if (protocol === 58) yield decodeNd(ip, ttl, segment)
    yield compact({
      kind: 'icmp' as const,
      ...common,
      type: view.getUint8(0),
      code: unless(0, view.getUint8(1)),
      id: unless(0, view.getUint16(4)),
      seq: unless(0, view.getUint16(6)),
      checksum: wrong(2),
      payload: rest(segment, 8),
    }) satisfies IcmpPacket
  }
  yield compact({ kind: 'ip' as const, ...common, protocol, payload: rest(segment, 0) })
}

function decodeNd(ip: IpPart, ttl: number, segment: Uint8Array): NdPacket | undefined {
  const type = segment[0]
  if ((type !== ND_SOLICITATION && type !== ND_ADVERTISEMENT) || segment.length < 24) return undefined
  const request = type === ND_SOLICITATION
  const link = segment.length >= 32 ? formatMac(segment.subarray(26, 32)) : null
  const usual = request ? ip.sourceMac : null
  return compact({
    kind: 'nd' as const,
    ...ip,
    operation: request ? ('request' as const) : ('reply' as const),
    targetIp: formatIp(segment.subarray(8, 24)),
    ttl: unless(ND_TTL, ttl),
    linkMac: link === usual ? undefined : link,
    flags: request ? undefined : lettersOf(segment[4] ?? 0, ND_FLAG_BITS),
  })
}

/** The destination's MAC says nothing where the address gives it. */
function withDerivedMac(ethernet: EthernetPart, destination: string): EthernetPart | Omit<EthernetPart, 'destinationMac'> {
  const group = destination === '255.255.255.255' || destination.startsWith('ff') || /^(22[4-9]|23\d)\./.test(destination)
  if (!group) return ethernet
  const { destinationMac: _, ...others } = ethernet
  const probe: Packet = { kind: 'ip', source: destination.includes(':') ? '::' : '0.0.0.0', destination, protocol: 59, sourceMac: ZERO_MAC }
  return formatMac(encodeFrame(probe).subarray(0, 6)) === ethernet.destinationMac ? others : ethernet
}

function unless(usual: number, value: number): number | undefined {
  return value === usual ? undefined : value
}

function rest(bytes: Uint8Array, from: number): Uint8Array | undefined {
  return bytes.length > from ? bytes.slice(from) : undefined
}
