import type { HostComputeQuery } from '../../types/index.js'
import type { HcnErrorCode } from '../errors.js'
import type { HcnCalls, NativeHandle } from '../native/hcn-calls.js'

export type ObjectKind = 'network' | 'endpoint' | 'namespace' | 'loadBalancer' | 'sdnRoute' | 'guestNetworkService'

/** What all kinds of HCN objects have in common: one call each for the same things. */
export interface Kind {
  readonly kind: ObjectKind
  /** What `hns` calls the kind's collection. */
  readonly collection: string
  /** For messages. */
  readonly noun: string
  /** What opening or deleting an unknown object answers. */
  readonly notFound: HcnErrorCode
  enumerate(calls: HcnCalls, query: string): Promise<string>
  open(calls: HcnCalls, id: string): Promise<NativeHandle>
  query(calls: HcnCalls, handle: NativeHandle, query: string): Promise<string>
  modify(calls: HcnCalls, handle: NativeHandle, settings: string): Promise<void>
  delete(calls: HcnCalls, id: string): Promise<void>
  close(calls: HcnCalls, handle: NativeHandle): Promise<void>
}

export const NETWORK: Kind = {
  kind: 'network',
  collection: 'networks',
  noun: 'network',
  notFound: 'HCN_E_NETWORK_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateNetworks(query),
  open: (calls, id) => calls.openNetwork(id),
  query: (calls, handle, query) => calls.queryNetworkProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifyNetwork(handle, settings),
  delete: (calls, id) => calls.deleteNetwork(id),
  close: (calls, handle) => calls.closeNetwork(handle),
}

export const ENDPOINT: Kind = {
  kind: 'endpoint',
  collection: 'endpoints',
  noun: 'endpoint',
  notFound: 'HCN_E_ENDPOINT_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateEndpoints(query),
  open: (calls, id) => calls.openEndpoint(id),
  query: (calls, handle, query) => calls.queryEndpointProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifyEndpoint(handle, settings),
  delete: (calls, id) => calls.deleteEndpoint(id),
  close: (calls, handle) => calls.closeEndpoint(handle),
}

export const NAMESPACE: Kind = {
  kind: 'namespace',
  collection: 'namespaces',
  noun: 'namespace',
  notFound: 'ERROR_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateNamespaces(query),
  open: (calls, id) => calls.openNamespace(id),
  query: (calls, handle, query) => calls.queryNamespaceProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifyNamespace(handle, settings),
  delete: (calls, id) => calls.deleteNamespace(id),
  close: (calls, handle) => calls.closeNamespace(handle),
}

export const LOAD_BALANCER: Kind = {
  kind: 'loadBalancer',
  collection: 'loadBalancers',
  noun: 'load balancer',
  notFound: 'ERROR_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateLoadBalancers(query),
  open: (calls, id) => calls.openLoadBalancer(id),
  query: (calls, handle, query) => calls.queryLoadBalancerProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifyLoadBalancer(handle, settings),
  delete: (calls, id) => calls.deleteLoadBalancer(id),
  close: (calls, handle) => calls.closeLoadBalancer(handle),
}

export const SDN_ROUTE: Kind = {
  kind: 'sdnRoute',
  collection: 'routes',
  noun: 'SDN route',
  notFound: 'ERROR_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateSdnRoutes(query),
  open: (calls, id) => calls.openSdnRoute(id),
  query: (calls, handle, query) => calls.querySdnRouteProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifySdnRoute(handle, settings),
  delete: (calls, id) => calls.deleteSdnRoute(id),
  close: (calls, handle) => calls.closeSdnRoute(handle),
}

export const GUEST_NETWORK_SERVICE: Kind = {
  kind: 'guestNetworkService',
  collection: 'guestNetworkServices',
  noun: 'guest network service',
  notFound: 'ERROR_NOT_FOUND',
  enumerate: (calls, query) => calls.enumerateGuestNetworkServices(query),
  open: (calls, id) => calls.openGuestNetworkService(id),
  query: (calls, handle, query) => calls.queryGuestNetworkServiceProperties(handle, query),
  modify: (calls, handle, settings) => calls.modifyGuestNetworkService(handle, settings),
  delete: (calls, id) => calls.deleteGuestNetworkService(id),
  close: (calls, handle) => calls.closeGuestNetworkService(handle),
}

/** Asks for documents of the second dialect. */
const SECOND_DIALECT = { SchemaVersion: { Major: 2, Minor: 0 }, Flags: 0 } as const satisfies HostComputeQuery

export const QUERY_ALL = JSON.stringify(SECOND_DIALECT)

/** The filter goes as text inside the text; its names are those of the first dialect. */
export function queryFor(filter: Readonly<Record<string, string>>): string {
  return JSON.stringify({ ...SECOND_DIALECT, Filter: JSON.stringify(filter) } satisfies HostComputeQuery)
}
