import { type ArpPacket, decodeFrame, encodeFrame, type TcpPacket, type UdpPacket, wrongChecksums } from 'hns-vfp'

import { TcpConnection } from './tcp.js'

const firstEphemeralPort = 32_768

export interface StationIdentity {
  readonly name: string
  readonly mac: string
  readonly address: string
  readonly gateway: string
  /** True for addresses of the station's own subnet: they are asked for directly. */
  readonly isOnLink: (address: string) => boolean
}

type DatagramHandler = (datagram: UdpPacket) => Buffer | undefined
type ConnectionHandler = (connection: TcpConnection) => void

/**
 * A pod without a kernel: an address that resolves its neighbours by ARP and
 * speaks UDP and enough TCP, one frame at a time. It never waits; frames go in
 * by {@link receive} and what it has to say is fetched by {@link takeOutgoing}.
 */
export class Station {
  readonly #neighbours = new Map<string, string>()
  readonly #unresolved = new Map<string, (TcpPacket | UdpPacket)[]>()
  readonly #connections = new Map<string, TcpConnection>()
  readonly #listeners = new Map<number, ConnectionHandler>()
  readonly #services = new Map<number, DatagramHandler>()
  #outgoing: Uint8Array[] = []
  #nextPort = firstEphemeralPort
  #nextSequence = 1_000_000

  constructor(readonly identity: StationIdentity) {}

  listenTcp(port: number, accept: ConnectionHandler): void {
    this.#listeners.set(port, accept)
  }

  listenUdp(port: number, handle: DatagramHandler): void {
    this.#services.set(port, handle)
  }

  connectTcp(destination: string, destinationPort: number): TcpConnection {
    const ends = { source: this.identity.address, sourcePort: this.#nextPort++, destination, destinationPort }
    const connection = TcpConnection.open({ send: (segment) => this.#route(segment) }, ends, this.#sequence())
    this.#connections.set(keyOf(destination, destinationPort, ends.sourcePort), connection)
    return connection
  }

  /** Sends one datagram; `onReply` hears the first answer to it. */
  ask(destination: string, destinationPort: number, payload: Buffer, onReply: (reply: Buffer) => void): void {
    const sourcePort = this.#nextPort++
    this.listenUdp(sourcePort, (reply) => {
      if (reply.source !== destination || reply.sourcePort !== destinationPort) return undefined
      this.#services.delete(sourcePort)
      onReply(Buffer.from(reply.payload ?? []))
      return undefined
    })
    this.#route({ kind: 'udp', source: this.identity.address, sourcePort, destination, destinationPort, payload })
  }

  receive(frame: Uint8Array): void {
    const packet = decodeFrame(frame)
    if (packet.kind === 'arp') return this.#receiveArp(packet)
    // A wrong checksum is a packet of its own kind to a stack: one that never came.
    if ((packet.kind !== 'udp' && packet.kind !== 'tcp') || wrongChecksums(frame).length > 0) return
    if (packet.destination !== this.identity.address) return
    if (packet.kind === 'udp') this.#receiveDatagram(packet)
    else this.#receiveSegment(packet)
  }

  get hasOutgoing(): boolean {
    return this.#outgoing.length > 0
  }

  /** Repeats what nobody acknowledged. */
  retransmit(): void {
    for (const connection of this.#connections.values()) connection.retransmit()
  }

  takeOutgoing(): Uint8Array[] {
    const frames = this.#outgoing
    this.#outgoing = []
    return frames
  }

  #receiveArp(packet: ArpPacket): void {
    const senderMac = packet.senderMac ?? packet.sourceMac
    if (packet.targetIp !== this.identity.address || senderMac === undefined) return
    this.#neighbours.set(packet.senderIp, senderMac)
    if (packet.operation === 'request') {
      this.#transmit(senderMac, { kind: 'arp', operation: 'reply', senderIp: this.identity.address, targetIp: packet.senderIp })
    }
    const waiting = this.#unresolved.get(packet.senderIp) ?? []
    this.#unresolved.delete(packet.senderIp)
    for (const held of waiting) this.#route(held)
  }

  #receiveDatagram(datagram: UdpPacket): void {
    const reply = this.#services.get(datagram.destinationPort)?.(datagram)
    if (reply === undefined) return
    const { source, sourcePort, destination, destinationPort } = datagram
    this.#route({
      kind: 'udp',
      source: destination,
      sourcePort: destinationPort,
      destination: source,
      destinationPort: sourcePort,
      payload: reply,
    })
  }

  #receiveSegment(segment: TcpPacket): void {
    const { source, sourcePort, destination, destinationPort } = segment
    const key = keyOf(source, sourcePort, destinationPort)
    const known = this.#connections.get(key)
    if (known !== undefined) return known.receive(segment)
    const accept = this.#listeners.get(destinationPort)
    if (accept === undefined || segment.flags !== 'S') return
    const ends = { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort }
    const connection = TcpConnection.accept({ send: (reply) => this.#route(reply) }, ends, segment, this.#sequence())
    this.#connections.set(key, connection)
    accept(connection)
  }

  #route(packet: TcpPacket | UdpPacket): void {
    const { gateway, isOnLink } = this.identity
    const nextHop = isOnLink(packet.destination) ? packet.destination : gateway
    const mac = this.#neighbours.get(nextHop)
    if (mac !== undefined) return this.#transmit(mac, packet)
    const waiting = this.#unresolved.get(nextHop)
    if (waiting !== undefined) {
      waiting.push(packet)
      return
    }
    this.#unresolved.set(nextHop, [packet])
    this.#transmit(undefined, { kind: 'arp', operation: 'request', senderIp: this.identity.address, targetIp: nextHop })
  }

  /** Without a destination: broadcast. */
  #transmit(destinationMac: string | undefined, packet: TcpPacket | UdpPacket | ArpPacket): void {
    const macs = { sourceMac: this.identity.mac, ...(destinationMac === undefined ? {} : { destinationMac }) }
    this.#outgoing.push(encodeFrame(packet, macs))
  }

  #sequence(): number {
    this.#nextSequence += 64_000
    return this.#nextSequence >>> 0
  }
}

function keyOf(remoteAddress: string, remotePort: number, localPort: number): string {
  return `${remoteAddress}:${remotePort}>${localPort}`
}
