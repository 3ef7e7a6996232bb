import { HcnError } from '../errors.js'
import type { SimulatedTuple } from '../vfpctrl/simulation-text.js'
import type { Packet } from './packet.js'

/** Of a tuple's flags: the first packet of a TCP connection. */
const SYN = 1

/**
 * The packet that `process-tuples` names.
 *
 * @throws HcnError `ERR_NOT_SUPPORTED`: it goes inwards. Frames come into this
 * switch at the port that sends them, and on their way inwards at another.
 */
export function packetOfTuple(tuple: SimulatedTuple): Packet {
  const { protocol, source, destination, sourcePort, destinationPort, direction, flags } = tuple
  if (direction === 'in')
    throw new HcnError('ERR_NOT_SUPPORTED', `/process-tuples … in: ask the port of ${source}, with \`out\`: what follows is on the way in`)
  switch (protocol) {
    case 6:
      return { kind: 'tcp', source, destination, sourcePort, destinationPort, flags: (flags & SYN) !== 0 ? 'S' : 'A' }
    case 17:
      return { kind: 'udp', source, destination, sourcePort, destinationPort }
    case 1:
    case 58:
      // An echo request; its ports are no ports.
      return { kind: 'icmp', source, destination, type: protocol === 1 ? 8 : 128, id: sourcePort }
    default:
      return { kind: 'ip', source, destination, protocol }
  }
}
