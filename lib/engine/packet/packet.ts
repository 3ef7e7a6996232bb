/**
 * Packets as values. A member that is absent has its usual value, so that two
 * packets that are the same on the wire are deeply equal, and an expectation
 * only says what it is about. Addresses are in their one spelling.
 */

interface Ethernet {
  /** Absent: the sending port's. */
  readonly sourceMac?: string
  /** Absent: that of the destination, or of the gateway; for broadcast and multicast the one RFC 1112 and 2464 give. */
  readonly destinationMac?: string
  /** 802.1Q tag: 0 to 4095. */
  readonly vlan?: number
  /** Bytes after the end of the packet. */
  readonly trailer?: Uint8Array
}

interface Ip extends Ethernet {
  readonly source: string
  readonly destination: string
  /** Hop limit with IPv6. Default 64; 255 for neighbour discovery. */
  readonly ttl?: number
  /** Type of service or traffic class. Default 0. */
  readonly tos?: number
  /** IPv4 identification. Default 0. */
  readonly ipId?: number
  /** IPv4: don't fragment. */
  readonly df?: true
  /** IPv4: more fragments follow. */
  readonly mf?: true
  /** IPv4: bytes, a multiple of 8. Default 0. */
  readonly fragmentOffset?: number
  /** IPv6. Default 0. */
  readonly flowLabel?: number
  /** The IPv4 header's checksum, where it is not the right one. */
  readonly ipChecksum?: number
}

interface Transport extends Ip {
  readonly payload?: Uint8Array
  /** The checksum, where it is not the right one; 0 with UDP over IPv4: none. */
  readonly checksum?: number
}

export interface TcpPacket extends Transport {
  readonly kind: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Letters of `SFRPAUEC` in this order; empty: none. */
  readonly flags: string
  readonly seq?: number
  readonly ack?: number
  /** Default 65535. */
  readonly window?: number
  readonly urgent?: number
  /** The options' bytes, a multiple of 4. */
  readonly options?: Uint8Array
}

export interface UdpPacket extends Transport {
  readonly kind: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
}

/** ICMP, or ICMPv6 where the addresses are IPv6. */
export interface IcmpPacket extends Transport {
  readonly kind: 'icmp'
  readonly type: number
  /** Default 0. */
  readonly code?: number
  /** Bytes 4 and 5: an echo's identifier. Default 0. */
  readonly id?: number
  /** Bytes 6 and 7: an echo's sequence number. Default 0. */
  readonly seq?: number
}

/** Another protocol, or a fragment without its head. */
export interface IpPacket extends Ip {
  readonly kind: 'ip'
  readonly protocol: number
  readonly payload?: Uint8Array
}

export interface ArpPacket extends Ethernet {
  readonly kind: 'arp'
  readonly operation: 'request' | 'reply'
  readonly senderIp: string
  /** In the body. With a request absent: the frame's source. */
  readonly senderMac?: string
  readonly targetIp: string
  /** In the body. Absent: zero with a request, the frame's destination with a reply. */
  readonly targetMac?: string
}

/** IPv6 neighbour discovery: a solicitation or an advertisement. */
export interface NdPacket extends Ip {
  readonly kind: 'nd'
  readonly operation: 'request' | 'reply'
  readonly targetIp: string
  /** The link-layer address option. Absent with a request: the frame's source; null: no option. */
  readonly linkMac?: string | null
  /** Of an advertisement: letters of `RSO`. */
  readonly flags?: string
}

/** What none of the others can say. */
export interface RawPacket {
  readonly kind: 'raw'
  readonly bytes: Uint8Array
}

export type Packet = TcpPacket | UdpPacket | IcmpPacket | IpPacket | ArpPacket | NdPacket | RawPacket

export const TCP_FLAG_BITS: readonly (readonly [string, number])[] = [
  ['S', 0x02],
  ['F', 0x01],
  ['R', 0x04],
  ['P', 0x08],
  ['A', 0x10],
  ['U', 0x20],
  ['E', 0x40],
  ['C', 0x80],
]

export const ND_FLAG_BITS: readonly (readonly [string, number])[] = [
  ['R', 0x80],
  ['S', 0x40],
  ['O', 0x20],
]

export const ALL_NODES = 'ff02::1'
export const BROADCAST_MAC = 'FF-FF-FF-FF-FF-FF'
export const ZERO_MAC = '00-00-00-00-00-00'
export const DEFAULT_TTL = 64
/** RFC 4861 7.1: receivers drop neighbour discovery with any other hop limit. */
export const ND_TTL = 255
export const DEFAULT_WINDOW = 65535
export const ND_SOLICITATION = 135
export const ND_ADVERTISEMENT = 136

/** RFC 4291 2.7.1. */
export function solicitedNode(target: Uint8Array): Uint8Array {
  const group = new Uint8Array(16)
  group.set([0xff, 0x02])
  group.set([0x01, 0xff], 11)
  group.set(target.subarray(13), 13)
  return group
}
