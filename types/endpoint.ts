import type { Dns, Guid, HostComputeBase, IpAddressText, MacAddressText, Route } from './common.js'
import type { EndpointPolicyDocument } from './policy.js'

/** Bits of `HostComputeEndpoint.Flags`. */
export interface EndpointFlagBits {
  readonly None: 0
  /** A peer on another host: an address and a MAC, no port here. */
  readonly RemoteEndpoint: 1
  readonly DisableInterComputeCommunication: 2
  readonly EnableMirroring: 4
  readonly EnableLowInterfaceMetric: 8
  readonly OverrideDNSServerOrder: 16
  readonly EnableDhcp: 32
}

/** An empty object asks the service for an address. */
export interface IpConfiguration {
  readonly IpAddress?: IpAddressText
  /** Bits. Default: the length of the subnet that contains the address. */
  readonly PrefixLength?: number
  /** Since schema 2.3. */
  readonly IpSubnetId?: Guid
}

/** What `HcnQueryEndpointStats` answers, as v1's statistics. Counters are 64 bits wide: exact up to 2^53 here. */
export interface EndpointStatisticsDocument {
  readonly EndpointId: Guid
  /** Of the switch port that counted. */
  readonly InstanceId: Guid
  readonly BytesReceived: number
  readonly BytesSent: number
  readonly PacketsReceived: number
  readonly PacketsSent: number
  readonly DroppedPacketsIncoming: number
  readonly DroppedPacketsOutgoing: number
}

/** One virtual NIC on one network. */
export interface HostComputeEndpoint extends HostComputeBase {
  /** The network's id. On create the handle decides, not this member. */
  readonly HostComputeNetwork?: Guid
  /** Set by attaching to a namespace; read only. Zero, empty or absent when not attached. */
  readonly HostComputeNamespace?: Guid
  readonly Policies?: readonly EndpointPolicyDocument[]
  readonly IpConfigurations?: readonly IpConfiguration[]
  /** Default: the network's. */
  readonly Dns?: Dns
  /** Default: a default route to the subnet's gateway. */
  readonly Routes?: readonly Route[]
  /** Given back as given. Default: one of the network's pool. */
  readonly MacAddress?: MacAddressText
  /** {@link EndpointFlagBits}. */
  readonly Flags?: number
}
