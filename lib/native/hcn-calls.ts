/**
 * One method per HCN function: what the facade calls, and what the addon (and
 * later a service client) answers. Documents are JSON text, ids are GUID text.
 *
 * Every promise rejects with a {@link NativeFailure}; no method throws, whatever
 * it is given. Arguments are read before a method returns. Calls start in the
 * order in which they are made and run side by side: await one before making
 * another that depends on it.
 */
export interface HcnCalls {
  enumerateNetworks(query: string): Promise<string>
  createNetwork(id: string, settings: string): Promise<NativeHandle>
  openNetwork(id: string): Promise<NativeHandle>
  modifyNetwork(network: NativeHandle, settings: string): Promise<void>
  queryNetworkProperties(network: NativeHandle, query: string): Promise<string>
  deleteNetwork(id: string): Promise<void>
  closeNetwork(network: NativeHandle): Promise<void>

  enumerateEndpoints(query: string): Promise<string>
  createEndpoint(network: NativeHandle, id: string, settings: string): Promise<NativeHandle>
  openEndpoint(id: string): Promise<NativeHandle>
  modifyEndpoint(endpoint: NativeHandle, settings: string): Promise<void>
  queryEndpointProperties(endpoint: NativeHandle, query: string): Promise<string>
  deleteEndpoint(id: string): Promise<void>
  closeEndpoint(endpoint: NativeHandle): Promise<void>
  queryEndpointStats(endpoint: NativeHandle, query: string): Promise<string>
  queryEndpointAddresses(endpoint: NativeHandle, query: string): Promise<string>

  enumerateNamespaces(query: string): Promise<string>
  createNamespace(id: string, settings: string): Promise<NativeHandle>
  openNamespace(id: string): Promise<NativeHandle>
  modifyNamespace(namespace: NativeHandle, settings: string): Promise<void>
  queryNamespaceProperties(namespace: NativeHandle, query: string): Promise<string>
  deleteNamespace(id: string): Promise<void>
  closeNamespace(namespace: NativeHandle): Promise<void>

  enumerateLoadBalancers(query: string): Promise<string>
  createLoadBalancer(id: string, settings: string): Promise<NativeHandle>
  openLoadBalancer(id: string): Promise<NativeHandle>
  modifyLoadBalancer(loadBalancer: NativeHandle, settings: string): Promise<void>
  queryLoadBalancerProperties(loadBalancer: NativeHandle, query: string): Promise<string>
  deleteLoadBalancer(id: string): Promise<void>
  closeLoadBalancer(loadBalancer: NativeHandle): Promise<void>

  enumerateSdnRoutes(query: string): Promise<string>
  createSdnRoute(id: string, settings: string): Promise<NativeHandle>
  openSdnRoute(id: string): Promise<NativeHandle>
  modifySdnRoute(route: NativeHandle, settings: string): Promise<void>
  querySdnRouteProperties(route: NativeHandle, query: string): Promise<string>
  deleteSdnRoute(id: string): Promise<void>
  closeSdnRoute(route: NativeHandle): Promise<void>

  enumerateGuestNetworkServices(query: string): Promise<string>
  createGuestNetworkService(id: string, settings: string): Promise<NativeHandle>
  openGuestNetworkService(id: string): Promise<NativeHandle>
  modifyGuestNetworkService(service: NativeHandle, settings: string): Promise<void>
  queryGuestNetworkServiceProperties(service: NativeHandle, query: string): Promise<string>
  deleteGuestNetworkService(id: string): Promise<void>
  closeGuestNetworkService(service: NativeHandle): Promise<void>
  /** As `registerServiceCallback`, about this one service. */
  registerGuestNetworkServiceCallback(
    service: NativeHandle,
    callback: (type: number, status: number, data: string | null) => void,
  ): Promise<NativeHandle>
  unregisterGuestNetworkServiceCallback(callback: NativeHandle): Promise<void>

  /** `protocol`: 1 TCP, 2 UDP, 3 both. `access`: 1 exclusive, 2 shared. */
  reserveGuestNetworkServicePort(service: NativeHandle, protocol: number, access: number, port: number): Promise<NativeHandle>
  reserveGuestNetworkServicePortRange(service: NativeHandle, count: number): Promise<NativePortRange>
  releaseGuestNetworkServicePortReservationHandle(reservation: NativeHandle): Promise<void>
  /** A JSON array of `HCN_PORT_RANGE_ENTRY`. */
  enumerateGuestNetworkPortReservations(): Promise<string>
  /** The v1 API: resolves to the envelope's text, `Success` true or false. */
  hnsCall(method: string, path: string, request: string): Promise<string>

  /** Notifications of the service, in order. `data` is JSON text or null. */
  registerServiceCallback(callback: (type: number, status: number, data: string | null) => void): Promise<NativeHandle>
  unregisterServiceCallback(callback: NativeHandle): Promise<void>
}

/**
 * What HCN has no call for; see `src-native/abi/vfp_table.h`.
 *
 * `stop` is aborted when nobody waits for a read any more: the system's switch
 * ends the program it asked then, the addon's table does not look at it.
 */
export interface VfpCalls {
  listPorts(stop?: AbortSignal): Promise<string>
  listLayers(port: string, stop?: AbortSignal): Promise<string>
  listFlows(port: string | null, query: string, stop?: AbortSignal): Promise<string>
  getPortCounters(port: string, stop?: AbortSignal): Promise<string>
  explain(port: string, frame: Uint8Array, stop?: AbortSignal): Promise<string>
  sendFrames(port: string, packed: Uint8Array): Promise<void>
  receiveFrames(port: string): Promise<Uint8Array>
  startCapture(port: string, maxBytes: number): Promise<void>
  readCapture(port: string): Promise<Uint8Array>
  stopCapture(port: string): Promise<void>
  describeCompartment(namespace: string): Promise<string>
  /** What `vfpctrl.exe` prints for these words; left out where there is none, and the listing is made from the other calls. */
  runVfpctrl?(words: readonly string[], stop?: AbortSignal): Promise<string>
}

/** An opaque open handle. Garbage collection closes one that was forgotten. */
export interface NativeHandle {
  readonly kind:
    | 'network'
    | 'endpoint'
    | 'namespace'
    | 'loadBalancer'
    | 'sdnRoute'
    | 'guestNetworkService'
    | 'callback'
    | 'guestNetworkServiceCallback'
    | 'portReservation'
}

export interface NativePortRange {
  readonly reservation: NativeHandle
  readonly startingPort: number
  /** Inclusive. */
  readonly endingPort: number
}

/** What a native promise rejects with. */
export interface NativeFailure extends Error {
  /** Unsigned 32-bit HRESULT. */
  readonly hresult: number
  /** HCN's error record, or null. */
  readonly record: string | null
}

/** Options of an embedded host; see `src-native/compose/host.h`. */
export interface EmbeddedHostOptions {
  readonly ports: 'memory' | 'linux'
  readonly clock: 'system' | 'manual'
  readonly flowCache: boolean
  /** 0 draws one at random. */
  readonly seed: number
  readonly maxConnections: number
  /** Settings of connections, as JSON; see `src-native/compose/connection_settings.h`. */
  readonly connections?: string
  /** A profile's name or version; empty for the default. */
  readonly profile: string
  readonly helperPath: string
  /** What is to go wrong, as JSON; see `src-native/abi/fault_plan.h`. */
  readonly faults?: string
  /** An absolute path; empty for no state folder. */
  readonly state: string
}

export interface NativeHost extends HcnCalls, VfpCalls {
  /**
   * Opens, queries and closes each object, in one crossing; at most 1024. The
   * answers are in the order of the ids: text, or what the call that failed
   * would have rejected with. Left out by hosts that have to see each call.
   */
  queryEach?(
    kind: 'network' | 'endpoint' | 'namespace' | 'loadBalancer' | 'sdnRoute' | 'guestNetworkService',
    ids: readonly string[],
    query: string,
  ): Promise<readonly (string | NativeFailure)[]>
  /** Nanoseconds; only with a manual clock. */
  advanceClock(nanoseconds: number): Promise<void>
  /** Waits for running calls, then takes everything down. Idempotent. */
  close(): Promise<void>
}

export interface NativeBinding {
  openEmbeddedHost(options: EmbeddedHostOptions): Promise<NativeHost>
  /** The same host for all who give the same name in this process; gone with its last user. */
  openSharedEmbeddedHost(name: string, options: EmbeddedHostOptions): Promise<NativeHost>
  /** The machine's own HNS; `ERROR_NOT_SUPPORTED` elsewhere than on Windows. */
  openSystemHost(): Promise<NativeHost>
  /** Symbols of all error codes, by unsigned HRESULT: `{ "2151350273": "HCN_E_NETWORK_NOT_FOUND", … }`. */
  readonly errorSymbols: Readonly<Record<string, string>>
  /** HNS' sentence for each of them, by unsigned HRESULT. */
  readonly errorTexts: Readonly<Record<string, string>>
  /** Which versions have which features, and the profiles: the JSON text of a `VersionTable`. */
  readonly versions: string
  /** What the host does with each type of network and policy; see `src-native/compose/support.h`. */
  describeSupport(): string
  /**
   * Moves this thread to a network compartment of Windows, and gives the one it was in. Throws a `NativeFailure`:
   * `ERROR_NOT_SUPPORTED` elsewhere, `ERROR_PROC_NOT_FOUND` on a Windows without compartments.
   */
  enterCompartment(compartment: number): number
  /** A call that does nothing, on the event loop's thread and on the pool: for `napi.call`. */
  noop(): void
  noopAsync(): Promise<void>
}
