import type { AddressSetPolicy, EndpointPolicy, NetworkAclPolicy, Packet, PortMappingPolicy } from '../../lib/index.js'
import { AddressSets } from './address-sets.js'
import type { Choices } from './choices.js'
import { Disagreement } from './choices.js'
import { answerNeighbor } from './neighbors.js'
import { type Fate, HostPort, PodPort } from './port.js'
import { Service, type ServiceSpec } from './services.js'
import { type IpLike, isIpLike, TCP, type Tuple, tupleOf, UDP } from './tuple.js'

export type PortName = string
export const UPLINK = 'uplink'
export const HOST = 'host'

/** A frame that arrives somewhere. The source MAC of what the host turned back is the engine's choice. */
export interface Delivery {
  readonly to: PortName
  readonly packet: Packet
  readonly sourceMacIsOpen?: true
}

export type Outcome =
  | { readonly verdict: 'forward' | 'answered'; readonly deliveries: readonly Delivery[] }
  /** Of several reasons the engine may give any. */
  | { readonly verdict: 'drop'; readonly reasons: readonly string[] }

const dropped = (...reasons: readonly string[]): Outcome => ({ verdict: 'drop', reasons })

export interface NetworkSpec {
  readonly gateways: readonly string[]
  /** The host's MAC on the wire; undefined without an uplink. */
  readonly uplinkMac: string | undefined
}

/**
 * An l2bridge network as the reference tells of it (vfp.md 3.2), packet by
 * packet: nothing is compiled, cached or shared.
 */
export class ModelNetwork {
  now = 0
  acls: readonly NetworkAclPolicy[] = []
  readonly sets = new AddressSets()
  services: Service[] = []
  readonly pods = new Map<PortName, PodPort>()
  readonly host = new HostPort(this)
  /** Of the gateway that the switch itself answers for: any, but always the same. */
  gatewayMac: string | undefined
  readonly #mappings = new Map<PortName, readonly PortMappingPolicy[]>()

  constructor(readonly spec: NetworkSpec) {}

  addPod(name: PortName, addresses: readonly string[], mac: string): void {
    this.pods.set(name, new PodPort(this, addresses, mac))
  }

  /** Its connections end, and it is nobody's backend any more (hcn.md 6.6). */
  removePod(name: PortName): void {
    const gone = this.pods.get(name)
    this.pods.delete(name)
    this.#mappings.delete(name)
    for (const service of this.services)
      service.setBackends(service.backends.map(({ address }) => address).filter((address) => !gone?.addresses.includes(address)))
  }

  /** Replaces policies of the kinds that are given, as `Update` does (hcn.md 3.5); an empty list takes all away. */
  setPolicies(name: PortName, policies: readonly EndpointPolicy[]): void {
    const pod = this.pods.get(name)
    if (pod === undefined) throw new Error(`no pod ${name}`)
    const replaced = (kind: string) => policies.length === 0 || policies.some((policy) => policy.kind === kind)
    if (replaced('acl')) pod.acls = policies.filter((policy) => policy.kind === 'acl')
    if (replaced('tierAcl')) pod.tiers = policies.filter((policy) => policy.kind === 'tierAcl')
    if (replaced('outboundNat')) pod.outboundNats = policies.filter((policy) => policy.kind === 'outboundNat')
    if (replaced('portMapping'))
      this.#mappings.set(
        name,
        policies.filter((policy) => policy.kind === 'portMapping'),
      )
  }

  putSet(set: AddressSetPolicy): void {
    this.sets.put(set)
  }

  addService(spec: ServiceSpec, backends: readonly string[]): Service {
    const service = new Service(spec)
    service.setBackends(backends)
    this.services.push(service)
    return service
  }

  removeService(service: Service): void {
    this.services = this.services.filter((other) => other !== service)
  }

  advance(seconds: number): void {
    this.now += seconds
    for (const port of [...this.pods.values(), this.host]) port.connections.forget(this.now)
  }

  /** What a policy without address translates to: the host's address, else the gateway's where that is not behind an uplink. */
  get nodeAddress(): string | undefined {
    return this.host.addresses[0] ?? (this.spec.uplinkMac === undefined ? this.spec.gateways[0] : undefined)
  }

  /** Whether a living connection other than `except` shows the world this tuple. */
  shows(tuple: Tuple, except: unknown): boolean {
    return [...this.pods.values(), this.host].some(({ connections }) => connections.shows(tuple, except as undefined))
  }

  mappingOf({ protocol, destination, destinationPort }: Tuple): { destination: string; destinationPort: number } | undefined {
    for (const [name, mappings] of this.#mappings) {
      const mapping = mappings.find(
        ({ protocol: wanted, vip, external }) =>
          (wanted === 'tcp' ? TCP : UDP) === protocol &&
          external === destinationPort &&
          (vip === undefined ? this.host.addresses.includes(destination) : vip === destination),
      )
      const family = destination.includes(':')
      const address = this.pods.get(name)?.addresses.find((candidate) => candidate.includes(':') === family)
      if (mapping !== undefined && address !== undefined) return { destination: address, destinationPort: mapping.internal }
    }
    return undefined
  }

  /** What a frame causes that enters the switch at `from`; its MACs are given. */
  send(from: PortName, packet: Packet, choices: Choices): Outcome {
    if (!isIpLike(packet)) return answerNeighbor(this, from, packet)
    if (from === UPLINK) {
      if (packet.destinationMac !== this.spec.uplinkMac) return dropped('no-destination')
      return this.#route(from, packet, undefined, choices, false)
    }
    const port = from === HOST ? this.host : this.pods.get(from)
    if (port === undefined) throw new Error(`no port ${from}`)
    const fate = port.process('out', packet, choices)
    return this.#goOn(from, fate, choices, from === HOST)
  }

  #goOn(from: PortName, fate: Fate, choices: Choices, byHost: boolean): Outcome {
    if (!fate.passes) return dropped(...fate.reasons)
    const outcome = this.#route(from, fate.packet, fate.towards, choices, byHost)
    if (outcome.verdict === 'drop' && outcome.reasons.includes('no-destination')) fate.undo?.()
    return outcome
  }

  #route(from: PortName, packet: IpLike, towards: string | undefined, choices: Choices, byHost: boolean): Outcome {
    const tuple = tupleOf(packet)
    if (towards === undefined) {
      // Answers to a translated source come to the port that translated it, whoever has the address.
      const owner = [...this.pods].find(
        ([, { connections, addresses }]) =>
          !addresses.includes(tuple.destination) && connections.find('in', tuple)?.decisions.source !== undefined,
      )
      if (owner !== undefined) return this.#deliver(from, owner[0], packet, choices, byHost)
      if (!byHost && this.host.connections.find('in', tuple) !== undefined && !this.host.addresses.includes(tuple.destination))
        return this.#byHost(from, 'in', packet, choices)
      if (!byHost && this.#isForHost(tuple)) return this.#byHost(from, 'out', packet, choices)
    }
    const destination = towards ?? tuple.destination
    const local = [...this.pods].find(([, { addresses }]) => addresses.includes(destination))
    if (local !== undefined) return this.#deliver(from, local[0], packet, choices, byHost)
    if (this.host.addresses.includes(destination)) return this.#deliver(from, HOST, packet, choices, byHost)
    if (from === UPLINK) return this.#deliver(from, HOST, packet, choices, byHost)
    return this.#leave(packet)
  }

  /** What is still for a VIP when it has left its sender's port, or for a mapped port, is turned round at the host's (vfp.md 3.7, 3.8). */
  #isForHost(tuple: Tuple): boolean {
    return this.mappingOf(tuple) !== undefined || this.services.some((service) => service.serves(tuple))
  }

  #byHost(from: PortName, direction: 'in' | 'out', packet: IpLike, choices: Choices): Outcome {
    const fate = this.host.process(direction, packet, choices)
    // What came for an answer and is none stays with the host.
    if (direction === 'in' && fate.passes && fate.undo !== undefined) return this.#deliver(from, HOST, fate.packet, choices, true)
    return this.#goOn(from, fate, choices, true)
  }

  #deliver(from: PortName, to: PortName, packet: IpLike, choices: Choices, byHost: boolean): Outcome {
    const port = to === HOST ? this.host : this.pods.get(to)
    if (port?.mac === undefined) return dropped('no-destination')
    // What the host's port turned round for the host itself has passed it.
    const fate = to === HOST && byHost ? ({ passes: true, packet } as const) : port.process('in', packet, choices)
    if (!fate.passes) return dropped(...fate.reasons)
    const frame = { ...fate.packet, destinationMac: port.mac }
    return { verdict: 'forward', deliveries: [{ to, packet: frame, ...(byHost && from !== HOST ? { sourceMacIsOpen: true } : {}) }] }
  }

  /** Out by the uplink, with the host's MAC for source and nothing else changed. */
  #leave(packet: IpLike): Outcome {
    const { uplinkMac } = this.spec
    if (uplinkMac === undefined) return dropped('no-destination')
    return { verdict: 'forward', deliveries: [{ to: UPLINK, packet: { ...packet, sourceMac: uplinkMac } }] }
  }

  /** The MAC the switch answers with for its gateway: a unicast one that nobody else has, and always the same. */
  learnGatewayMac(mac: string): void {
    if (this.gatewayMac === undefined) this.gatewayMac = mac
    else if (this.gatewayMac !== mac) throw new Disagreement(`the gateway's MAC was ${this.gatewayMac} and is ${mac}`)
  }
}
