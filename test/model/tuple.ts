import type { IcmpPacket, Packet } from '../../lib/index.js'

/** What policy sees of a packet. An ICMP echo has its identifier for the port of whoever asks, and 0 for the other. */
export interface Tuple {
  readonly protocol: number
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
}

/** A packet with IP addresses: all that layers are asked about. */
export type IpLike = Extract<Packet, { readonly kind: 'tcp' | 'udp' | 'icmp' | 'ip' }>

export const ICMP = 1
export const ICMPV6 = 58
export const TCP = 6
export const UDP = 17
const ECHO_REQUESTS = new Set([8, 128])
const ECHO_REPLIES = new Set([0, 129])

export function isIpLike(packet: Packet): packet is IpLike {
  return packet.kind === 'tcp' || packet.kind === 'udp' || packet.kind === 'icmp' || packet.kind === 'ip'
}

export function isEchoRequest({ type }: IcmpPacket): boolean {
  return ECHO_REQUESTS.has(type)
}

export function tupleOf(packet: IpLike): Tuple {
  const { source, destination } = packet
  switch (packet.kind) {
    case 'tcp':
    case 'udp':
      return {
        protocol: packet.kind === 'tcp' ? TCP : UDP,
        source,
        sourcePort: packet.sourcePort,
        destination,
        destinationPort: packet.destinationPort,
      }
    case 'icmp': {
      const id = packet.id ?? 0
      return {
        protocol: source.includes(':') ? ICMPV6 : ICMP,
        source,
        sourcePort: ECHO_REQUESTS.has(packet.type) ? id : 0,
        destination,
        destinationPort: ECHO_REPLIES.has(packet.type) ? id : 0,
      }
    }
    case 'ip':
      return { protocol: packet.protocol, source, sourcePort: 0, destination, destinationPort: 0 }
  }
}

/** The packet as a translation leaves it. */
export function withTuple(packet: IpLike, { source, sourcePort, destination, destinationPort }: Tuple): IpLike {
  switch (packet.kind) {
    case 'tcp':
    case 'udp':
      return { ...packet, source, sourcePort, destination, destinationPort }
    case 'icmp': {
      const id = ECHO_REQUESTS.has(packet.type) ? sourcePort : ECHO_REPLIES.has(packet.type) ? destinationPort : (packet.id ?? 0)
      const { id: _, ...rest } = packet
      return { ...rest, source, destination, ...(id === 0 ? {} : { id }) }
    }
    case 'ip':
      return { ...packet, source, destination }
  }
}

/** What the answer to a packet of this tuple carries. */
export function reversed({ protocol, source, sourcePort, destination, destinationPort }: Tuple): Tuple {
  return { protocol, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort }
}

export function keyOf({ protocol, source, sourcePort, destination, destinationPort }: Tuple): string {
  return `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`
}

export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP
}
