import type { VfpFlow, VfpFlowKey, VfpTransposition } from 'hns-vfp'

const protocolNames: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' }

export const flowTitles = ['proto', 'opened by', 'to', 'packets', 'state'] as const

/** One row per connection, as the one who opened it sees the ends. */
export function flowRows(flows: readonly VfpFlow[]): string[][] {
  return flows.map((flow) => {
    const first = flow[flow.initiator]
    const packets = flow.in.packets + flow.out.packets
    return [
      protocolNames[first.key.protocol] ?? `${first.key.protocol}`,
      `${first.key.source}:${first.key.sourcePort}`,
      destination(first.key, first.change),
      `${packets}`,
      flow.state,
    ]
  })
}

/** Where a packet says it goes, and where it went instead. */
function destination(key: VfpFlowKey, change: VfpTransposition): string {
  const asked = `${key.destination}:${key.destinationPort}`
  if (change.destination === undefined && change.destinationPort === undefined) return asked
  return `${asked} → ${change.destination ?? key.destination}:${change.destinationPort ?? key.destinationPort}`
}
