import type { Protocol } from './check.js'

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

/** What this version of the package has no form for; kept as it came. */
export interface UnknownPolicy {
  readonly kind: 'unknown'
  /** HCN's `Type`. */
  readonly type: string
  /** HCN's `Settings`; undefined when there were none. */
  readonly settings: unknown
}

export type EndpointPolicy = AclPolicy | OutboundNatPolicy | PortMappingPolicy | InterfaceParametersPolicy | PortNamePolicy | UnknownPolicy
