import type { AclPolicy, UnknownPolicy } from './endpoint-policy.js'
import type { InterfaceConstraintPolicy, L4ProxyPolicy } from './shared-policy.js'

/** The interface of the machine a network is bound to: its uplink. HCN: `NetAdapterName`. */
export interface NetAdapterNamePolicy {
  readonly kind: 'netAdapterName'
  /** `Ethernet` on Windows, `eth0` on Linux. */
  readonly name: string
}

/** The MAC that frames leave the uplink with. HCN: `SourceMacAddress`. */
export interface SourceMacAddressPolicy {
  readonly kind: 'sourceMacAddress'
  /** `00-15-5D-01-02-03`; of one station. */
  readonly macAddress: string
}

/** An extension of the switch, on or off. HCN: `VSwitchExtension`. */
export interface SwitchExtensionPolicy {
  readonly kind: 'switchExtension'
  readonly id: string
  readonly enabled: boolean
}

/** The node's own address under an overlay. HCN: `ProviderAddress`. */
export interface NetworkProviderAddressPolicy {
  readonly kind: 'providerAddress'
  readonly address: string
}

/** The MAC of the overlay's router; the service gives an overlay one by itself, which `updatePolicies` replaces. HCN: `DrMacAddress`. */
export interface RouterMacAddressPolicy {
  readonly kind: 'routerMacAddress'
  readonly macAddress: string
}

/** HCN: `AutomaticDNS`. */
export interface AutomaticDnsPolicy {
  readonly kind: 'automaticDns'
  readonly enabled: boolean
}

/** Another node's part of an overlay. HCN: `RemoteSubnetRoute`. */
export interface RemoteSubnetRoutePolicy {
  readonly kind: 'remoteSubnetRoute'
  /** `10.244.2.0/24`. HCN: `DestinationPrefix`. */
  readonly destination: string
  /** 1 to 16777215. kube-proxy and flannel cannot read one above 65535. HCN: `IsolationId`. */
  readonly vsid: number
  /** The other node's address. */
  readonly providerAddress: string
  /** HCN: `DistributedRouterMacAddress`. */
  readonly routerMacAddress: string
}

/** The UDP port of the overlay's VXLAN. HCN: `VxlanPort`, since HNS 10.3. */
export interface VxlanPortPolicy {
  readonly kind: 'vxlanPort'
  readonly port: number
}

/** The host reaches the endpoints. HCN: `HostRoute`. */
export interface HostRoutePolicy {
  readonly kind: 'hostRoute'
}

/**
 * A named set of addresses, or of other sets, for the ACLs of the network and of
 * its endpoints. HCN: `SetPolicy`, since HNS 13.0.
 *
 * `network.updatePolicies()` puts it in the place of the set with its id, and
 * every ACL that names it follows at once. A set that is named, by an ACL or by
 * a nested set, cannot be removed: `HCN_E_ENTITY_HAS_REFERENCES`.
 */
export interface AddressSetPolicy {
  readonly kind: 'addressSet'
  /** What ACLs name it by; unique on its network. */
  readonly id: string
  readonly name: string
  /**
   * `nested` (since HNS 15.0): `values` are ids of other sets; without any it has
   * every address, as on Windows. HCN: `IPSET`, `NESTEDIPSET`.
   */
  readonly type: 'addresses' | 'nested'
  readonly values: readonly string[]
}

/** HCN: `LayerConstraint`. */
export interface LayerConstraintPolicy {
  readonly kind: 'layerConstraint'
  readonly layerId: string
}

/**
 * A 5-tuple rule for all local endpoints of a network, those of the future too.
 * HCN: `NetworkACL`, since HNS 15.0.
 *
 * A packet must pass the network's ACLs and the endpoint's own. As with an
 * endpoint's, the first one denies by default, both ways: say what is allowed, too.
 */
export interface NetworkAclPolicy extends Omit<AclPolicy, 'kind'> {
  readonly kind: 'networkAcl'
}

/** Who is answered for with which MAC. HCN: `NeighborDiscovery`. */
export interface NeighborDiscoveryPolicy {
  readonly kind: 'neighborDiscovery'
  /** HCN: `TargetIpPrefix`. */
  readonly target: string
  readonly senderAddress: string
  readonly senderMacAddress: string
}

/**
 * Policies of networks: plain values such as `{ kind: 'vxlanPort', port: 4789 }`, checked by the call they are given to. On which types of network each may be, and which of
 * them packets feel on the embedded host, is told in `docs/support.md`; on
 * another type it is `HCN_E_INVALID_POLICY_TYPE`.
 */
export type NetworkPolicy =
  | NetAdapterNamePolicy
  | SourceMacAddressPolicy
  | InterfaceConstraintPolicy
  | SwitchExtensionPolicy
  | NetworkProviderAddressPolicy
  | RouterMacAddressPolicy
  | AutomaticDnsPolicy
  | RemoteSubnetRoutePolicy
  | VxlanPortPolicy
  | HostRoutePolicy
  | AddressSetPolicy
  | L4ProxyPolicy
  | LayerConstraintPolicy
  | NetworkAclPolicy
  | NeighborDiscoveryPolicy
  | UnknownPolicy
