import { resolve } from 'node:path'
import { type ConnectionSettings, encodeConnectionSettings } from './connection-settings.js'
import { type Duration, nanosecondsOf } from './duration.js'
import { readTopology, type Topology } from './engine/topology.js'
import { Vfp } from './engine/vfp.js'
import { HcnError, invalidArgument } from './errors.js'
import { type EventOptions, EventStream } from './events.js'
import { encodeFaults, type Fault } from './faults.js'
import { checkMachine, type MachineCheck, type NamespaceCheck } from './native/check-machine.js'
import { featuresOf, type HnsFeatures, type HnsVersion, readSystemVersion, readVersionTable, versionOfProfile } from './native/features.js'
import type { EmbeddedHostOptions, NativeBinding, NativeHost } from './native/hcn-calls.js'
import { helperPath, loadBinding } from './native/load.js'
import { refuseExtensions } from './native/refuse-extensions.js'
import { type CallOptions, Wait } from './objects/call-options.js'
import { Endpoints } from './objects/endpoint.js'
import { GuestNetworkServices } from './objects/guest-network-service.js'
import { HostContext, type ObjectName } from './objects/host-context.js'
import type { ObjectKind } from './objects/kind.js'
import { LoadBalancers } from './objects/load-balancer.js'
import { Namespaces } from './objects/namespace.js'
import { Networks } from './objects/network.js'
import { SdnRoutes } from './objects/sdn-route.js'
import { V1 } from './objects/v1.js'
import { Pods } from './pods/pods.js'
import { checkBoolean, checkInteger, checkMembers, checkObject, checkOneOf, checkString } from './policy/check.js'
import { recordTo, replayFrom } from './recording/open.js'
import { withSystemSwitch } from './system-switch/open.js'
import type { ObjectWatch, WatchedKind, WatchOptions } from './watch/object-watch.js'
import { openWatch } from './watch/open.js'

export interface OpenOptions extends CallOptions {
  /**
   * `embedded`: a host in this process, gone with it. Default, except on Windows:
   * there it is `system`, the machine's own HNS; with it, nothing but `record`,
   * `signal` and `timeout` can be given. `service` is not in this version and
   * says so.
   */
  readonly provider?: 'embedded' | 'system' | 'service' | undefined
  /**
   * Which HNS an embedded host is: `server2019` (9.2), `server2022` (13.3),
   * `latest` (15.4), or a version from 9.2 on such as `13.2`. What that version
   * lacks is refused as it refuses it; see {@link HostNetworking.features}.
   * Default `server2022`.
   */
  readonly profile?: 'server2019' | 'server2022' | 'latest' | `${number}.${number}` | undefined
  /** The same embedded host for all in this process who give the same name. Default: one of its own. */
  readonly host?: string | undefined
  /**
   * Where frames come from and go to. `memory`: this program. `linux`: interfaces
   * in network namespaces. `auto`: `linux` where it can be had, else `memory`;
   * see {@link HostNetworking.ports}. Default `memory`.
   */
  readonly ports?: 'memory' | 'linux' | 'auto' | undefined
  /** `manual`: time stands still until {@link HostNetworking.advanceClock}. Default `system`. */
  readonly clock?: 'system' | 'manual' | undefined
  /** False: every packet takes the slow path, for comparison. Default true. */
  readonly flowCache?: boolean | undefined
  /** Fixes automatic addresses and MACs and the choice of backends. 0: drawn at random. Default 0. */
  readonly seed?: number | undefined
  /** Connections over all ports; a full table drops new ones. Default 4 000 000. */
  readonly maxConnections?: number | undefined
  /** Idle times, limits for each port, sequence windows. Default: as Windows nodes have them. */
  readonly connections?: ConnectionSettings | undefined
  /**
   * For tests: what goes wrong at which call of HCN; see docs/testing.md. Not with
   * `host`: faults are one's own. With a `seed`, the same calls are struck each
   * time. Default: nothing.
   */
  readonly faults?: readonly Fault[] | undefined
  /**
   * The folder that keeps the objects of an embedded host, absolute or from the
   * working directory; made when only its last part is not there. What a call
   * that has been answered changed is on the disk. All who name the folder, in
   * this process and in others, have the same objects: what one of them changes,
   * the others' switches and event streams have within a second; each has
   * interfaces, flows and counters of its own. See docs/state.md.
   *
   * Networks with flag 8 (EnableNonPersistent), and what hangs on them, are gone
   * when all have closed. Default: none, the objects live as long as the host.
   */
  readonly state?: string | undefined
  /**
   * A file that every call of HCN is written to, with documents, answers, errors
   * and notifications; overwritten when it is there, readable by its owner only.
   * Calls of `vfp` are not in it. Default: none.
   */
  readonly record?: string | undefined
  /**
   * A file that `record` wrote: its answers are given in place of a host's. The
   * program must make the recorded calls, in their order; those that were under
   * way at the same time may come in any, and drawn ids may differ. With it,
   * nothing but `profile`, `signal` and `timeout` can be given.
   */
  readonly replay?: string | undefined
}

const MEMBERS = [
  'provider',
  'profile',
  'host',
  'ports',
  'clock',
  'flowCache',
  'seed',
  'maxConnections',
  'connections',
  'faults',
  'state',
  'record',
  'replay',
  'signal',
  'timeout',
] as const

/** A host's networking: everything begins here. */
export class HostNetworking implements AsyncDisposable {
  /** What answers: a host in this process, the machine's HNS, or a recording. */
  readonly provider: 'embedded' | 'system' | 'replay'
  /** Which ports this host has; `system`: those of Windows' own switch. */
  readonly ports: 'memory' | 'linux' | 'system'
  /** With `ports: 'auto'` and memory ports: what was missing for others. */
  readonly portsReason: string | undefined
  /** The service's version. */
  readonly version: HnsVersion
  /** What that version has, holes and all. */
  readonly features: HnsFeatures
  readonly networks: Networks
  readonly endpoints: Endpoints
  readonly namespaces: Namespaces
  readonly loadBalancers: LoadBalancers
  readonly routes: SdnRoutes
  readonly guestNetworkServices: GuestNetworkServices
  readonly pods: Pods
  readonly vfp: Vfp
  /** The v1 API (`HNSCall`) over the same objects. */
  readonly v1: V1
  readonly #context: HostContext
  readonly #native: NativeHost
  readonly #manualClock: boolean
  readonly #streams = new Set<EventStream>()
  readonly #watches = new Set<Pick<ObjectWatch, 'endWithHost' | 'clockTurned'>>()
  #closing: Promise<void> | undefined

  private constructor(native: NativeHost, binding: NativeBinding, opened: Opened, portsReason?: string) {
    this.#native = native
    this.provider = opened.provider
    this.#manualClock = opened.clock === 'manual'
    this.ports = opened.ports
    this.portsReason = portsReason
    this.version = opened.version
    this.features = featuresOf(readVersionTable(binding.versions), this.version)
    const context = new HostContext(native, binding.errorSymbols, this.features)
    this.#context = context
    this.networks = new Networks(context)
    this.endpoints = new Endpoints(context)
    this.namespaces = new Namespaces(context)
    this.loadBalancers = new LoadBalancers(context)
    this.routes = new SdnRoutes(context)
    this.guestNetworkServices = new GuestNetworkServices(context)
    this.pods = new Pods(context, this.endpoints, this.namespaces)
    this.v1 = new V1(context, binding.errorSymbols)
    this.vfp = new Vfp(context, this.#manualClock)
  }

  /**
   * Opens a host.
   *
   * @throws HcnError `ERR_NAMESPACES_UNAVAILABLE` (with `ports: 'linux'`; names
   * what is missing), `ERR_RECORDING_INVALID`, `ERR_NOT_SUPPORTED`, `ERR_NATIVE_MISSING`, `ERR_INVALID_ARGUMENT`, `ERR_TIMEOUT`;
   * of a `state` folder `ERR_STATE_UNAVAILABLE` (no folder, no parent, in the way), `ERR_STATE_DAMAGED` (says
   * what of it can be read), `ERR_STATE_NEWER` (a newer version wrote it), `ERROR_ACCESS_DENIED`, `ERROR_DISK_FULL`;
   * of the machine's own HNS `ERROR_MOD_NOT_FOUND` (no such DLL), `ERROR_BAD_EXE_FORMAT` (it is none), `ERROR_PROC_NOT_FOUND` (it
   * only has the name), `ERR_INVALID_ANSWER` (it tells no version), and what HNS answers when it is stopped.
   */
  static async open(options: OpenOptions = {}): Promise<HostNetworking> {
    checkObject('options', options)
    if (options.replay !== undefined) return HostNetworking.#replay(options)
    if (providerOf(options) === 'system') return HostNetworking.#system(options)
    const { ports, name, profile, native } = checkOpenOptions(options)
    const wait = Wait.from(options)
    const binding = loadBinding()
    const table = readVersionTable(binding.versions)
    const version = versionOfProfile(table, profile ?? table.defaultProfile)
    const faults = encodeFaults(options.faults ?? [], binding.errorSymbols)
    if (faults !== '' && name !== undefined)
      throw invalidArgument('faults', options.faults, 'a host that others share has none; leave out `host`')
    const wanted = { ...native, profile: `${version.major}.${version.minor}`, faults }
    const openWith = async (choice: 'memory' | 'linux', reason?: string) => {
      const opened: EmbeddedHostOptions = { ...wanted, ports: choice, helperPath: choice === 'linux' ? helperPath() : '' }
      const opening = name === undefined ? binding.openEmbeddedHost(opened) : binding.openSharedEmbeddedHost(name, opened)
      const host = await openNative('open an embedded host', opening, binding, wait)
      const { clock } = opened
      return new HostNetworking(
        await recorded(host, options.record),
        binding,
        { provider: 'embedded', ports: choice, clock, version },
        reason,
      )
    }
    if (ports !== 'auto') return openWith(ports)
    try {
      return await openWith('linux')
    } catch (error) {
      if (!HcnError.is(error) || !LINUX_PORTS_UNAVAILABLE.includes(error.code)) throw error
      return openWith('memory', error.message)
    }
  }

  static async #system(options: OpenOptions): Promise<HostNetworking> {
    checkMembers('open, provider `system`', options, ['provider', 'record', 'signal', 'timeout'])
    const wait = Wait.from(options)
    if (process.platform !== 'win32')
      throw new HcnError('ERR_NOT_SUPPORTED', "provider `system`: HNS is a service of Windows; provider: 'embedded' is here")
    const binding = loadBinding()
    const what = "open this machine's HNS"
    const native = await openNative(what, binding.openSystemHost(), binding, wait)
    try {
      const version = await systemVersion(what, native, binding, wait)
      const opened = { provider: 'system', ports: 'system', clock: 'system', version } as const
      return new HostNetworking(await recorded(withSystemSwitch(refuseExtensions(native)), options.record), binding, opened)
    } catch (error) {
      // Not waited for: a service that hangs must not hang this.
      native.close().catch(() => undefined)
      throw error
    }
  }

  static #replay(options: OpenOptions): HostNetworking {
    checkMembers('open', checkObject('open', options), ['replay', 'profile', 'signal', 'timeout'])
    Wait.from(options)
    const binding = loadBinding()
    const table = readVersionTable(binding.versions)
    const profile = options.profile === undefined ? table.defaultProfile : checkString('profile', options.profile)
    const version = versionOfProfile(table, profile)
    const answers = replayFrom(checkString('replay', options.replay))
    return new HostNetworking(answers, binding, { provider: 'replay', ports: 'memory', clock: 'system', version })
  }

  /** What this machine can do: whether the addon works, and whether Linux ports can be had and how. */
  static async check(): Promise<MachineCheck> {
    return checkMachine()
  }

  /** Notifications of the service from now on; see {@link EventStream}. */
  events(options: EventOptions = {}): EventStream {
    this.#context.checkOpen('events')
    checkObject('options', options)
    const stream = new EventStream(this.#context, options, (ended) => this.#streams.delete(ended))
    this.#streams.add(stream)
    return stream
  }

  /**
   * The objects there are, and what becomes of them from then on: also where HCN
   * has no notification. See {@link ObjectWatch}.
   *
   * @throws HcnError `ERR_INVALID_ARGUMENT`, `ERR_HOST_CLOSED`.
   */
  watch<Kind extends WatchedKind = ObjectKind>(options: WatchOptions<Kind> = {}): ObjectWatch<Kind> {
    this.#context.checkOpen('watch')
    const host = {
      collections: { ...this.#collections, pod: this.pods },
      hasManualClock: this.#manualClock,
      listen: () => this.events(),
    }
    const watch = openWatch(host, options, () => this.#watches.delete(watch))
    this.#watches.add(watch)
    return watch
  }

  /**
   * What became of a change whose outcome is not known: waits until it has ended,
   * then tells whether the object is there.
   *
   * @param kind `error.object.kind`, or what you gave an `id` of your own for.
   */
  async reconcile(kind: ObjectName['kind'] | (string & {}), id: string, options: CallOptions = {}): Promise<'exists' | 'absent'> {
    const known = checkOneOf('kind', kind, [
      'network',
      'endpoint',
      'namespace',
      'loadBalancer',
      'sdnRoute',
      'guestNetworkService',
      'pod',
    ] as const)
    const wait = Wait.from(options)
    await this.#context.whenSettled({ kind: known, id: checkString('id', id) }, wait)
    if (known === 'pod') return (await this.pods.find({ name: id }, options)) === undefined ? 'absent' : 'exists'
    const collection = this.#collections[known]
    try {
      const handle = await collection.open(id, options)
      await handle.close()
      return 'exists'
    } catch (error) {
      if (HcnError.isNotFound(error)) return 'absent'
      throw error
    }
  }

  get #collections() {
    return {
      network: this.networks,
      endpoint: this.endpoints,
      namespace: this.namespaces,
      loadBalancer: this.loadBalancers,
      sdnRoute: this.routes,
      guestNetworkService: this.guestNetworkServices,
    }
  }

  /** All objects as one plain value, to draw with `topologyText` or `topologySvg`. */
  async topology(options: CallOptions = {}): Promise<Topology> {
    return readTopology(this, options)
  }

  /**
   * Turns the clock of a host that was opened with `clock: 'manual'`. Connections
   * that have been idle for their time are forgotten.
   */
  async advanceClock(by: Duration): Promise<void> {
    this.#context.checkOpen('advanceClock')
    if (!this.#manualClock)
      throw new HcnError('ERR_NOT_SUPPORTED', "advanceClock: this host goes by the system's clock; open it with clock: 'manual'")
    const nanoseconds = nanosecondsOf('advanceClock', by)
    await this.#native.advanceClock(nanoseconds)
    for (const watch of this.#watches) watch.clockTurned(nanoseconds / 1e6)
  }

  /**
   * Closes everything: handles, event streams, watches, captures; of an embedded host that
   * nobody shares also its interfaces, the programs in its compartments and,
   * unless a `state` folder keeps them, its objects. Idempotent.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const watch of this.#watches) watch.endWithHost()
    await Promise.all([...this.#streams].map((stream) => stream.endWithHost()))
    this.#context.markClosed()
    await this.#native.close()
  }
}

/** The last: an addon without its helper. */
const LINUX_PORTS_UNAVAILABLE: readonly string[] = ['ERR_NAMESPACES_UNAVAILABLE', 'ERROR_NOT_SUPPORTED', 'ERR_NATIVE_MISSING']

/** What a host is that was opened. */
interface Opened {
  readonly provider: HostNetworking['provider']
  readonly ports: HostNetworking['ports']
  readonly clock: 'system' | 'manual'
  readonly version: HnsVersion
}

async function recorded(native: NativeHost, path: string | undefined): Promise<NativeHost> {
  if (path === undefined) return native
  try {
    return recordTo(checkString('record', path), native)
  } catch (error) {
    await native.close()
    throw error
  }
}

async function openNative(what: string, opening: Promise<NativeHost>, binding: NativeBinding, wait: Wait): Promise<NativeHost> {
  let waiting = true
  opening.then(
    (late) => (waiting ? undefined : late.close()),
    () => undefined,
  )
  try {
    return await wait.settle(opening, () => new HcnError('ERR_TIMEOUT', `${what}: not done within ${wait.timeout} ms`))
  } catch (error) {
    throw HostContext.explain(what, error, binding.errorSymbols)
  } finally {
    waiting = false
  }
}

function providerOf(options: OpenOptions): 'embedded' | 'system' | 'service' {
  const given = options.provider ?? (process.platform === 'win32' ? 'system' : 'embedded')
  return checkOneOf('provider', given, ['embedded', 'system', 'service'] as const)
}

/** As every client of HNS learns it. One that does not know the path is older than all that have a version here. */
async function systemVersion(what: string, native: NativeHost, binding: NativeBinding, wait: Wait): Promise<HnsVersion> {
  try {
    const answer = await wait.settle(
      native.hnsCall('GET', '/globals/version', ''),
      () => new HcnError('ERR_TIMEOUT', `${what}: HNS did not tell its version within ${wait.timeout} ms`),
    )
    return readSystemVersion(what, answer)
  } catch (error) {
    throw HostContext.explain(what, error, binding.errorSymbols)
  }
}

function checkOpenOptions(options: OpenOptions) {
  checkMembers('open', checkObject('open', options), MEMBERS)
  if (providerOf(options) === 'service') {
    throw new HcnError(
      'ERR_NOT_SUPPORTED',
      "provider `service` (a running `hns serve`) is not in this version yet; provider: 'embedded' is",
    )
  }
  const clock = checkOneOf('clock', options.clock ?? 'system', ['system', 'manual'] as const)
  return {
    ports: checkOneOf('ports', options.ports ?? 'memory', ['memory', 'linux', 'auto'] as const),
    profile: options.profile === undefined ? undefined : checkString('profile', options.profile),
    name: options.host === undefined ? undefined : checkString('host', options.host),
    native: {
      clock,
      flowCache: checkBoolean('flowCache', options.flowCache ?? true),
      seed: checkInteger('seed', options.seed ?? 0, 0, Number.MAX_SAFE_INTEGER),
      maxConnections: checkInteger('maxConnections', options.maxConnections ?? 4_000_000, 1, 2 ** 31),
      ...(options.connections === undefined ? {} : { connections: encodeConnectionSettings(options.connections) }),
      state: options.state === undefined ? '' : resolve(checkString('state', options.state)),
    },
  }
}

export type { Duration, Fault, MachineCheck, NamespaceCheck }
