import fc from 'fast-check'
import { acl, decodeFrame, type EndpointPolicy, type NetworkPolicy, outboundNat, type Packet, withoutMacs } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab } from '../../lib/testing/index.js'

/** A small world in which few addresses and ports meet often. */
export const PODS = ['10.1.0.4', '10.1.0.5', '10.1.0.6'] as const
export const VIPS = ['10.96.0.10', '10.96.0.11'] as const
const OUTSIDE = ['192.0.2.9', '198.51.100.7'] as const
const NODE = '10.1.0.3'
/** Sets of addresses, and one of both. */
const SETS = ['some', 'others'] as const
const ALL_SETS = [...SETS, 'nested'] as const

/** One thing that happens; a list of them is a history. */
export type Happening =
  | { readonly what: 'packet'; readonly from: number; readonly packet: Packet }
  /** The one who got the last packet answers it: how connections and translations come to life. */
  | { readonly what: 'reply'; readonly flags: string }
  | { readonly what: 'again' }
  | { readonly what: 'policies'; readonly pod: number; readonly policies: readonly EndpointPolicy[] }
  | { readonly what: 'network policies'; readonly policies: readonly NetworkPolicy[] }
  | { readonly what: 'set'; readonly id: (typeof SETS)[number]; readonly values: readonly string[] }
  | { readonly what: 'backends'; readonly vip: number; readonly pods: readonly number[] }
  | { readonly what: 'time'; readonly seconds: number }

const UPLINK = -1

export function happenings(): fc.Arbitrary<readonly Happening[]> {
  const podIndex = fc.nat({ max: PODS.length - 1 })
  const flags = fc.constantFrom('S', 'SA', 'A', 'PA', 'FA', 'R')
  const weighted = fc.oneof(
    { weight: 6, arbitrary: packetHappening() },
    { weight: 6, arbitrary: fc.record({ what: fc.constant('reply' as const), flags }) },
    { weight: 3, arbitrary: fc.constant({ what: 'again' as const }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('policies' as const), pod: podIndex, policies: policies() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('network policies' as const), policies: networkPolicies() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('set' as const), id: fc.constantFrom(...SETS), values: members() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('backends' as const),
        vip: fc.nat({ max: VIPS.length - 1 }),
        pods: fc.uniqueArray(podIndex, { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('time' as const), seconds: fc.constantFrom(1, 30, 239, 241) }) },
  )
  return fc.array(weighted, { minLength: 2, maxLength: 30 })
}

function packetHappening(): fc.Arbitrary<Happening> {
  const port = fc.constantFrom(80, 8080, 31337, 31338)
  const flags = fc.constantFrom('S', 'S', 'S', 'A', 'PA', 'FA', 'R')
  const destination = fc.constantFrom(...PODS, ...VIPS, ...OUTSIDE)
  const payload = fc.constantFrom(undefined, new Uint8Array([1, 2, 3]), new Uint8Array(8).fill(0xff))
  const ends = fc.record({ from: fc.nat({ max: PODS.length - 1 }), destination, sourcePort: port, destinationPort: port, payload })
  const ofPod = fc
    .tuple(ends, fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'), flags)
    .map(([{ from, destination, sourcePort, destinationPort, payload }, kind, tcpFlags]): Happening => {
      const source = PODS[from] as string
      const extras = payload === undefined ? {} : { payload }
      const packet: Packet =
        kind === 'tcp'
          ? { kind, source, destination, sourcePort, destinationPort, flags: tcpFlags, ...extras }
          : kind === 'udp'
            ? { kind, source, destination, sourcePort, destinationPort, ...extras }
            : { kind: 'icmp', source, destination, type: 8, id: sourcePort, seq: 1, ...extras }
      return { what: 'packet', from, packet }
    })
  const fromOutside = fc
    .record({
      source: fc.constantFrom(...OUTSIDE),
      destination: fc.constantFrom(...PODS, ...VIPS, NODE),
      sourcePort: port,
      destinationPort: port,
    })
    .map((ports): Happening => ({ what: 'packet', from: UPLINK, packet: { kind: 'tcp', flags: 'S', ...ports } }))
  return fc.oneof({ weight: 4, arbitrary: ofPod }, { weight: 1, arbitrary: fromOutside })
}

function members() {
  return fc.subarray([...PODS, ...VIPS, '10.1.0.4/31', '192.0.2.0/24'], { maxLength: 4 })
}

function rules() {
  const sets = fc.option(fc.subarray([...ALL_SETS], { minLength: 1, maxLength: 2 }), { nil: undefined })
  const addresses = fc.option(fc.subarray([...PODS, '10.96.0.0/16', '192.0.2.0/24', '0.0.0.0/0'], { minLength: 1, maxLength: 2 }), {
    nil: undefined,
  })
  const ports = fc.option(fc.subarray(['80', '8080', '31337-31338'], { minLength: 1, maxLength: 2 }), { nil: undefined })
  return fc
    .record({
      action: fc.constantFrom('allow' as const, 'block' as const),
      direction: fc.constantFrom('in' as const, 'out' as const),
      protocol: fc.constantFrom(undefined, 'tcp' as const, 'udp' as const),
      who: fc.oneof(
        { weight: 2, arbitrary: fc.record({ remoteAddresses: addresses }) },
        { weight: 1, arbitrary: fc.record({ sourceSets: sets, destinationSets: sets }) },
      ),
      localPorts: ports,
      remotePorts: ports,
      priority: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ who, ...rule }) => acl({ ...rule, ...who }))
}

function policies(): fc.Arbitrary<readonly EndpointPolicy[]> {
  const nat = fc.constantFrom(
    outboundNat({ vip: NODE, exceptions: ['10.0.0.0/8'] }),
    outboundNat({ vip: NODE, destinations: ['198.51.100.0/24'] }),
  )
  return fc
    .tuple(fc.array(rules(), { maxLength: 4 }), fc.option(nat, { nil: undefined }), fc.boolean())
    .map(([acls, natPolicy, rest]) => [
      ...acls,
      ...(rest && acls.length > 0 ? ALLOW_THE_REST : []),
      ...(natPolicy === undefined ? [] : [natPolicy]),
    ])
}

function set(id: string, values: readonly string[]): NetworkPolicy {
  return { kind: 'addressSet', id, name: id, type: 'addresses', values }
}

/** A network has no two equal ACLs. */
function networkPolicies(): fc.Arbitrary<readonly NetworkPolicy[]> {
  const ofKind = (policy: EndpointPolicy): NetworkPolicy => ({ ...policy, kind: 'networkAcl' }) as NetworkPolicy
  return fc
    .tuple(fc.uniqueArray(rules(), { maxLength: 3, selector: (rule) => JSON.stringify(rule) }), fc.boolean())
    .map(([acls, rest]) => [...acls, ...(rest && acls.length > 0 ? ALLOW_THE_REST : [])].map(ofKind))
}

/** What one happening caused: frames by the port they came to, in hexadecimal. */
export type Effect = Readonly<Record<string, readonly string[]>>

/** A lab that lives through a history and tells what each happening caused. */
export class RandomWorld {
  readonly #lab: Lab
  #last: { readonly at: number; readonly packet: Packet } | undefined
  #sent: { readonly from: number; readonly packet: Packet } | undefined

  private constructor(lab: Lab) {
    this.#lab = lab
  }

  static async create(flowCache: boolean): Promise<RandomWorld> {
    const lab = await createLab({ endpoints: PODS, uplink: true, flowCache, seed: 7 })
    await lab.network.addPolicies([
      set('some', [PODS[0]]),
      set('others', []),
      { kind: 'addressSet', id: 'nested', name: 'nested', type: 'nested', values: SETS },
    ])
    for (const vip of VIPS)
      await lab.addLoadBalancer({ frontendVips: [vip], backends: [PODS[0], PODS[1]], ports: { tcp: { 80: 8080 }, udp: { 80: 80 } } })
    return new RandomWorld(lab)
  }

  async live(happening: Happening): Promise<Effect> {
    switch (happening.what) {
      case 'packet':
        return this.#send(happening.from, happening.packet)
      case 'again':
        return this.#sent === undefined ? {} : this.#send(this.#sent.from, this.#sent.packet)
      case 'reply':
        return this.#last === undefined ? {} : this.#send(this.#last.at, replyTo(this.#last.packet, happening.flags))
      case 'policies':
        await this.#lab.at(PODS[happening.pod] as string).endpoint.setPolicies(happening.policies)
        return {}
      case 'network policies':
        await this.#setNetworkPolicies(happening.policies)
        return {}
      case 'set':
        await this.#lab.network.updatePolicies([set(happening.id, happening.values)])
        return {}
      case 'backends':
        await this.#lab.setBackends(
          VIPS[happening.vip] as string,
          happening.pods.map((pod) => PODS[pod] as string),
        )
        return {}
      case 'time':
        await this.#lab.clock.advance({ seconds: happening.seconds })
        return {}
    }
  }

  /** Drops of every port by reason, and how many packets went which way. */
  async counters(): Promise<unknown> {
    return Promise.all(
      PODS.map(async (address) => {
        const { in: inbound, out } = await this.#lab.host.vfp.counters(this.#lab.at(address).endpoint)
        return [inbound, out].map(({ packets, bytes, forwarded, dropped, answered, drops }) => ({
          packets,
          bytes,
          forwarded,
          dropped,
          answered,
          drops,
        }))
      }),
    )
  }

  close(): Promise<void> {
    return this.#lab.close()
  }

  /** In one step, where there are some; the adapter stays. */
  async #setNetworkPolicies(policies: readonly NetworkPolicy[]): Promise<void> {
    const { network } = this.#lab
    if (policies.length > 0) return network.updatePolicies(policies)
    await network.query()
    const acls = network.policies.filter(({ kind }) => kind === 'networkAcl')
    if (acls.length > 0) await network.removePolicies(acls)
  }

  #station(index: number) {
    return index === UPLINK ? this.#lab.uplink : this.#lab.at(PODS[index] as string)
  }

  async #send(from: number, packet: Packet): Promise<Effect> {
    this.#sent = { from, packet }
    await this.#station(from).send(packet)
    const effect: Record<string, readonly string[]> = {}
    for (const index of [UPLINK, ...PODS.keys()]) {
      const frames = await this.#station(index).receivedFrames()
      if (frames.length === 0) continue
      effect[index === UPLINK ? 'uplink' : (PODS[index] as string)] = frames.map((frame) => Buffer.from(frame).toString('hex'))
      this.#last = { at: index, packet: withoutMacs(decodeFrame(frames[0] as Uint8Array)) }
    }
    return effect
  }
}

/** The packet that the one who got `packet` would answer with. */
function replyTo(packet: Packet, flags: string): Packet {
  switch (packet.kind) {
    case 'tcp':
      return { ...turned(packet), flags }
    case 'udp':
      return turned(packet)
    case 'icmp':
      return { ...packet, source: packet.destination, destination: packet.source, type: packet.type === 8 ? 0 : packet.type }
    default:
      return packet
  }
}

function turned<
  Ported extends { readonly source: string; readonly sourcePort: number; readonly destination: string; readonly destinationPort: number },
>(packet: Ported): Ported {
  const { source, sourcePort, destination, destinationPort } = packet
  return { ...packet, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort }
}
