import type { Guid, HostComputeBase, IpAddressText } from './common.js'

/** Bits of `HostComputeLoadBalancer.Flags`. */
export interface LoadBalancerFlagBits {
  readonly None: 0
  /** DSR: the load balancer runs at the client's own port, the backend sees the client's address. */
  readonly EnableDirectServerReturn: 1
  /** Since schema 2.8. */
  readonly IPv6: 2
}

/** Bits of `LoadBalancerPortMapping.Flags`. */
export interface LoadBalancerPortMappingFlagBits {
  readonly None: 0
  /** ILB: a VIP for clients inside (a ClusterIP). */
  readonly EnableInternalLoadBalancer: 1
  /** For clients on this host too. */
  readonly LocalRoutedVip: 2
  readonly UseMux: 4
  /** The backend sees the VIP as destination. */
  readonly EnablePreserveDip: 8
  readonly VipExternalIP: 16
}

export interface LoadBalancerPortMapping {
  /** IANA number: 6 TCP, 17 UDP. */
  readonly Protocol?: number
  /** 1 to 65535: where backends listen. */
  readonly InternalPort?: number
  /** 1 to 65535: where clients connect. */
  readonly ExternalPort?: number
  /** What picks the backend: 0 the 5-tuple, 1 source address and protocol, 2 source address. */
  readonly DistributionType?: 0 | 1 | 2
  /** {@link LoadBalancerPortMappingFlagBits}. */
  readonly Flags?: number
}

export interface HostComputeLoadBalancer extends HostComputeBase {
  /** Since schema 2.5; the service fills it in. */
  readonly HostComputeNetwork?: Guid
  /** Backends: endpoint ids. The service gives them back in upper case. */
  readonly HostComputeEndpoints?: readonly Guid[]
  /** What backends see as client, where it is not the client itself. Empty with DSR. */
  readonly SourceVIP?: IpAddressText
  /** Empty: the host's own addresses (a NodePort). */
  readonly FrontendVIPs?: readonly IpAddressText[]
  readonly PortMappings?: readonly LoadBalancerPortMapping[]
  /** {@link LoadBalancerFlagBits}. */
  readonly Flags?: number
}
