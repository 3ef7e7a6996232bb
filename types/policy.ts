import type { Cidr, Guid, IpAddressText, MacAddressText } from './common.js'

/**
 * Policies on the wire: `{ Type, Settings }`. The service compares `Type` with
 * case ignored and gives `Settings` back as it got them.
 *
 * For a form that the compiler can check exhaustively see `EndpointPolicy` of
 * the package's main entry.
 */
export interface PolicyDocument<Type extends string = string, Settings = unknown> {
  readonly Type: Type
  readonly Settings?: Settings
}

/** `ACL`, and a network's `NetworkACL`. All lists are comma-separated text; absent or empty is any. */
export interface AclSettings {
  readonly Id?: string
  /** Decimal protocol numbers: `6`, `6,17`. `256` is any too. */
  readonly Protocols?: string
  /** `Pass` (schema 2.10) only inside tiers. */
  readonly Action: 'Allow' | 'Block' | 'Pass'
  /** As seen from the endpoint. */
  readonly Direction: 'In' | 'Out'
  /**
   * Addresses or prefixes; or ids of the network's sets (`SetPolicy`), and then it is the packet's source that `LocalAddresses` speaks
   * of and its destination that `RemoteAddresses` does. The word `Any` is refused with `HCN_E_INVALID_POLICY`.
   */
  readonly LocalAddresses?: string
  readonly RemoteAddresses?: string
  /** Ports or ranges: `80,8000-8080`. */
  readonly LocalPorts?: string
  readonly RemotePorts?: string
  /** `Switch` is enforced by VFP at the port, `Host` by the host's firewall. */
  readonly RuleType?: 'Host' | 'Switch'
  /** 0 to 65535, lower first; 65500 is the highest that is safe on Windows. */
  readonly Priority?: number
}

/** Bits of the `Flags` of `PortMapping` and `OutBoundNAT`. */
export interface NatFlagBits {
  readonly None: 0
  /** For clients on this host too. */
  readonly LocalRoutedVip: 1
  /** Since schema 2.8. */
  readonly IPv6: 2
  /** Of `PortMapping`: somebody else holds the port. */
  readonly ExternalPortReserved: 4
}

export interface PortMappingSettings {
  /** IANA number: 6 TCP, 17 UDP. */
  readonly Protocol: number
  readonly InternalPort: number
  readonly ExternalPort: number
  /** The host address; empty: every one. */
  readonly VIP?: IpAddressText
  /** {@link NatFlagBits}. */
  readonly Flags?: number
}

export interface OutboundNatSettings {
  /** The new source address; empty: the node's own. */
  readonly VirtualIP?: IpAddressText
  /** Destinations left untranslated. */
  readonly Exceptions?: readonly Cidr[]
  /** When given, only these destinations are translated. */
  readonly Destinations?: readonly Cidr[]
  /** {@link NatFlagBits}. */
  readonly Flags?: number
  readonly MaxPortPoolUsage?: number
}

export interface InterfaceParametersSettings {
  /** Bytes, without the Ethernet header. */
  readonly Mtu?: number
}

export interface PortNameSettings {
  readonly Name: string
}

/** What an endpoint sends and is sent, in bytes per second; 0 is no limit. */
export interface QosSettings {
  readonly MaximumOutgoingBandwidthInBytes: number
  /** An extension of the embedded host. */
  readonly MaximumIncomingBandwidthInBytes?: number
}

/** One tier of rules, from HNS 14.0 on; `HCN_E_INVALID_POLICY_TYPE` before. */
export interface TierAclSettings {
  readonly Name?: string
  readonly Direction: 'In' | 'Out'
  /** 0 to 65535; the lower tier is asked first. */
  readonly Order: number
  readonly TierAclRules?: readonly TierAclRuleSettings[]
}

/** Lists as in {@link AclSettings}. */
export interface TierAclRuleSettings {
  readonly Id?: string
  readonly Protocols?: string
  /** `Pass` asks the next tier; the others decide. */
  readonly TierAclRuleAction: 'Allow' | 'Block' | 'Pass'
  readonly LocalAddresses?: string
  readonly RemoteAddresses?: string
  readonly LocalPorts?: string
  readonly RemotePorts?: string
  /** 0 to 65535, lower first. */
  readonly Priority?: number
}

export interface SdnRoutePolicySettings {
  readonly DestinationPrefix: Cidr
  /** Empty or absent: none. */
  readonly NextHop?: IpAddressText
  readonly NeedEncap?: boolean
  readonly AutomaticEndpointMonitor?: boolean
}

/** HNS 13.1 and later, with lines it was carried back to. */
export interface L4ProxySettings {
  readonly IP?: IpAddressText
  /** Text, as clients send it. */
  readonly Port: string
  /** 6 TCP, 17 UDP. */
  readonly Protocol?: number
  readonly Exceptions?: readonly string[]
  /** As the schema page spells `Exceptions`. */
  readonly ExceptionList?: readonly string[]
  readonly Destination?: string
  readonly OutboundNAT?: boolean
  /** As the schema page spells `OutboundNAT`. */
  readonly OutboundNat?: boolean
}

export interface ProxyExceptionsSettings {
  readonly IpAddressExceptions?: readonly string[]
  readonly PortExceptions?: readonly string[]
}

/** HNS 13.2 and later. One of the ports must be there. */
export interface L4WfpProxySettings {
  readonly InboundProxyPort?: string
  readonly OutboundProxyPort?: string
  readonly FilterTuple?: {
    readonly Protocols?: string
    readonly LocalAddresses?: string
    readonly RemoteAddresses?: string
    readonly LocalPorts?: string
    readonly RemotePorts?: string
    readonly Priority?: number
  }
  /** The proxy's own account, whose traffic is exempt. */
  readonly UserSID?: string
  readonly InboundExceptions?: ProxyExceptionsSettings
  readonly OutboundExceptions?: ProxyExceptionsSettings
}

/** One of the members must be there. */
export interface InterfaceConstraintSettings {
  readonly InterfaceGuid?: Guid
  /** 64 bits: beyond 2^53 it does not survive JavaScript's numbers. */
  readonly InterfaceLuid?: number
  readonly InterfaceIndex?: number
  readonly InterfaceMediaType?: number
  readonly InterfaceAlias?: string
  readonly InterfaceDescription?: string
}

export interface EncryptionSettings {
  readonly EncryptionMethodType?: 'Ipsec'
  readonly AuthenticationMethods: readonly {
    readonly Type: 'PresharedKey' | 'Certificate'
    readonly Settings?: { readonly Key?: string; readonly CertificateName?: string }
  }[]
  readonly Name?: string
  /** Absent: any, here and below. */
  readonly Endpoints1?: readonly string[]
  readonly Endpoints2?: readonly string[]
  readonly ProtocolType?: string
  readonly Endpoint1Ports?: readonly string[]
  readonly Endpoint2Ports?: readonly string[]
}

export interface IovSettings {
  readonly IovOffloadWeight?: number
  readonly QueuePairsRequested?: number
  /** Default 0, adaptive 1, off 2, low 100, medium 200, high 300. */
  readonly InterruptModeration?: number
}

/** The schema page's names, and those that WSL sends. */
export interface FirewallSettings {
  readonly VmType?: 'Invalid' | 'Host' | 'WSA' | 'WSL'
  readonly FirewallPolicyFlags?: number
  readonly VmCreatorId?: Guid
  readonly PolicyFlags?: number
}

/** Every endpoint policy that HCN documents. What is newer passes as {@link PolicyDocument}. */
export type KnownEndpointPolicyDocument =
  | PolicyDocument<'ACL', AclSettings>
  | PolicyDocument<'PortMapping', PortMappingSettings>
  | PolicyDocument<'OutBoundNAT', OutboundNatSettings>
  | PolicyDocument<'InterfaceParameters', InterfaceParametersSettings>
  | PolicyDocument<'PortName', PortNameSettings>
  | PolicyDocument<'QOS', QosSettings>
  | PolicyDocument<'ProviderAddress', { readonly ProviderAddress: IpAddressText }>
  | PolicyDocument<'EncapOverhead', { readonly Overhead: number }>
  | PolicyDocument<'VLAN', { readonly IsolationId: number }>
  | PolicyDocument<'L2Driver'>
  | PolicyDocument<'SDNRoute', SdnRoutePolicySettings>
  | PolicyDocument<'L4Proxy', L4ProxySettings>
  | PolicyDocument<'L4WFPPROXY', L4WfpProxySettings>
  | PolicyDocument<'InterfaceConstraint', InterfaceConstraintSettings>
  | PolicyDocument<'Encryption', EncryptionSettings>
  | PolicyDocument<'Iov', IovSettings>
  | PolicyDocument<'TierAcl', TierAclSettings>
  | PolicyDocument<'VmNic', { readonly DeviceInstanceId?: string; readonly VfInstanceId?: string }>
  | PolicyDocument<'Firewall', FirewallSettings>

export type EndpointPolicyDocument = KnownEndpointPolicyDocument | PolicyDocument

/** Network policies with a known shape. */
export type KnownNetworkPolicyDocument =
  | PolicyDocument<'SourceMacAddress', { readonly SourceMacAddress: MacAddressText }>
  | PolicyDocument<'NetAdapterName', { readonly NetworkAdapterName: string }>
  | PolicyDocument<'VSwitchExtension', { readonly ExtensionID: Guid; readonly Enable: boolean }>
  | PolicyDocument<'ProviderAddress', { readonly ProviderAddress: IpAddressText }>
  | PolicyDocument<'DrMacAddress', { readonly Address: MacAddressText }>
  | PolicyDocument<'AutomaticDNS', { readonly Enable: boolean }>
  | PolicyDocument<'VxlanPort', { readonly Port: number }>
  | PolicyDocument<'HostRoute', Readonly<Record<string, never>>>
  | PolicyDocument<'NetworkACL', AclSettings>
  | PolicyDocument<'InterfaceConstraint', InterfaceConstraintSettings>
  | PolicyDocument<'RemoteSubnetRoute', RemoteSubnetRouteSettings>
  | PolicyDocument<'SetPolicy', SetPolicySettings>
  | PolicyDocument<'L4Proxy', NetworkL4ProxySettings>
  | PolicyDocument<'LayerConstraint', { readonly LayerId: Guid }>
  | PolicyDocument<'NeighborDiscovery', NeighborDiscoverySettings>

export interface RemoteSubnetRouteSettings {
  readonly DestinationPrefix: Cidr
  /** The other subnet's VSID, 24 bits; readers written in Go stop at 65535. */
  readonly IsolationId: number
  /** The other node's own address. */
  readonly ProviderAddress: IpAddressText
  readonly DistributedRouterMacAddress: MacAddressText
}

export interface SetPolicySettings {
  readonly Id: string
  readonly Name: string
  /** `NESTEDIPSET` since HNS 15.0. */
  readonly PolicyType: 'IPSET' | 'NESTEDIPSET'
  /** Addresses and prefixes, or ids of sets; comma-separated text. */
  readonly Values?: string
}

/** `L4Proxy` of a network. */
export interface NetworkL4ProxySettings {
  readonly IP?: IpAddressText
  /** Text: `'8080'`. */
  readonly Port: string
  /** IANA number. */
  readonly Protocol?: number
  readonly ExceptionList?: readonly Cidr[]
  readonly Destination?: string
  readonly OutboundNAT?: boolean
}

export interface NeighborDiscoverySettings {
  readonly TargetIpPrefix: Cidr
  readonly SenderIpAddress: IpAddressText
  readonly SenderMacAddress: MacAddressText
}

export type NetworkPolicyDocument = KnownNetworkPolicyDocument | PolicyDocument
