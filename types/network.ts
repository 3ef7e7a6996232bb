import type { Cidr, Dns, HostComputeBase, MacAddressText, Route } from './common.js'
import type { NetworkPolicyDocument } from './policy.js'

/** HCN's `NetworkMode`. `Mirrored` and `Infiniband` since schema 2.4, `ConstrainedICS` since 2.10. */
export type NetworkMode =
  | 'NAT'
  | 'ICS'
  | 'Transparent'
  | 'L2Bridge'
  | 'L2Tunnel'
  | 'Overlay'
  | 'Private'
  | 'Internal'
  | 'Mirrored'
  | 'Infiniband'
  | 'ConstrainedICS'

/**
 * Bits of `HostComputeNetwork.Flags`.
 *
 * `IsolateVSwitch` is 32: the 2018 pages print 8, which is `EnableNonPersistent`.
 */
export interface NetworkFlagBits {
  readonly None: 0
  readonly EnableDnsProxy: 1
  readonly EnableDhcpServer: 2
  readonly EnableMirroring: 4
  readonly EnableNonPersistent: 8
  readonly EnablePersistent: 16
  readonly IsolateVSwitch: 32
  readonly EnableFlowSteering: 64
  readonly DisableSharing: 128
  readonly EnableFirewall: 256
  readonly SuppressMediaDisconnect: 512
  readonly DisableHostPort: 1024
  readonly WeakHostReceiveAdapter: 2048
  readonly WeakHostSendAdapter: 4096
  readonly EnableIov: 8192
}

export interface MacRange {
  readonly StartMacAddress: MacAddressText
  /** Inclusive. */
  readonly EndMacAddress: MacAddressText
}

/** Filled by the service with one range of 4096 addresses when absent or empty. */
export interface MacPool {
  readonly Ranges?: readonly MacRange[]
}

export type SubnetPolicyDocument =
  | { readonly Type: 'VLAN'; readonly Settings: { readonly IsolationId: number } }
  | { readonly Type: 'VSID'; readonly Settings: { readonly IsolationId: number } }

/** Bits of `Subnet.Flags`. Since schema 2.7. */
export interface SubnetFlagBits {
  readonly None: 0
  /** Endpoints may have the gateway's address. */
  readonly DoNotReserveGatewayAddress: 1
}

/** Bits of `IpSubnet.Flags`. Since schema 2.5; the service's default is both. */
export interface IpSubnetFlagBits {
  readonly None: 0
  /** No endpoint gets the last address. */
  readonly EnableBroadcast: 1
  /** No endpoint gets the first address. */
  readonly ReserveNetworkAddress: 2
}

/** Since schema 2.3. */
export interface IpSubnet extends HostComputeBase {
  readonly IpAddressPrefix?: Cidr
  /** {@link IpSubnetFlagBits}. */
  readonly Flags?: number
}

export interface Subnet extends HostComputeBase {
  readonly IpAddressPrefix: Cidr
  readonly Policies?: readonly SubnetPolicyDocument[]
  /** The next hop of the default route (`0.0.0.0/0`, `::/0`) is the subnet's gateway. */
  readonly Routes?: readonly Route[]
  readonly IpSubnets?: readonly IpSubnet[]
  /** {@link SubnetFlagBits}. Since schema 2.7. */
  readonly Flags?: number
}

export interface Ipam {
  /** Default `Static`. */
  readonly Type?: 'Static' | 'Dhcp'
  readonly Subnets?: readonly Subnet[]
}

/** A network: on Windows usually one virtual switch, or a layer on a shared one. */
export interface HostComputeNetwork extends HostComputeBase {
  /** Absent means NAT to today's readers. */
  readonly Type?: NetworkMode
  readonly Policies?: readonly NetworkPolicyDocument[]
  readonly MacPool?: MacPool
  readonly Dns?: Dns
  readonly Ipams?: readonly Ipam[]
  /** {@link NetworkFlagBits}; a member with value 0 is omitted by the service. */
  readonly Flags?: number
}
