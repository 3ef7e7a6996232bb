import assert from 'node:assert/strict'
import type { LoadBalancer, VfpExplanation } from '../../lib/index.js'
import {
  type AddressSetPolicy,
  decodeFrame,
  type Endpoint,
  encodeFrame,
  formatPacket,
  type NetworkPolicy,
  type Packet,
  type TcpPacket,
} from '../../lib/index.js'
import { createLab, type Lab } from '../../lib/testing/index.js'
import { type Choices, Disagreement } from '../model/choices.js'
import { GATEWAY_MAC } from '../model/neighbors.js'
import { type Delivery, HOST, ModelNetwork, type Outcome, type PortName, UPLINK } from '../model/network.js'
import type { Backend, Service } from '../model/services.js'
import { end } from '../model/tcp-state.js'
import { isIpLike, TCP, type Tuple, UDP } from '../model/tuple.js'
import {
  type Happening,
  isIpv6,
  NODE,
  PODS,
  ROUTER_MAC,
  type Sender,
  type ServiceCase,
  sourceVipOf,
  tellWorld,
  VIPS,
  type WorldCase,
} from './model-happenings.js'

const GATEWAYS = ['10.1.0.1', 'fd00::1']
const OUTSIDE_PEER_MAC = '02-00-00-00-00-09'
/** Initial sequence numbers: of the one who calls, the called one's are far from it. */
const RESPONDER_ISN = 500_000

interface ServicePair {
  readonly given: ServiceCase
  pods: readonly number[]
  loadBalancer: LoadBalancer
  service: Service
}

/** The engine and the model, living through one history in step. */
export class ModelWorld {
  readonly #lab: Lab
  readonly #given: WorldCase
  readonly #model: ModelNetwork
  readonly #ports = new Map<PortName, { readonly id: string; readonly mac: string; readonly endpoint?: Endpoint }>()
  readonly #services: ServicePair[] = []
  /** Who got what last, one for each conversation. */
  #heard: { readonly at: PortName; readonly packet: Packet }[] = []
  #sent: { readonly from: PortName; readonly packet: Packet } | undefined
  #isn = 1000
  #packets = 0
  readonly #told: string[]
  /** Reasons of drops, one each; and how many of each the engine has counted. */
  readonly #drops: string[] = []
  readonly #counted: Record<string, number> = {}

  private constructor(lab: Lab, given: WorldCase) {
    this.#lab = lab
    this.#given = given
    this.#told = [tellWorld(given)]
    this.#model = new ModelNetwork({ gateways: GATEWAYS, uplinkMac: given.uplink ? lab.uplink.mac.toUpperCase() : undefined })
  }

  static async create(given: WorldCase): Promise<ModelWorld> {
    const lab = await createLab({ uplink: given.uplink, seed: 7 })
    const world = new ModelWorld(lab, given)
    await world.#furnish()
    return world
  }

  /** How many were sent. */
  get packets(): number {
    return this.#packets
  }

  /** @throws Disagreement with all that happened, as text. */
  async live(happening: Happening): Promise<void> {
    this.#told.push(`${this.#told.length}. ${happening.text}`)
    try {
      await this.#do(happening)
    } catch (error) {
      throw this.#disagreement(error)
    }
  }

  /** Drops by reason, and that every packet is accounted for. */
  async compareCounters(): Promise<void> {
    for (const { id } of await this.#lab.host.vfp.ports()) await this.#countDrops(id)
    const expected: Record<string, number> = {}
    for (const reason of this.#drops) expected[reason] = (expected[reason] ?? 0) + 1
    try {
      assert.deepEqual(this.#counted, expected)
    } catch (error) {
      throw this.#disagreement(error)
    }
  }

  close(): Promise<void> {
    return this.#lab.close()
  }

  /** A port's counters go with it. */
  async #countDrops(port: string): Promise<void> {
    const counters = await this.#lab.host.vfp.counters(port)
    for (const { packets, forwarded, dropped, answered, drops } of [counters.in, counters.out]) {
      assert.equal(packets, forwarded + dropped + (answered ?? 0))
      for (const { reason, packets: count } of drops) this.#counted[reason] = (this.#counted[reason] ?? 0) + count
    }
  }

  #disagreement(error: unknown): Error {
    if (!(error instanceof Error)) return new Error(String(error))
    const said = error instanceof Disagreement || error instanceof assert.AssertionError ? error.message : (error.stack ?? error.message)
    return new Disagreement(`${this.#told.join('\n')}\n   ✗ ${said}`, { cause: error })
  }

  async #furnish(): Promise<void> {
    const { host, network } = this.#lab
    const sets: readonly NetworkPolicy[] = [
      set('some', [PODS[0].addresses[0]]),
      set('others', []),
      { kind: 'addressSet', id: 'nested', name: 'nested', type: 'nested', values: ['some', 'others'] },
    ]
    await network.addPolicies(sets)
    for (const policy of sets) this.#model.putSet(policy as AddressSetPolicy)
    for (const index of PODS.keys()) await this.#makePod(index)
    if (this.#given.uplink) this.#ports.set(UPLINK, { id: this.#lab.uplink.portId, mac: this.#lab.uplink.mac.toUpperCase() })
    if (this.#given.host) {
      const endpoint = await host.endpoints.create({ network, name: HOST, addresses: [NODE] })
      const [namespace] = await host.namespaces.list()
      await namespace?.attach(endpoint)
      this.#model.host.addresses = [NODE]
    }
    const own = (await host.vfp.ports()).find(({ kind }) => kind === 'host')
    assert.ok(own !== undefined)
    this.#model.host.mac = own.macAddress.toUpperCase()
    this.#ports.set(HOST, { id: own.id, mac: this.#model.host.mac })
    for (const given of this.#given.services)
      this.#services.push({ given, pods: given.pods, ...(await this.#makeService(given, given.pods)) })
  }

  async #makePod(index: number): Promise<void> {
    const { name, addresses } = PODS[index] as (typeof PODS)[number]
    const endpoint = await this.#lab.host.endpoints.create({ network: this.#lab.network, name, addresses })
    const mac = endpoint.macAddress.toUpperCase()
    this.#ports.set(name, { id: endpoint.id, mac, endpoint })
    this.#model.addPod(name, addresses, mac)
  }

  async #makeService(given: ServiceCase, pods: readonly number[]): Promise<Pick<ServicePair, 'loadBalancer' | 'service'>> {
    const { protocol, distribution, dsr, preserveDip } = given
    const vip = VIPS[given.vip] as string
    const sourceVip = sourceVipOf(given)
    const internal = preserveDip ? 80 : 8080
    const loadBalancer = await this.#lab.host.loadBalancers.create({
      frontendVips: [vip],
      backends: this.#endpoints(pods),
      ports: [{ protocol, external: 80, internal, distribution, preserveDip }],
      dsr,
      ...(sourceVip === undefined ? {} : { sourceVip }),
    })
    const spec = { vip, protocol: protocol === 'tcp' ? TCP : UDP, external: 80, internal, distribution, dsr, sourceVip, preserveDip }
    return { loadBalancer, service: this.#model.addService(spec, addressesOf(pods, vip)) }
  }

  #endpoints(pods: readonly number[]): readonly Endpoint[] {
    return pods.map((pod) => this.#ports.get(PODS[pod]?.name as string)?.endpoint as Endpoint)
  }

  async #do(happening: Happening): Promise<void> {
    const { network } = this.#lab
    switch (happening.what) {
      case 'packet': {
        const from = nameOf(happening.from)
        if (!this.#ports.has(from) || (from === HOST && !this.#given.host)) return
        return this.#send(from, this.#withMacs(from, this.#withSequence(happening.packet)))
      }
      case 'again':
        return this.#sent === undefined ? undefined : this.#send(this.#sent.from, this.#sent.packet)
      case 'reply': {
        const heard = this.#heard.at(-1 - (happening.to % Math.max(this.#heard.length, 1)))
        const reply = heard === undefined ? undefined : replyTo(heard.packet, happening.flags)
        if (heard === undefined || reply === undefined || !this.#ports.has(heard.at)) return
        return this.#send(heard.at, this.#withMacs(heard.at, reply))
      }
      case 'policies': {
        const { name } = PODS[happening.pod] as (typeof PODS)[number]
        const mapped = happening.policies.some(({ kind }) => kind === 'portMapping')
        // A port of the host leads to one endpoint.
        const policies =
          mapped && happening.pod !== 0 ? happening.policies.filter(({ kind }) => kind !== 'portMapping') : happening.policies
        await this.#ports.get(name)?.endpoint?.setPolicies(policies)
        this.#model.setPolicies(name, policies)
        return
      }
      case 'network policies':
        // Whether what the host's port turns round is asked about the host's endpoint's ACLs, no source says.
        if (this.#given.host) return
        await this.#setNetworkAcls(happening.policies)
        this.#model.acls = happening.policies
        return
      case 'set':
        await network.updatePolicies([set(happening.id, happening.values)])
        this.#model.putSet(set(happening.id, happening.values))
        return
      case 'backends': {
        const pair = this.#services[happening.service % Math.max(this.#services.length, 1)]
        if (pair === undefined) return
        await pair.loadBalancer.update({ backends: this.#endpoints(happening.pods) })
        pair.pods = happening.pods
        pair.service.setBackends(addressesOf(happening.pods, pair.service.spec.vip))
        return
      }
      case 'service anew': {
        const pair = this.#services[happening.service % Math.max(this.#services.length, 1)]
        if (pair === undefined) return
        await pair.loadBalancer.delete()
        this.#model.removeService(pair.service)
        Object.assign(pair, await this.#makeService(pair.given, pair.pods))
        return
      }
      case 'time':
        await this.#lab.clock.advance({ seconds: happening.seconds })
        this.#model.advance(happening.seconds)
        return
      case 'pod anew': {
        const { name } = PODS[happening.pod] as (typeof PODS)[number]
        await this.#countDrops(this.#ports.get(name)?.id as string)
        await this.#ports.get(name)?.endpoint?.delete()
        this.#model.removePod(name)
        for (const pair of this.#services) pair.pods = pair.pods.filter((pod) => pod !== happening.pod)
        this.#heard = this.#heard.filter(({ at }) => at !== name)
        if (this.#sent?.from === name) this.#sent = undefined
        await this.#makePod(happening.pod)
        return
      }
    }
  }

  async #setNetworkAcls(policies: readonly NetworkPolicy[]): Promise<void> {
    const { network } = this.#lab
    if (policies.length > 0) return network.updatePolicies(policies)
    await network.query()
    const acls = network.policies.filter(({ kind }) => kind === 'networkAcl')
    if (acls.length > 0) await network.removePolicies(acls)
  }

  #withSequence(packet: Packet): Packet {
    return packet.kind === 'tcp' && packet.flags === 'S' ? { ...packet, seq: this.#isn } : packet
  }

  /** As the stack behind the port would fill them in: a neighbour's own MAC, else the router's. */
  #withMacs(from: PortName, packet: Packet): Packet {
    if (from === UPLINK) {
      const uplink = this.#ports.get(UPLINK)?.mac as string
      const isQuestion = (packet.kind === 'arp' || packet.kind === 'nd') && packet.operation === 'request'
      return complete(packet, isQuestion ? OUTSIDE_PEER_MAC : ROUTER_MAC, uplink)
    }
    const own = this.#ports.get(from)?.mac as string
    const destination = isIpLike(packet) ? packet.destination : undefined
    const neighbor = destination === undefined ? undefined : this.#portOf(destination)
    return complete(packet, own, neighbor === undefined ? ROUTER_MAC : (this.#ports.get(neighbor)?.mac as string))
  }

  #portOf(address: string): PortName | undefined {
    if (address === NODE && this.#given.host) return HOST
    return PODS.find(({ addresses }) => (addresses as readonly string[]).includes(address))?.name
  }

  async #send(from: PortName, packet: Packet): Promise<void> {
    const port = this.#ports.get(from)
    if (port === undefined) return
    this.#sent = { from, packet }
    this.#packets++
    if (packet.kind === 'tcp' && /[FR]/.test(packet.flags)) this.#isn += 1000
    const { vfp } = this.#lab.host
    const frame = encodeFrame(packet)
    const explanation = await vfp.explain(port.id, frame)
    await vfp.send(port.id, [frame])
    const actual = await this.#received()
    this.#told.push(`   ${from}: ${formatPacket(packet)}`, `   engine: ${tellExplanation(explanation)}${actual.map(tellDelivery).join('')}`)
    const outcome = this.#model.send(from, packet, new ChoicesOfEngine(explanation, this.#ports))
    this.#compare(outcome, actual, explanation)
    for (const { to, packet: got } of actual) this.#hear(to, got)
  }

  async #received(): Promise<readonly Delivery[]> {
    const all = await Promise.all(
      [...this.#ports].map(async ([to, { id }]) =>
        (await this.#lab.host.vfp.receive(id)).map((frame): Delivery => ({ to, packet: decodeFrame(frame) })),
      ),
    )
    return all.flat()
  }

  #compare(outcome: Outcome, actual: readonly Delivery[], explanation: VfpExplanation): void {
    const { reason } = explanation
    if (outcome.verdict === 'drop') {
      const said = `the model says it is dropped: ${outcome.reasons.join(' or ')}`
      assert.ok(actual.length === 0 && reason !== undefined && outcome.reasons.includes(reason.name), said)
      this.#drops.push(reason.name)
      return
    }
    const expected = outcome.deliveries.map((delivery) => this.#settled(delivery, actual))
    const said = `the model says ${outcome.verdict}${expected.map(tellDelivery).join('')}`
    assert.equal(explanation.verdict, outcome.verdict, said)
    assert.deepEqual(actual.map(tellDelivery).sort(), expected.map(tellDelivery).sort(), said)
    if (outcome.verdict === 'forward') {
      const ids = expected.map(({ to }) => this.#ports.get(to)?.id.toLowerCase())
      assert.deepEqual(explanation.deliverTo.map((id) => id.toLowerCase()).sort(), ids.sort(), said)
    }
  }

  /** What the model leaves open of a frame, as the engine has it. */
  #settled(delivery: Delivery, actual: readonly Delivery[]): Delivery {
    const got = actual.find(({ to }) => to === delivery.to)?.packet
    const { packet } = delivery
    if (got === undefined || got.kind === 'raw' || packet.kind === 'raw') return delivery
    if (delivery.sourceMacIsOpen === true) return { ...delivery, packet: { ...packet, sourceMac: got.sourceMac as string } }
    if (packet.sourceMac !== GATEWAY_MAC) return { ...delivery, packet: decodeFrame(encodeFrame(packet)) }
    const mac = got.sourceMac as string
    this.#model.learnGatewayMac(mac)
    const body = packet.kind === 'arp' ? { senderMac: mac } : { linkMac: mac }
    return { ...delivery, packet: decodeFrame(encodeFrame({ ...packet, ...body, sourceMac: mac } as Packet)) }
  }

  #hear(at: PortName, packet: Packet): void {
    if (!isIpLike(packet)) return
    const conversation = (other: Packet) =>
      isIpLike(other)
        ? `${other.kind} ${other.source} ${other.destination} ${'sourcePort' in other ? `${other.sourcePort} ${other.destinationPort}` : ''}`
        : ''
    this.#heard = this.#heard.filter((earlier) => earlier.at !== at || conversation(earlier.packet) !== conversation(packet)).slice(-8)
    this.#heard.push({ at, packet })
  }
}

class ChoicesOfEngine implements Choices {
  constructor(
    readonly explanation: VfpExplanation,
    readonly ports: ReadonlyMap<PortName, { readonly id: string }>,
  ) {}

  backend(tuple: Tuple): Backend {
    const { steps } = this.explanation
    // What came from outside to a backend's port is translated there.
    const step =
      steps.find(({ action }) => action === 'lbnat') ??
      steps.find(({ action, before }) => action === 'nat' && before.destination === tuple.destination)
    if (step === undefined) throw new Disagreement('chose no backend')
    const { destination, destinationPort } = step.after
    if (step.before.destination !== destination || step.before.destinationPort !== destinationPort)
      return { address: destination, port: destinationPort }
    // Preserved, the destination says nothing of who was chosen.
    const [, address = '', port = '0'] = /^backend \[?([0-9a-f.:]+?)\]?:(\d+) of/.exec(step.detail) ?? []
    return { address, port: Number(port) }
  }

  sourcePort(address: string): number {
    const step = this.explanation.steps.find(({ before, after }) => after.source === address && before.source !== address)
    if (step === undefined) throw new Disagreement(`gave it no source ${address}`)
    return step.after.sourcePort
  }

  passes(): boolean {
    return this.explanation.reason?.name !== 'invalid-state'
  }
}

function set(id: string, values: readonly string[]): AddressSetPolicy {
  return { kind: 'addressSet', id, name: id, type: 'addresses', values }
}

function nameOf(sender: Sender): PortName {
  return typeof sender === 'number' ? (PODS[sender]?.name as string) : sender
}

function addressesOf(pods: readonly number[], vip: string): readonly string[] {
  return pods.map((pod) => PODS[pod]?.addresses[isIpv6(vip) ? 1 : 0] as string)
}

/** With all that a frame says, as a decoder has it. */
function complete(packet: Packet, sourceMac: string, destinationMac: string): Packet {
  return decodeFrame(encodeFrame(packet, { sourceMac, destinationMac }))
}

/** What the one who got `packet` would answer; undefined when it asks for no answer. */
function replyTo(packet: Packet, flags: 'natural' | 'PA' | 'FA' | 'RA'): Packet | undefined {
  if (!isIpLike(packet)) return undefined
  const { sourceMac: _, destinationMac: __, payload: ___, ttl: ____, ...rest } = packet
  const turned = { ...rest, source: packet.destination, destination: packet.source }
  switch (packet.kind) {
    case 'tcp':
      return tcpReply(packet, flags)
    case 'udp':
      return { ...turned, sourcePort: packet.destinationPort, destinationPort: packet.sourcePort } as Packet
    case 'icmp': {
      const answers: Readonly<Record<number, number>> = { 8: 0, 128: 129 }
      const type = answers[packet.type]
      return type === undefined ? undefined : ({ ...turned, type } as Packet)
    }
    case 'ip':
      return { ...turned, payload: new Uint8Array(4) } as Packet
  }
}

function tcpReply(packet: TcpPacket, flags: 'natural' | 'PA' | 'FA' | 'RA'): TcpPacket {
  const isSyn = packet.flags === 'S'
  const natural = isSyn ? 'SA' : packet.flags === 'SA' ? 'A' : packet.flags.includes('F') ? 'FA' : 'PA'
  const chosen = flags === 'natural' || (isSyn && flags !== 'RA') ? natural : flags
  return {
    kind: 'tcp',
    source: packet.destination,
    sourcePort: packet.destinationPort,
    destination: packet.source,
    destinationPort: packet.sourcePort,
    flags: chosen === 'PA' ? 'PA' : chosen,
    seq: isSyn ? (chosen === 'RA' ? 0 : RESPONDER_ISN) : (packet.ack ?? 0),
    ack: end(packet),
    ...(chosen === 'PA' ? { payload: new Uint8Array([7, 7]) } : {}),
  }
}

function tellDelivery({ to, packet }: Delivery): string {
  return `\n     to ${to}: ${formatPacket(packet)}`
}

function tellExplanation({ verdict, reason }: VfpExplanation): string {
  return verdict === 'drop' ? `drop, ${reason?.name}` : verdict
}
