import type { Protocol } from './check.js'
import type { EncryptionPolicy, FirewallPolicy, IovPolicy, L4WfpProxyPolicy, VmNicPolicy } from './machine-policy.js'
import type { InterfaceConstraintPolicy, L4ProxyPolicy } from './shared-policy.js'

/**
 * A 5-tuple rule at an endpoint. HCN: `ACL`.
 *
 * The first one on an endpoint makes the endpoint deny by default, both ways:
 * say what is allowed, too. Rules are stateful: what one direction allowed is
 * answered without a rule.
 */
export interface AclPolicy {
  readonly kind: 'acl'
  readonly action: 'allow' | 'block'
  /** As seen from the endpoint. */
  readonly direction: 'in' | 'out'
  /** Absent: any. */
  readonly protocols?: readonly Protocol[]
  /** The endpoint's own side: addresses or prefixes. Absent: any. */
  readonly localAddresses?: readonly string[]
  readonly remoteAddresses?: readonly string[]
  /**
   * Instead of addresses: ids of the network's address sets (`SetPolicy`, since
   * HNS 13.0); who sends is in each of them. The packet's source in both
   * directions, whichever side is the endpoint's own: so HNS has it where sets are named.
   */
  readonly sourceSets?: readonly string[]
  /** The same for who it is sent to. */
  readonly destinationSets?: readonly string[]
  /** `'80'` or `'8000-8080'`. Absent: any. */
  readonly localPorts?: readonly string[]
  readonly remotePorts?: readonly string[]
  /** 0 to 65535, lower is asked first. On Windows stay at or below 65500. */
  readonly priority?: number
  /** Enforced by the switch (VFP) or by the host's firewall. Default: the service's. */
  readonly ruleType?: 'switch' | 'host'
  readonly id?: string
}

/** Source translation of what the endpoint sends. HCN: `OutBoundNAT`. */
export interface OutboundNatPolicy {
  readonly kind: 'outboundNat'
  /** The new source address. Absent: the node's own. */
  readonly vip?: string
  /** Prefixes left untranslated: the cluster's networks. */
  readonly exceptions?: readonly string[]
  /** When given, only these prefixes are translated. */
  readonly destinations?: readonly string[]
  /** This policy is the IPv6 one. Default false. */
  readonly ipv6?: boolean
  readonly localRoutedVip?: boolean
  /** Percent of the node's port pool, as the service takes it. */
  readonly maxPortPoolUsage?: number
}

/** A port of the host that leads to the endpoint. HCN: `PortMapping`. */
export interface PortMappingPolicy {
  readonly kind: 'portMapping'
  readonly protocol: Protocol
  /** 1 to 65535: where the endpoint listens. */
  readonly internal: number
  /** 1 to 65535: the host's port. */
  readonly external: number
  /** The host's address. Absent: every one. */
  readonly vip?: string
  /** For clients on this host too. Default false. */
  readonly localRoutedVip?: boolean
  readonly ipv6?: boolean
  readonly externalPortReserved?: boolean
}

/** HCN: `InterfaceParameters`. At most one on an endpoint. */
export interface InterfaceParametersPolicy {
  readonly kind: 'interfaceParameters'
  /** Bytes, without the Ethernet header. */
  readonly mtu: number
}

/** The switch port's friendly name. HCN: `PortName`. */
export interface PortNamePolicy {
  readonly kind: 'portName'
  readonly name: string
}

/**
 * Rules that are asked before the endpoint's ACLs. HCN: `TierAcl`, from HNS
 * 14.0 on; an older service answers `HCN_E_INVALID_POLICY_TYPE`.
 *
 * The first tier makes an endpoint deny by default, as the first ACL does.
 */
export interface TierAclPolicy {
  readonly kind: 'tierAcl'
  readonly name?: string
  /** As seen from the endpoint. */
  readonly direction: 'in' | 'out'
  /** 0 to 65535; the lower tier is asked first. */
  readonly order: number
  readonly rules: readonly TierAclRule[]
}

/** A rule of a {@link TierAclPolicy}. Lists as in {@link AclPolicy}: absent is any. */
export interface TierAclRule {
  /** `'pass'` asks the next tier; the others decide. */
  readonly action: 'allow' | 'block' | 'pass'
  readonly protocols?: readonly Protocol[]
  readonly localAddresses?: readonly string[]
  readonly remoteAddresses?: readonly string[]
  readonly localPorts?: readonly string[]
  readonly remotePorts?: readonly string[]
  /** 0 to 65535, lower is asked first. Default 0. */
  readonly priority?: number
  readonly id?: string
}

/**
 * A limit on what the endpoint sends. HCN: `QOS`.
 *
 * In the embedded host it may burst by 50 ms of that, 64 KiB at least. What is
 * faster waits, as much as that again, and flows take turns; more is dropped
 * (`rate-limit`). Bytes are counted as on the wire, tunnels' headers included.
 */
export interface QosPolicy {
  readonly kind: 'qos'
  /** Bytes per second; 0: no limit. HCN: `MaximumOutgoingBandwidthInBytes`. */
  readonly maximumOutgoingBandwidth: number
  /** The same for what the endpoint is sent. An extension: of embedded hosts only, elsewhere `ERR_NOT_SUPPORTED`. */
  readonly maximumIncomingBandwidth?: number
}

/** HCN: `EncapOverhead`. The interface's MTU is smaller by it. */
export interface EncapOverheadPolicy {
  readonly kind: 'encapOverhead'
  /** Bytes; 50 for VXLAN over IPv4. HCN: `Overhead`. */
  readonly overhead: number
}

/** The host that a remote endpoint is on. HCN: `ProviderAddress`. */
export interface ProviderAddressPolicy {
  readonly kind: 'providerAddress'
  /** HCN: `ProviderAddress`. */
  readonly address: string
}

/** HCN: `VLAN`: frames have the tag on the uplink and none at the endpoint. `id` 0: no VLAN, whatever the subnet says. */
export interface VlanPolicy {
  readonly kind: 'vlan'
  /** 0 to 4094. HCN: `IsolationId`. */
  readonly id: number
}

/** A route of the switch for what the endpoint sends, by longest prefix. HCN: `SDNRoute`. `L2Bridge`, `L2Tunnel`, `Overlay`. */
export interface SdnRoutePolicy {
  readonly kind: 'sdnRoute'
  /** HCN: `DestinationPrefix`. */
  readonly destination: string
  /** HCN: `NextHop`. */
  readonly nextHop?: string
  /** HCN: `NeedEncap`. Default false. */
  readonly encapsulate?: boolean
  /** HCN: `AutomaticEndpointMonitor`. Default false. */
  readonly monitorEndpoints?: boolean
}

/** HCN: `L2Driver`, which has no settings. */
export interface L2DriverPolicy {
  readonly kind: 'l2Driver'
}

/** What this version of the package has no form for; kept as it came. */
export interface UnknownPolicy {
  readonly kind: 'unknown'
  /** HCN's `Type`. */
  readonly type: string
  /** HCN's `Settings`; undefined when there were none. */
  readonly settings: unknown
}

/**
 * What an endpoint may have. Which of them packets feel on the embedded host is
 * told in `docs/support.md`.
 */
export type EndpointPolicy =
  | AclPolicy
  | TierAclPolicy
  | OutboundNatPolicy
  | PortMappingPolicy
  | InterfaceParametersPolicy
  | PortNamePolicy
  | QosPolicy
  | EncapOverheadPolicy
  | ProviderAddressPolicy
  | VlanPolicy
  | SdnRoutePolicy
  | L2DriverPolicy
  | L4ProxyPolicy
  | L4WfpProxyPolicy
  | InterfaceConstraintPolicy
  | EncryptionPolicy
  | IovPolicy
  | VmNicPolicy
  | FirewallPolicy
  | UnknownPolicy
