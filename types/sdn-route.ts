import type { Cidr, Guid, HostComputeBase, IpAddressText } from './common.js'

/** One route that is pushed to endpoints. */
export interface SdnRouteSetting {
  /** Host bits may be set: `169.254.169.254/24`. */
  readonly DestinationPrefix: Cidr
  readonly NextHop?: IpAddressText
  /** Whether packets are encapsulated on the way to the next hop. */
  readonly NeedEncap?: boolean
  readonly AutomaticEndpointMonitor?: boolean
}

/** An SDN route: HCN's `HostComputeRoute`. */
export interface HostComputeRoute extends HostComputeBase {
  /** Since schema 2.5; the service fills it in. */
  readonly HostComputeNetwork?: Guid
  /** The endpoints that get the routes. */
  readonly HostComputeEndpoints?: readonly Guid[]
  /** The schema's name. The service answers with both. */
  readonly Routes?: readonly SdnRouteSetting[]
  /** hcsshim's name for `Routes`. Given both, they must agree. */
  readonly Setting?: readonly SdnRouteSetting[]
}
