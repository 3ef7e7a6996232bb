import type { ArpPacket, NdPacket, Packet } from '../../lib/index.js'
import { type Delivery, HOST, type ModelNetwork, type Outcome, type PortName, UPLINK } from './network.js'

/** For whom the switch answers with the MAC of its own choice. */
export const GATEWAY_MAC = 'the MAC of the gateway'

/**
 * ARP and neighbour discovery (vfp.md 3.2): the switch answers for who is here;
 * other questions leave with the host's MAC in header and body, and what comes
 * back is given the pod's.
 */
export function answerNeighbor(network: ModelNetwork, from: PortName, packet: Packet): Outcome {
  if (packet.kind !== 'arp' && packet.kind !== 'nd') throw new Error(`the model has nothing to say of ${packet.kind}`)
  return from === UPLINK ? fromOutside(network, packet) : fromInside(network, from, packet)
}

const NO_DESTINATION: Outcome = { verdict: 'drop', reasons: ['no-destination'] }

function fromInside(network: ModelNetwork, from: PortName, packet: ArpPacket | NdPacket): Outcome {
  if (packet.operation === 'request' && askedBy(packet) !== packet.targetIp) {
    const mac = localMac(network, packet.targetIp)
    if (mac !== undefined) return answered(from, packet, mac)
    if (network.spec.uplinkMac === undefined && network.spec.gateways.includes(packet.targetIp)) return answered(from, packet, GATEWAY_MAC)
  }
  const { uplinkMac } = network.spec
  if (uplinkMac === undefined) return NO_DESTINATION
  return { verdict: 'forward', deliveries: [{ to: UPLINK, packet: saidBy(packet, uplinkMac) }] }
}

function fromOutside(network: ModelNetwork, packet: ArpPacket | NdPacket): Outcome {
  const { uplinkMac } = network.spec
  if (uplinkMac === undefined) throw new Error('this network has no uplink')
  if (packet.operation === 'request' && askedBy(packet) !== packet.targetIp) {
    if (localMac(network, packet.targetIp) !== undefined) return answered(UPLINK, packet, uplinkMac)
    // What is for no endpoint is the host's.
    return network.host.mac === undefined ? NO_DESTINATION : { verdict: 'forward', deliveries: [{ to: HOST, packet }] }
  }
  const isAnnouncement = packet.kind === 'arp' ? packet.senderIp === packet.targetIp : packet.destination.startsWith('ff02::')
  if (isAnnouncement) {
    const stations = [...network.pods.keys(), ...(network.host.mac === undefined ? [] : [HOST])]
    return stations.length === 0 ? NO_DESTINATION : { verdict: 'forward', deliveries: stations.map((to) => ({ to, packet })) }
  }
  const asker = packet.kind === 'arp' ? packet.targetIp : packet.destination
  const delivery = deliver(network, asker, packet)
  return delivery === undefined ? NO_DESTINATION : { verdict: 'forward', deliveries: [delivery] }
}

function askedBy(packet: ArpPacket | NdPacket): string {
  return packet.kind === 'arp' ? packet.senderIp : packet.source
}

function localMac(network: ModelNetwork, address: string): string | undefined {
  const port = [...network.pods.values(), network.host].find(({ addresses }) => addresses.includes(address))
  return port?.mac
}

/** The message with `mac` for its sender, in the header and in the body. */
function saidBy(packet: ArpPacket | NdPacket, mac: string): Packet {
  if (packet.kind === 'nd')
    return { ...packet, sourceMac: mac, ...(packet.operation === 'reply' && typeof packet.linkMac === 'string' ? { linkMac: mac } : {}) }
  // A request's sender is the frame's source where it is not said.
  return { ...packet, sourceMac: mac, ...(packet.operation === 'reply' ? { senderMac: mac } : {}) }
}

function deliver(network: ModelNetwork, address: string, packet: ArpPacket | NdPacket): Delivery | undefined {
  for (const [to, { addresses, mac }] of [...network.pods, [HOST, network.host] as const]) {
    // An ARP reply names who is told by the frame's destination, where it is not said.
    if (mac !== undefined && addresses.includes(address)) return { to, packet: { ...packet, destinationMac: mac } }
  }
  return undefined
}

function answered(to: PortName, question: ArpPacket | NdPacket, mac: string): Outcome {
  const { sourceMac: asker } = question
  if (asker === undefined) throw new Error('a frame has MACs')
  const answer: Packet =
    question.kind === 'arp'
      ? {
          kind: 'arp',
          operation: 'reply',
          senderIp: question.targetIp,
          senderMac: mac,
          targetIp: question.senderIp,
          sourceMac: mac,
          destinationMac: asker,
        }
      : {
          kind: 'nd',
          operation: 'reply',
          source: question.targetIp,
          destination: question.source,
          targetIp: question.targetIp,
          linkMac: mac,
          // RFC 4861 4.4: solicited and overriding; a gateway is a router.
          flags: mac === GATEWAY_MAC ? 'RSO' : 'SO',
          sourceMac: mac,
          destinationMac: asker,
        }
  return { verdict: 'answered', deliveries: [{ to, packet: answer }] }
}
