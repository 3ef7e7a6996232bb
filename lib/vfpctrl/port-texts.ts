import type { VfpDirectionCounters, VfpFlow, VfpLayer, VfpPort, VfpPortCounters } from '../../types/index.js'
import type { ListedPortCounters } from './json.js'
import { inLine } from './lines.js'
import type { ListedPort } from './listed.js'

const PORT_TYPES = { endpoint: 'Synthetic', uplink: 'External', host: 'Internal' } as const

/** The drop reason of a rule that blocks. */
const ACL_BLOCKED = 64

/** A port as the program would list it, the `i`th of its switch. */
export function listedPort(port: VfpPort, i: number, { out, in: inbound }: VfpPortCounters): ListedPort {
  return {
    name: port.id,
    friendlyName: port.friendlyName,
    switchName: port.network,
    switchFriendlyName: port.network,
    portId: i + 1,
    portType: PORT_TYPES[port.kind],
    portState: 'Up',
    macLearning: 'Disabled',
    nicName: port.id,
    nicFriendlyName: port.friendlyName,
    mtu: port.mtu,
    macAddress: port.macAddress,
    nicState: 'Connected',
    // Ingress is into the switch, away from the endpoint.
    statistics: { bytesSent: inbound.bytes, bytesReceived: out.bytes, ingressDrops: out.dropped, egressDrops: inbound.dropped },
  }
}

/** `get-port-state`: a port of this switch is always on, and never blocked as a whole. */
export function portStateLines(): readonly string[] {
  const states = [
    ['Enabled', 'TRUE'],
    ['Blocked', 'FALSE'],
    ['BlockedOnRestore', 'FALSE'],
    ['BlockedLayerCreation', 'FALSE'],
    ['Preserving Vlan', 'FALSE'],
    ['VM Context Set', 'FALSE'],
  ] as const
  return [...states.map(([key, value]) => `  ${key.padEnd(22)}: ${value}`), '']
}

export function listedPortCounters({ out, in: inbound }: VfpPortCounters): readonly ListedPortCounters[] {
  const side = (direction: 'out' | 'in', counters: VfpDirectionCounters): ListedPortCounters => ({
    direction,
    packets: counters.packets,
    bytes: counters.bytes,
    droppedPackets: counters.dropped,
    droppedByAcl: counters.drops.filter(({ number }) => number === ACL_BLOCKED).reduce((sum, { packets }) => sum + packets, 0),
    pendingPackets: 0,
  })
  return [side('out', out), side('in', inbound)]
}

/** What a direction's counters mean to the facade; what the program does not tell is absent. */
export function directionCounters(side: ListedPortCounters): VfpDirectionCounters {
  const { packets, bytes, droppedPackets, droppedByAcl, pendingPackets } = side
  return {
    packets,
    bytes,
    forwarded: Math.max(0, packets - droppedPackets - pendingPackets),
    dropped: droppedPackets,
    drops: droppedByAcl === 0 ? [] : [{ reason: 'acl-blocked', number: ACL_BLOCKED, packets: droppedByAcl }],
  }
}

/** `get-port-counter`. Unverified: only its JSON has been seen. */
export function portCounterLines(side: ListedPortCounters): readonly string[] {
  return [
    `Direction - ${side.direction.toUpperCase()}`,
    `    Total packets : ${side.packets}`,
    `    Total bytes : ${side.bytes}`,
    `    Dropped packets : ${side.droppedPackets}`,
    `    Dropped by ACL : ${side.droppedByAcl}`,
    `    Pending packets : ${side.pendingPackets}`,
    '',
  ]
}

/** `get-port-flow-stats`: how many connections each direction began, by protocol. */
export function flowStatisticsLines(flows: readonly VfpFlow[]): readonly string[] {
  return (['out', 'in'] as const).flatMap((direction) => {
    const own = flows.filter(({ initiator }) => initiator === direction)
    const count = (of: (flow: VfpFlow) => boolean) => own.filter(of).length
    const protocol = (flow: VfpFlow) => flow[direction].key.protocol
    const line = (name: string, number: number) => `    [${name}] count : ${number}`
    return [
      `Direction - ${direction.toUpperCase()}`,
      // Both directions of a connection have an entry.
      line('Total Entry', own.length * 2),
      line('Total Flow', own.length),
      line(
        'Half Open Flow',
        count(({ state }) => state === 'syn-sent' || state === 'syn-received'),
      ),
      line(
        'TCP Flow',
        count((flow) => protocol(flow) === 6),
      ),
      line(
        'UDP Flow',
        count((flow) => protocol(flow) === 17),
      ),
      line(
        'Other Flow',
        count((flow) => protocol(flow) !== 6 && protocol(flow) !== 17),
      ),
      '',
    ]
  })
}

/**
 * `list-nat-range`: the address and ports of each rule that draws them, and
 * whether connections hold some. Unverified: the lines are ours.
 */
export function natRangeLines(layers: readonly VfpLayer[], flows: readonly VfpFlow[]): readonly string[] {
  const rules = layers.flatMap(({ groups }) => groups.flatMap((group) => group.rules)).filter(({ action }) => action === 'dynnat')
  return rules.flatMap((rule) => {
    const [, address, start, end] = /^(\S+) ports (\d+)(?:-(\d+))?$/.exec(rule.data) ?? []
    if (address === undefined || start === undefined) return []
    const last = end ?? start
    const held = new Set(
      flows
        .map(({ out }) => out.change)
        .filter(({ source, sourcePort = 0 }) => source === address && sourcePort >= Number(start) && sourcePort <= Number(last))
        .map(({ sourcePort }) => sourcePort),
    )
    const state = held.size === 0 ? 'Idle' : held.size > Number(last) - Number(start) ? 'Used' : 'Partial'
    return [
      `NAT RANGE : ${inLine(rule.id)}`,
      `    IP address : ${address}`,
      `    Start port : ${start}`,
      `    End port : ${last}`,
      `    State : ${state}`,
      '',
    ]
  })
}
