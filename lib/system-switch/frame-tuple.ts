import { decodeFrame } from '../engine/packet.js'
import { HcnError } from '../errors.js'
import type { SimulatedTuple } from '../vfpctrl/simulation-text.js'

/** Of `process-tuples`: the first packet of a TCP connection. */
const SYN = 1

/**
 * What `process-tuples` is to be told of a frame that enters the switch.
 *
 * @throws HcnError `ERR_NOT_SUPPORTED`: it knows IP only.
 */
export function tupleOfFrame(frame: Uint8Array): SimulatedTuple {
  const packet = decodeFrame(frame)
  const at = (protocol: number, sourcePort: number, destinationPort: number, flags: number): SimulatedTuple => {
    const { source, destination } = packet as { readonly source: string; readonly destination: string }
    return { protocol, source, sourcePort, destination, destinationPort, direction: 'out', flags }
  }
  switch (packet.kind) {
    case 'tcp':
      return at(6, packet.sourcePort, packet.destinationPort, packet.flags.includes('S') && !packet.flags.includes('A') ? SYN : 0)
    case 'udp':
      return at(17, packet.sourcePort, packet.destinationPort, 0)
    case 'icmp':
      return at(packet.source.includes(':') ? 58 : 1, 0, 0, 0)
    case 'ip':
      return at(packet.protocol, 0, 0, 0)
    default:
      throw new HcnError('ERR_NOT_SUPPORTED', `vfpctrl /process-tuples: it follows IP packets, and this one is \`${packet.kind}\``)
  }
}
