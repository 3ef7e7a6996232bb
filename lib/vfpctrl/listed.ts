/**
 * What `vfpctrl.exe` lists, as it lists it; `documents.ts` makes of it what the
 * facade shows, and the other way.
 */

/** A name and a value, as they stand in a line. */
export type Field = readonly [name: string, value: string]

export interface ListedRule {
  readonly id: string
  readonly friendlyName: string
  readonly priority: number
  readonly flags: number
  /** `allow`, `block`, `nat`, `dynnat`, `lbnat`, … */
  readonly type: string
  /** Empty: any packet. */
  readonly conditions: readonly Field[]
  /** Seconds. */
  readonly flowTtl: number | undefined
  /** The lines of `Rule Data`, without the blanks before them. */
  readonly data: readonly string[]
  readonly flagsEx: number | undefined
  /** Fields that are not known here. */
  readonly others: readonly Field[]
}

export interface ListedGroup {
  readonly id: string
  readonly friendlyName: string
  readonly priority: number
  readonly direction: 'OUT' | 'IN'
  readonly type: 'IPv4' | 'IPv6'
  readonly conditions: readonly Field[]
  readonly matchType: string
  readonly rules: readonly ListedRule[]
  readonly others: readonly Field[]
}

export interface ListedLayer {
  readonly id: string
  readonly friendlyName: string
  /** 1 allows by default. */
  readonly flags: number
  /** What stands after the number. */
  readonly flagWords: string
  readonly priority: number
  readonly groups: readonly ListedGroup[]
  readonly others: readonly Field[]
}

export interface ListedPort {
  /** The GUID that `/port` takes. */
  readonly name: string
  /** `ExternalPort`, `Container NIC 8453379c`, or the id of the endpoint. */
  readonly friendlyName: string
  readonly switchName: string
  readonly switchFriendlyName: string
  readonly portId: number | undefined
  /** `External`, `Internal`, `Synthetic`, … */
  readonly portType: string
  readonly portState: string
  readonly macLearning: string
  readonly nicName: string
  readonly nicFriendlyName: string
  readonly mtu: number | undefined
  /** `00-15-5D-01-02-03`. */
  readonly macAddress: string
  readonly nicState: string
  readonly statistics: PortStatistics | undefined
}

/** The block `NIC Statistics`. */
export interface PortStatistics {
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly ingressDrops: number
  readonly egressDrops: number
}

/** What `get-rule-counter` tells of a rule. */
export interface ListedRuleCounters {
  readonly matchedPackets: number
  readonly droppedPackets: number
  readonly pendingPackets: number
  readonly droppedFlows: number
}
