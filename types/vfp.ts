/**
 * The documents of the VFP table (`src-native/abi/vfp_table.h`): what HCN has no
 * call for. They are this project's own, not Windows'.
 *
 * Ports are named by GUID text; an endpoint's port has the endpoint's id.
 * 64-bit counters are JSON numbers (exact up to 2^53).
 *
 * Members that only an embedded host has are absent where Windows' own switch
 * was asked: `vfpctrl.exe` does not tell them.
 */

/** Away from (`out`) or towards (`in`) the endpoint that owns the port. */
export type VfpDirection = 'out' | 'in'

export interface VfpDirectionCounters {
  /** Frames that entered the port in this direction: `forwarded + dropped + answered + waiting`; on Windows `waiting` is not told. */
  readonly packets: number
  readonly bytes: number
  readonly forwarded: number
  readonly dropped: number
  /** ARP and ND answered by the switch itself. Embedded hosts only, as the next six. */
  readonly answered?: number
  /** For the port's bandwidth, now; as frames, and as bytes on the wire. */
  readonly waiting?: number
  readonly waitingBytes?: number
  /** Frames that had to wait so, ever. */
  readonly delayed?: number
  readonly fastPath?: number
  readonly slowPath?: number
  readonly reconciled?: number
  /** Only reasons that occurred. */
  readonly drops: readonly { readonly reason: string; readonly number: number; readonly packets: number }[]
}

export interface VfpPortCounters {
  readonly port: string
  readonly out: VfpDirectionCounters
  readonly in: VfpDirectionCounters
}

export interface VfpPort {
  /** The endpoint's, where it is one's; else the switch's own. */
  readonly id: string
  /** The switch's own id of it, for `/port` of `vfpctrl.exe`: of the system's switch only. */
  readonly switchPort?: string
  readonly friendlyName: string
  readonly kind: 'endpoint' | 'uplink' | 'host'
  /** GUID of the network; empty where the service does not know the port. */
  readonly network: string
  readonly macAddress: string
  readonly addresses: readonly string[]
  /** The 802.1Q tag its frames have on the uplink; absent: none. Embedded hosts only. */
  readonly vlan?: number
  readonly mtu: number
  /** Of policy: it rises with each change. Embedded hosts only, as `connections`. */
  readonly generation?: number
  readonly connections?: number
  /** Limits of a `QOS` policy; absent where there is none. Embedded hosts only. */
  readonly bytesPerSecond?: { readonly out?: number; readonly in?: number }
  /** The connections by kind; the half-open ones are among `tcp`. Embedded hosts only. */
  readonly flows?: {
    readonly tcpHalfOpen: number
    readonly tcp: number
    readonly udp: number
    readonly icmp: number
    readonly other: number
  }
}

export interface VfpRule {
  readonly id: string
  readonly name: string
  readonly priority: number
  /** VFP's bits: 1 terminating, 2 stateful, 8 track TCP state. */
  readonly flags: number
  /** Windows' own switch has more: `mapencap`, `paroute`, … */
  readonly action: 'allow' | 'block' | 'nat' | 'dynnat' | 'lbnat' | (string & {})
  /** Absent members mean any. */
  readonly conditions: {
    readonly protocols?: readonly number[]
    readonly sources?: readonly string[]
    readonly destinations?: readonly string[]
    readonly sourcePorts?: readonly string[]
    readonly destinationPorts?: readonly string[]
    /** Others that the system's switch has, as `vfpctrl.exe` prints them. */
    readonly others?: readonly { readonly name: string; readonly value: string }[]
  }
  /** What the action does, in words: `10.1.0.7:8080, 10.1.0.8:8080`. */
  readonly data: string
  readonly matchedPackets: number
  readonly droppedPackets: number
}

export interface VfpGroup {
  readonly id: string
  readonly priority: number
  readonly direction: VfpDirection
  readonly family: 4 | 6
  /** True when several ports share it. */
  readonly shared: boolean
  /** In order of evaluation. */
  readonly rules: readonly VfpRule[]
}

export interface VfpLayer {
  readonly id: string
  /** Outbound packets pass layers in ascending order, inbound in descending. */
  readonly priority: number
  readonly stateful: boolean
  readonly defaultAllow: boolean
  readonly groups: readonly VfpGroup[]
}

/** A packet's visible headers at one moment. */
export interface VfpTuple {
  readonly sourceMac: string
  readonly destinationMac: string
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** Only the fields that are rewritten. */
export interface VfpTransposition {
  readonly sourceMac?: string
  readonly destinationMac?: string
  readonly source?: string
  readonly destination?: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly ttlDecrement?: number
}

/** Headers in front of a packet: VXLAN over IPv4. */
export interface VfpEncapsulation {
  readonly type: 'vxlan'
  readonly vsid: number
  /** Provider addresses. */
  readonly source: string
  readonly destination: string
  readonly destinationPort: number
  /** Absent while the next hop's MAC is not known: the packet waits for it. */
  readonly sourceMac?: string
  readonly destinationMac?: string
}

export interface VfpExplainStep {
  readonly port: string
  readonly direction: VfpDirection
  /** Empty for steps of the switch itself (`route`, `answer`, `hairpin`, `l2-rewrite`, `flow`, `encap`, `decap`, `vlan`). */
  readonly layer: string
  readonly group: string
  /** Absent when no rule matched. */
  readonly rule?: { readonly id: string; readonly name: string; readonly priority: number }
  readonly action: string
  readonly detail: string
  readonly change: VfpTransposition
  /** With `encap`: what is put in front. `after` tells the outer headers then. */
  readonly push?: VfpEncapsulation
  /** With `decap`: what was taken away. */
  readonly pop?: VfpEncapsulation
  readonly before: VfpTuple
  readonly after: VfpTuple
}

export interface VfpExplanation {
  readonly verdict: 'forward' | 'drop' | 'answered'
  /** With `drop`: `acl-blocked`, `no-backend`, … and VFP's number for it. */
  readonly reason?: { readonly name: string; readonly number: number }
  /** Port ids, with `forward`. */
  readonly deliverTo: readonly string[]
  /** The port the packet entered had a current flow for it. */
  readonly cached: boolean
  readonly steps: readonly VfpExplainStep[]
  /** Of a packet that leaves by a tunnel: the outer headers. */
  readonly finalTuple: VfpTuple
}

export interface VfpFlowKey {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

export interface VfpFlow {
  readonly port: string
  /** The direction of the connection's first packet. */
  readonly initiator: VfpDirection
  readonly state: string
  /** Stamped with the present generation of policy. */
  readonly current: boolean
  readonly out: {
    readonly key: VfpFlowKey
    readonly change: VfpTransposition
    /** When it leaves by a tunnel. */
    readonly push?: VfpEncapsulation
    readonly packets: number
    readonly bytes: number
  }
  readonly in: { readonly key: VfpFlowKey; readonly change: VfpTransposition; readonly packets: number; readonly bytes: number }
  readonly idleMilliseconds: number
  readonly expiresInMilliseconds: number
  readonly decisions: readonly { readonly layer: string; readonly rule: string; readonly action: string; readonly detail: string }[]
}

export interface VfpFlowPage {
  readonly flows: readonly VfpFlow[]
  /** Pass back as `cursor`; absent at the end. */
  readonly next?: string
}

export type VfpCompartment =
  | { readonly kind: 'memory' }
  | { readonly kind: 'windows'; readonly compartment: number }
  | { readonly kind: 'linux'; readonly pid: number; readonly helper: string }
