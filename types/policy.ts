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
  /** Addresses or prefixes. The word `Any` is refused with `HCN_E_INVALID_POLICY`. */
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

export interface PortMappingSettings {
  /** IANA number: 6 TCP, 17 UDP. */
  readonly Protocol: number
  readonly InternalPort: number
  readonly ExternalPort: number
  /** The host address; empty: every one. */
  readonly VIP?: IpAddressText
  /** `LocalRoutedVip` 1, `IPv6` 2, `ExternalPortReserved` 4. */
  readonly Flags?: number
}

export interface OutboundNatSettings {
  /** The new source address; empty: the node's own. */
  readonly VirtualIP?: IpAddressText
  /** Destinations left untranslated. */
  readonly Exceptions?: readonly Cidr[]
  /** When given, only these destinations are translated. */
  readonly Destinations?: readonly Cidr[]
  /** `LocalRoutedVip` 1, `IPv6` 2. */
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

/** Endpoint policies with a known shape. Windows knows more; they pass as {@link PolicyDocument}. */
export type KnownEndpointPolicyDocument =
  | PolicyDocument<'ACL', AclSettings>
  | PolicyDocument<'PortMapping', PortMappingSettings>
  | PolicyDocument<'OutBoundNAT', OutboundNatSettings>
  | PolicyDocument<'InterfaceParameters', InterfaceParametersSettings>
  | PolicyDocument<'PortName', PortNameSettings>
  | PolicyDocument<'QOS', { readonly MaximumOutgoingBandwidthInBytes: number }>
  | PolicyDocument<'ProviderAddress', { readonly ProviderAddress: IpAddressText }>
  | PolicyDocument<'EncapOverhead', { readonly Overhead: number }>
  | PolicyDocument<'VLAN', { readonly IsolationId: number }>
  | PolicyDocument<'L2Driver'>

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

export type NetworkPolicyDocument = KnownNetworkPolicyDocument | PolicyDocument
