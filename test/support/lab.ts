import {
  acl,
  type Duration,
  decodeFrame,
  type Endpoint,
  type EndpointPolicy,
  HostNetworking,
  type LoadBalancer,
  type LoadBalancerPort,
  type MacDefaults,
  type Network,
  type OpenOptions,
  type Packet,
  type PacketInput,
  type Pod,
  type PodSpec,
  type VfpExplanation,
  type VfpPort,
  withoutMacs,
} from '../../lib/index.js'

export interface LabOptions {
  /** Addresses of endpoints that are there from the start; `lab.at(address)` is each of them. */
  readonly endpoints?: readonly string[]
  /** Default: `10.1.0.0/16` via `10.1.0.1` and `fd00::/64` via `fd00::1`. */
  readonly subnets?: readonly { readonly prefix: string; readonly gateway: string }[]
  /** With one, the network has an uplink, and `lab.uplink` is the wire behind it. Default false. */
  readonly uplink?: boolean
  /** Of every endpoint there from the start. Default: none. */
  readonly policies?: readonly EndpointPolicy[]
  readonly clock?: 'system' | 'manual'
  readonly flowCache?: boolean
  readonly seed?: number
  readonly maxConnections?: number
}

const SUBNETS = [
  { prefix: '10.1.0.0/16', gateway: '10.1.0.1' },
  { prefix: 'fd00::/64', gateway: 'fd00::1' },
] as const

/** Both directions of anything that no other rule decides. */
export const ALLOW_THE_REST: readonly EndpointPolicy[] = [
  acl({ action: 'allow', direction: 'in', priority: 65000 }),
  acl({ action: 'allow', direction: 'out', priority: 65000 }),
]

/** A host with one l2bridge network, memory ports and stations to send from and look at. */
export class Lab {
  readonly #stations = new Map<string, Station>()
  readonly #loadBalancers = new Map<string, { readonly loadBalancer: LoadBalancer; readonly backends: readonly string[] }>()
  #uplink: Station | undefined

  private constructor(
    readonly host: HostNetworking,
    readonly network: Network,
  ) {}

  static async create(options: LabOptions): Promise<Lab> {
    const { clock = 'manual', flowCache = true, seed = 1, maxConnections } = options
    const open: OpenOptions = {
      provider: 'embedded',
      ports: 'memory',
      profile: 'latest', // All there is can be tested.
      clock,
      flowCache,
      seed,
      ...(maxConnections === undefined ? {} : { maxConnections }),
    }
    const host = await HostNetworking.open(open)
    try {
      const network = await host.networks.create({
        name: 'lab',
        subnets: options.subnets ?? SUBNETS,
        ...(options.uplink === true ? { adapter: 'wire' } : {}),
      })
      const lab = new Lab(host, network)
      if (options.uplink === true) await lab.#findUplink()
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
    advance: (by: Duration): Promise<void> => this.host.advanceClock(by),
  }

  async addEndpoint(address: string, policies: readonly EndpointPolicy[] = []): Promise<Station> {
    const endpoint = await this.host.endpoints.create({ network: this.network, name: address, addresses: [address], policies })
    return this.#add(address, endpoint, endpoint.macAddress)
  }

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

  async removeBackend(vip: string, address: string): Promise<void> {
    await this.setBackends(
      vip,
      this.#loadBalancerOf(vip).backends.filter((backend) => backend !== address),
    )
  }

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

  close(): Promise<void> {
    return this.host.close()
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

/** One port of the switch, and whoever is behind it. */
export class Station {
  readonly #host: HostNetworking
  readonly #endpoint: Endpoint | undefined

  constructor(
    host: HostNetworking,
    readonly address: string,
    readonly portId: string,
    /** The port's MAC; of an uplink, the host's. */
    readonly mac: string,
    endpoint: Endpoint | undefined,
  ) {
    this.#host = host
    this.#endpoint = endpoint
  }

  get endpoint(): Endpoint {
    if (this.#endpoint === undefined) throw new Error(`${this.address} is no endpoint`)
    return this.#endpoint
  }

  /** What it causes has been delivered when this resolves. */
  async send(packets: PacketInput | readonly PacketInput[], macs: MacDefaults = {}): Promise<void> {
    await this.#host.vfp.send(this.portId, packets, macs)
  }

  /** Packets delivered since the last call, without MACs. */
  async received(): Promise<readonly Packet[]> {
    return (await this.receivedFrames()).map((frame) => withoutMacs(decodeFrame(frame)))
  }

  async receivedFrames(): Promise<readonly Uint8Array[]> {
    return this.#host.vfp.receive(this.portId)
  }

  explain(packet: PacketInput): Promise<VfpExplanation> {
    return this.#host.vfp.explain(this.portId, packet)
  }
}

export function createLab(options: LabOptions = {}): Promise<Lab> {
  return Lab.create(options)
}
