import type { HcnCalls, NativeHandle } from './hcn-calls.js'

/** What a call takes and gives, for what stands between the facade and a table. */
export interface CallShape {
  /** Arguments that are open handles, by position. */
  readonly handles?: readonly number[]
  /** `portRange`: a handle and the ports it stands for. */
  readonly gives: 'text' | 'handle' | 'portRange' | 'nothing'
  /** Of a call that gives a handle: of what kind. */
  readonly kind?: NativeHandle['kind']
  /** The handle it is given is closed by it. */
  readonly closes?: true
}

const text: CallShape = { gives: 'text' }
const nothing: CallShape = { gives: 'nothing' }
const onHandle: CallShape = { handles: [0], gives: 'nothing' }
const askHandle: CallShape = { handles: [0], gives: 'text' }
const close: CallShape = { handles: [0], gives: 'nothing', closes: true }
const gives = (kind: NativeHandle['kind'], ...handles: number[]): CallShape => ({ gives: 'handle', kind, handles })

/** Every function of {@link HcnCalls}; the compiler sees to it that none is missing. */
export const HCN_CALLS: { readonly [Name in keyof HcnCalls]: CallShape } = {
  enumerateNetworks: text,
  createNetwork: gives('network'),
  openNetwork: gives('network'),
  modifyNetwork: onHandle,
  queryNetworkProperties: askHandle,
  deleteNetwork: nothing,
  closeNetwork: close,

  enumerateEndpoints: text,
  createEndpoint: gives('endpoint', 0),
  openEndpoint: gives('endpoint'),
  modifyEndpoint: onHandle,
  queryEndpointProperties: askHandle,
  queryEndpointStats: askHandle,
  queryEndpointAddresses: askHandle,
  deleteEndpoint: nothing,
  closeEndpoint: close,

  enumerateNamespaces: text,
  createNamespace: gives('namespace'),
  openNamespace: gives('namespace'),
  modifyNamespace: onHandle,
  queryNamespaceProperties: askHandle,
  deleteNamespace: nothing,
  closeNamespace: close,

  enumerateLoadBalancers: text,
  createLoadBalancer: gives('loadBalancer'),
  openLoadBalancer: gives('loadBalancer'),
  modifyLoadBalancer: onHandle,
  queryLoadBalancerProperties: askHandle,
  deleteLoadBalancer: nothing,
  closeLoadBalancer: close,

  enumerateSdnRoutes: text,
  createSdnRoute: gives('sdnRoute'),
  openSdnRoute: gives('sdnRoute'),
  modifySdnRoute: onHandle,
  querySdnRouteProperties: askHandle,
  deleteSdnRoute: nothing,
  closeSdnRoute: close,

  enumerateGuestNetworkServices: text,
  createGuestNetworkService: gives('guestNetworkService'),
  openGuestNetworkService: gives('guestNetworkService'),
  modifyGuestNetworkService: onHandle,
  queryGuestNetworkServiceProperties: askHandle,
  deleteGuestNetworkService: nothing,
  closeGuestNetworkService: close,
  registerGuestNetworkServiceCallback: gives('guestNetworkServiceCallback', 0),
  unregisterGuestNetworkServiceCallback: close,

  reserveGuestNetworkServicePort: gives('portReservation', 0),
  reserveGuestNetworkServicePortRange: { gives: 'portRange', kind: 'portReservation', handles: [0] },
  releaseGuestNetworkServicePortReservationHandle: close,
  enumerateGuestNetworkPortReservations: text,

  hnsCall: text,

  registerServiceCallback: gives('callback'),
  unregisterServiceCallback: close,
}
