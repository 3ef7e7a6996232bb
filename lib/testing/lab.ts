import type { VfpPort } from '../../types/index.js'
import type { ConnectionSettings } from '../connection-settings.js'
import type { Packet } from '../engine/packet.js'
import type { Fault } from '../faults.js'
import { type Duration, HostNetworking, type OpenOptions } from '../host-networking.js'
import type { Endpoint } from '../objects/endpoint.js'
import type { LoadBalancer } from '../objects/load-balancer.js'
import type { LoadBalancerPort } from '../objects/load-balancer-spec.js'
import type { Network } from '../objects/network.js'
import type { NetworkSpec, NetworkType } from '../objects/network-spec.js'
import type { Pod } from '../pods/pod.js'
import type { PodSpec } from '../pods/pods.js'
import { acl } from '../policy/constructors.js'
import type { EndpointPolicy } from '../policy/endpoint-policy.js'
import type { NetworkPolicy } from '../policy/network-policy.js'
import { Station } from './station.js'

export interface LabOptions {
  /** Addresses of endpoints that are there from the start; `lab.at(address)` is each of them. */
  readonly endpoints?: readonly string[]
  /** Default: `10.1.0.0/16` via `10.1.0.1` and `fd00::/64` via `fd00::1`. */
  readonly subnets?: readonly { readonly prefix: string; readonly gateway: string; readonly vlan?: number }[]
  /** With one, the network has an uplink, and `lab.uplink` is the wire behind it. Default false; true for an overlay. */
  readonly uplink?: boolean
  /** Of the network. Default `L2Bridge`; not with `overlay`. */
  readonly type?: NetworkType
  /** Makes the network an overlay, for labs that `introduce` and `exchange` join. Default: an l2bridge. */
  readonly overlay?: OverlayOptions
  /** Of every endpoint there from the start. Default: none. */
  readonly policies?: readonly EndpointPolicy[]
  /** Default `manual`: time stands still until `lab.clock.advance(…)`. */
  readonly clock?: 'system' | 'manual'
  /** False: every packet takes the slow path. Default true. */
  readonly flowCache?: boolean
  /** Fixes what is otherwise drawn at random; two labs of one seed choose alike. Default 1. */
  readonly seed?: number
  /** What goes wrong at which call of the lab's host. Default: nothing. */
  readonly faults?: readonly Fault[]
  /** Connections over all ports. Default 4 000 000. */
  readonly maxConnections?: number
  /** Idle times, limits for each port, sequence windows. */
  readonly connections?: ConnectionSettings
}

export interface OverlayOptions {
  /** Of the lab's host, and of it alone: `192.168.0.1`. */
  readonly providerAddress: string
  /** Of every subnet. Default 4096. */
  readonly vsid?: number
  /** Default 4789. */
  readonly vxlanPort?: number
}

/** @internal */
export const DEFAULT_VSID = 4096

const SUBNETS = [
  { prefix: '10.1.0.0/16', gateway: '10.1.0.1' },
  { prefix: 'fd00::/64', gateway: 'fd00::1' },
] as const

/** Both directions of anything that no other rule decides. */
export const ALLOW_THE_REST: readonly EndpointPolicy[] = [
  acl({ action: 'allow', direction: 'in', priority: 65000 }),
  acl({ action: 'allow', direction: 'out', priority: 65000 }),
]

/**
 * A host with one l2bridge network, memory ports and stations to send from and
 * look at. It needs no rights and no set-up, and is gone when it is closed.
 */
export class Lab implements AsyncDisposable {
  readonly #stations = new Map<string, Station>()
  readonly #loadBalancers = new Map<string, { readonly loadBalancer: LoadBalancer; readonly backends: readonly string[] }>()
  #uplink: Station | undefined

  private constructor(
    /** Everything the product has, on this lab's host. */
    readonly host: HostNetworking,
    readonly network: Network,
    readonly overlay: OverlayOptions | undefined,
  ) {}

  /**
   * @throws HcnError whatever opening the host, or creating the network or an endpoint, says against it.
   */
  static async create(options: LabOptions = {}): Promise<Lab> {
    const { clock = 'manual', flowCache = true, seed = 1, maxConnections, connections, faults } = options
    const open: OpenOptions = {
      provider: 'embedded',
      ports: 'memory',
      profile: 'latest', // All there is can be tested.
      clock,
      flowCache,
      seed,
      ...(faults === undefined ? {} : { faults }),
      ...(connections === undefined ? {} : { connections }),
      ...(maxConnections === undefined ? {} : { maxConnections }),
    }
    const host = await HostNetworking.open(open)
    try {
      const { overlay, uplink = overlay !== undefined } = options
      const subnets = options.subnets ?? SUBNETS
      const common = { name: 'lab', ...(uplink ? { adapter: `wire of ${overlay?.providerAddress ?? 'the lab'}` } : {}) }
      const network = await host.networks.create(
        overlay === undefined
          ? ({ ...common, type: options.type ?? 'L2Bridge', subnets } as NetworkSpec)
          : {
              ...common,
              type: 'Overlay',
              subnets: subnets.map((subnet) => ({ ...subnet, vsid: overlay.vsid ?? DEFAULT_VSID })),
              policies: overlayPolicies(overlay),
            },
      )
      await network.query()
      const lab = new Lab(host, network, overlay)
      if (uplink) await lab.#findUplink()
      for (const address of options.endpoints ?? []) await lab.addEndpoint(address, options.policies ?? [])
      return lab
    } catch (error) {
      await host.close()
      throw error
    }
  }

  /** The station at an address. */
  at(address: string): Station {
    const station = this.#stations.get(address)
    if (station === undefined) throw new Error(`the lab has nobody at ${address}; it has ${[...this.#stations.keys()].join(', ')}`)
    return station
  }

  /** The wire behind the uplink: what it sends comes from outside. */
  get uplink(): Station {
    if (this.#uplink === undefined) throw new Error('this lab has no uplink: createLab({ uplink: true })')
    return this.#uplink
  }

  readonly clock = {
    /** Connections that have been idle for their time are forgotten when this resolves. */
    advance: (by: Duration): Promise<void> => this.host.advanceClock(by),
  }

  /** An endpoint whose name is its address, and the station behind it. */
  async addEndpoint(address: string, policies: readonly EndpointPolicy[] = []): Promise<Station> {
    const endpoint = await this.host.endpoints.create({ network: this.network, name: address, addresses: [address], policies })
    return this.#add(address, endpoint, endpoint.macAddress)
  }

  /** A pod on the lab's network; a station stands at each of its addresses. */
  async addPod(spec: Omit<PodSpec, 'network'>): Promise<Pod> {
    const pod = await this.host.pods.create({ ...spec, network: this.network })
    for (const address of pod.addresses) this.#add(address, pod.endpoint, pod.endpoint.macAddress)
    return pod
  }

  /** `ports: { tcp: { 80: 8080 } }`, or as the API has them. Backends are endpoints of the lab, by address. */
  async addLoadBalancer(spec: {
    readonly frontendVips: readonly string[]
    readonly backends: readonly string[]
    readonly ports:
      | { readonly tcp?: Readonly<Record<number, number>>; readonly udp?: Readonly<Record<number, number>> }
      | readonly LoadBalancerPort[]
    readonly dsr?: boolean
    readonly sourceVip?: string
  }): Promise<LoadBalancer> {
    const { ports, ...rest } = spec
    const loadBalancer = await this.host.loadBalancers.create({
      ...rest,
      backends: spec.backends.map((address) => this.at(address).endpoint),
      ports: isPortList(ports)
        ? ports
        : (['tcp', 'udp'] as const).flatMap((protocol) =>
            Object.entries(ports[protocol] ?? {}).map(([external, internal]) => ({ protocol, external: Number(external), internal })),
          ),
    })
    for (const vip of spec.frontendVips) this.#loadBalancers.set(vip, { loadBalancer, backends: spec.backends })
    return loadBalancer
  }

  /** Another backend for the load balancer of a VIP; its endpoint is made where there is none yet. */
  async addBackend(vip: string, address: string): Promise<void> {
    if (!this.#stations.has(address)) await this.addEndpoint(address)
    await this.setBackends(vip, [...this.#loadBalancerOf(vip).backends, address])
  }

  /** New connections to the VIP go elsewhere. */
  async removeBackend(vip: string, address: string): Promise<void> {
    await this.setBackends(
      vip,
      this.#loadBalancerOf(vip).backends.filter((backend) => backend !== address),
    )
  }

  /** These backends instead of those the VIP has; each is an endpoint of the lab. */
  async setBackends(vip: string, backends: readonly string[]): Promise<void> {
    const { loadBalancer } = this.#loadBalancerOf(vip)
    await loadBalancer.update({ backends: backends.map((address) => this.at(address).endpoint) })
    this.#loadBalancers.set(vip, { loadBalancer, backends })
  }

  /** What every station got since it was last asked, by address; those that got nothing are left out. */
  async deliveries(): Promise<Readonly<Record<string, readonly Packet[]>>> {
    const all: Record<string, readonly Packet[]> = {}
    for (const station of [...new Set(this.#stations.values()), ...(this.#uplink === undefined ? [] : [this.#uplink])]) {
      const packets = await station.received()
      if (packets.length > 0) all[station.address] = packets
    }
    return all
  }

  /** Closes the host, and with it everything in it. Idempotent. */
  close(): Promise<void> {
    return this.host.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #loadBalancerOf(vip: string) {
    const known = this.#loadBalancers.get(vip)
    if (known === undefined) throw new Error(`the lab has no load balancer for ${vip}`)
    return known
  }

  #add(address: string, endpoint: Endpoint, mac: string): Station {
    const station = new Station(this.host, address, endpoint.id, mac, endpoint)
    this.#stations.set(address, station)
    return station
  }

  async #findUplink(): Promise<void> {
    const port = (await this.host.vfp.ports()).find(({ kind }) => kind === 'uplink') as VfpPort
    this.#uplink = new Station(this.host, 'uplink', port.id, port.macAddress, undefined)
  }
}

function isPortList(ports: object): ports is readonly LoadBalancerPort[] {
  return Array.isArray(ports)
}

function overlayPolicies({ providerAddress, vxlanPort }: OverlayOptions): readonly NetworkPolicy[] {
  const provider = { kind: 'providerAddress', address: providerAddress } as const
  return vxlanPort === undefined ? [provider] : [provider, { kind: 'vxlanPort', port: vxlanPort }]
}

/** {@link Lab.create}. */
export function createLab(options: LabOptions = {}): Promise<Lab> {
  return Lab.create(options)
}
