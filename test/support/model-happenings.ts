import fc from 'fast-check'
import {
  type AclPolicy,
  acl,
  type EndpointPolicy,
  formatPacket,
  type NetworkAclPolicy,
  type OutboundNatPolicy,
  outboundNat,
  type Packet,
  type PortMappingPolicy,
  parsePacket,
  portMapping,
  type TierAclPolicy,
  type TierAclRule,
} from '../../lib/index.js'
import { ALLOW_THE_REST } from '../../lib/testing/index.js'
import type { Distribution } from '../model/services.js'

/** A small world in which few addresses and ports meet often. */
export const PODS = [
  { name: 'a', addresses: ['10.1.0.4', 'fd00::4'] },
  { name: 'b', addresses: ['10.1.0.5', 'fd00::5'] },
  { name: 'c', addresses: ['10.1.0.6', 'fd00::6'] },
] as const
/** The host's own endpoint, where there is one. */
export const NODE = '10.1.0.2'
/** Addresses that only translations have. */
const NAT_ADDRESS = '10.1.0.3'
const SOURCE_VIP = '10.1.0.9'
export const VIPS = ['10.96.0.10', '10.96.0.11', 'fd00:96::10'] as const
const OUTSIDE = ['192.0.2.9', '198.51.100.7', '2001:db8::9'] as const
export const ROUTER_MAC = '02-00-5E-00-00-FE'
const SETS = ['some', 'others'] as const

export interface ServiceCase {
  readonly vip: number
  readonly protocol: 'tcp' | 'udp'
  readonly distribution: Distribution
  readonly dsr: boolean
  readonly hidesClient: boolean
  readonly preserveDip: boolean
  readonly pods: readonly number[]
}

export interface WorldCase {
  readonly uplink: boolean
  readonly host: boolean
  readonly services: readonly ServiceCase[]
}

/** Who sends: a pod by its number, the host's endpoint, or the wire behind the uplink. */
export type Sender = number | 'host' | 'uplink'

/** One thing that happens; a list of them is a history. */
export type Happening = { readonly text: string } & (
  | { readonly what: 'packet'; readonly from: Sender; readonly packet: Packet }
  /** One of those who got something answers it: how connections and translations come to life. */
  | { readonly what: 'reply'; readonly to: number; readonly flags: 'natural' | 'PA' | 'FA' | 'RA' }
  | { readonly what: 'again' }
  | { readonly what: 'policies'; readonly pod: number; readonly policies: readonly EndpointPolicy[] }
  | { readonly what: 'network policies'; readonly policies: readonly NetworkAclPolicy[] }
  | { readonly what: 'set'; readonly id: string; readonly values: readonly string[] }
  | { readonly what: 'backends'; readonly service: number; readonly pods: readonly number[] }
  | { readonly what: 'service anew'; readonly service: number }
  | { readonly what: 'time'; readonly seconds: number }
  | { readonly what: 'pod anew'; readonly pod: number }
)

type Untold = Happening extends infer Each ? (Each extends Happening ? Omit<Each, 'text'> : never) : never

const NAMES = PODS.map(({ name }) => name)

function tell(happening: Untold): string {
  switch (happening.what) {
    case 'packet':
      return `${typeof happening.from === 'number' ? `pod ${NAMES[happening.from]}` : happening.from} sends ${formatPacket(happening.packet)}`
    case 'reply':
      return `the receiver of the last but ${happening.to} packet answers (${happening.flags})`
    case 'again':
      return 'the last packet is sent again'
    case 'policies':
      return `pod ${NAMES[happening.pod]} has ${tellPolicies(happening.policies)}`
    case 'network policies':
      return `the network has ${tellPolicies(happening.policies)}`
    case 'set':
      return `set ${happening.id} has ${happening.values.join(', ') || 'nothing'}`
    case 'backends':
      return `service ${happening.service} has the backends ${happening.pods.map((pod) => NAMES[pod]).join(', ') || 'none'}`
    case 'service anew':
      return `service ${happening.service} is deleted and made anew`
    case 'time':
      return `${happening.seconds} s pass`
    case 'pod anew':
      return `pod ${NAMES[happening.pod]} is deleted and made anew, without policies`
  }
}

function tellPolicies(policies: readonly object[]): string {
  return policies.length === 0 ? 'no policies' : policies.map((policy) => JSON.stringify(policy)).join(' ')
}

export function tellWorld({ uplink, host, services }: WorldCase): string {
  return [
    `an l2bridge ${uplink ? 'with' : 'without'} an uplink, ${host ? 'with' : 'without'} a host endpoint`,
    ...services.map(
      ({ vip, protocol, distribution, dsr, hidesClient, preserveDip, pods }, i) =>
        `service ${i}: ${protocol} ${VIPS[vip]}:80 to ${preserveDip ? '80' : '8080'} of ${pods.map((pod) => NAMES[pod]).join(', ') || 'nobody'}, by ${distribution}` +
        `${dsr ? ', DSR' : ''}${hidesClient ? `, source VIP ${SOURCE_VIP}` : ''}${preserveDip ? ', VIP preserved' : ''}`,
    ),
  ].join('\n')
}

export function sourceVipOf({ hidesClient, vip }: ServiceCase): string | undefined {
  return hidesClient && !isIpv6(VIPS[vip] as string) ? SOURCE_VIP : undefined
}

export function isIpv6(address: string): boolean {
  return address.includes(':')
}

export function worlds(): fc.Arbitrary<WorldCase> {
  const service = fc.record({
    vip: fc.nat({ max: VIPS.length - 1 }),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    distribution: fc.constantFrom('connection' as const, 'sourceAddress' as const, 'sourceAddressAndProtocol' as const),
    dsr: fc.boolean(),
    hidesClient: fc.boolean(),
    preserveDip: fc.constantFrom(false, false, false, true),
    pods: podSubset(),
  })
  return fc.record({
    uplink: fc.boolean(),
    host: fc.boolean(),
    services: fc.uniqueArray(service, { maxLength: 3, selector: ({ vip, protocol }) => `${vip} ${protocol}` }),
  })
}

export function histories(maxLength: number): fc.Arbitrary<readonly Happening[]> {
  const pod = fc.nat({ max: PODS.length - 1 })
  const flags = fc.constantFrom('natural' as const, 'natural' as const, 'natural' as const, 'PA' as const, 'FA' as const, 'RA' as const)
  const happening: fc.Arbitrary<Untold> = fc.oneof(
    { weight: 8, arbitrary: ipPackets() },
    { weight: 1, arbitrary: neighborPackets() },
    { weight: 12, arbitrary: fc.record({ what: fc.constant('reply' as const), to: fc.constantFrom(0, 0, 0, 1, 2), flags }) },
    { weight: 1, arbitrary: fc.constant({ what: 'again' as const }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('policies' as const), pod, policies: endpointPolicies() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('network policies' as const), policies: networkPolicies() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('set' as const),
        id: fc.constantFrom(...SETS),
        values: fc.subarray([...PODS.flatMap(({ addresses }) => addresses), ...VIPS, '10.1.0.4/31', '192.0.2.0/24'], { maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('backends' as const), service: fc.nat({ max: 2 }), pods: podSubset() }) },
    { weight: 0.5 * 2, arbitrary: fc.record({ what: fc.constant('service anew' as const), service: fc.nat({ max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('time' as const), seconds: fc.constantFrom(30, 100, 239, 241) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('pod anew' as const), pod }) },
  )
  const told = happening.map((untold): Happening => {
    const text = tell(untold)
    return Object.assign({ ...untold, text } as Happening, { [fc.toStringMethod]: () => text })
  })
  return fc.array(told, { minLength: 1, maxLength })
}

function podSubset(): fc.Arbitrary<number[]> {
  return fc.uniqueArray(fc.nat({ max: PODS.length - 1 }), { maxLength: 3 })
}

/** Clients' and servers' ports are apart: nobody calls from the port he serves. */
const CLIENT_PORTS = [31337, 31338] as const
const SERVER_PORTS = [80, 8080] as const

function ipPackets(): fc.Arbitrary<Untold> {
  const from = fc.constantFrom<Sender[]>(0, 0, 1, 1, 2, 2, 'host', 'uplink')
  const payload = fc.constantFrom(undefined, new Uint8Array([1, 2, 3]), new Uint8Array(8).fill(0xff))
  return fc
    .record({
      from,
      family: fc.constantFrom(4, 4, 4, 6),
      kind: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'gre'),
      flags: fc.constantFrom('S', 'S', 'S', 'S', 'A', 'PA'),
      to: fc.nat({ max: 99 }),
      outsider: fc.nat({ max: 1 }),
      sourcePort: fc.constantFrom(...CLIENT_PORTS),
      destinationPort: fc.constantFrom(...SERVER_PORTS),
      payload,
      ttl: fc.constantFrom(64, 64, 1, 255),
    })
    .map(({ from, family, kind, flags, to, outsider, sourcePort, destinationPort, payload, ttl }): Untold => {
      const six = family === 6 && from !== 'host'
      const ofFamily = (address: string) => isIpv6(address) === six
      // What is for the stack itself leaves no stack.
      const pods = PODS.filter((_, pod) => pod !== from)
        .flatMap(({ addresses }) => addresses)
        .filter(ofFamily)
      const vips = VIPS.filter(ofFamily)
      const outside = OUTSIDE.filter(ofFamily)
      const destinations = [
        ...pods,
        ...vips,
        ...vips,
        ...(from === 'uplink' ? [NODE, NAT_ADDRESS].filter(ofFamily) : [...outside, ...(six || from === 'host' ? [] : [NODE])]),
      ]
      const source =
        from === 'uplink'
          ? (outside[outsider % outside.length] as string)
          : from === 'host'
            ? NODE
            : (PODS[from]?.addresses[six ? 1 : 0] as string)
      const destination = destinations[to % destinations.length] as string
      const addresses = { source, destination, ...(ttl === 64 ? {} : { ttl }) }
      const extras = payload === undefined ? {} : { payload }
      const packet: Packet =
        kind === 'tcp'
          ? { kind, ...addresses, sourcePort, destinationPort, flags, ...(flags === 'PA' ? extras : {}) }
          : kind === 'udp'
            ? { kind, ...addresses, sourcePort, destinationPort, ...extras }
            : kind === 'icmp'
              ? { kind, ...addresses, type: six ? 128 : 8, id: sourcePort, seq: 1, ...extras }
              : { kind: 'ip', ...addresses, protocol: 47, payload: new Uint8Array(8) }
      return { what: 'packet', from, packet }
    })
}

function neighborPackets(): fc.Arbitrary<Untold> {
  const asked = fc.constantFrom('10.1.0.1', 'fd00::1', '10.1.0.77', 'fd00::77', ...PODS.flatMap(({ addresses }) => addresses))
  return fc.tuple(fc.constantFrom<Sender[]>(0, 1, 2, 'uplink'), asked).map(([from, target]): Untold => {
    const six = isIpv6(target)
    const source = from === 'uplink' ? (six ? 'fd00::200' : '10.1.0.200') : (PODS[from as number]?.addresses[six ? 1 : 0] as string)
    return { what: 'packet', from, packet: parsePacket(`${six ? 'nd' : 'arp'} who-has ${target} tell ${source}`) }
  })
}

function conditions() {
  const addresses = fc.option(
    fc.subarray([...PODS.flatMap(({ addresses: [v4, v6] }) => [v4, v6]), '10.96.0.0/16', '192.0.2.0/24', '0.0.0.0/0', 'fd00::/64'], {
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  )
  const ports = fc.option(fc.subarray(['80', '8080', '31337-31338'], { minLength: 1, maxLength: 2 }), { nil: undefined })
  return { addresses, ports }
}

function acls(): fc.Arbitrary<AclPolicy> {
  const { addresses, ports } = conditions()
  const sets = fc.option(fc.subarray([...SETS, 'nested'], { minLength: 1, maxLength: 2 }), { nil: undefined })
  return fc
    .record({
      action: fc.constantFrom('allow' as const, 'allow' as const, 'block' as const),
      direction: fc.constantFrom('in' as const, 'out' as const),
      protocol: fc.constantFrom(undefined, undefined, 'tcp' as const, 'udp' as const, 'icmp' as const),
      who: fc.oneof(
        { weight: 3, arbitrary: fc.record({ remoteAddresses: addresses }) },
        { weight: 1, arbitrary: fc.record({ localAddresses: addresses }) },
        { weight: 1, arbitrary: fc.record({ sourceSets: sets, destinationSets: sets }) },
      ),
      localPorts: ports,
      remotePorts: ports,
      priority: fc.integer({ min: 1, max: 6 }),
      ruleType: fc.constantFrom(undefined, undefined, undefined, 'host' as const),
    })
    .map(({ who, ...rule }) => {
      const { localPorts: _, remotePorts: __, ...portless } = rule
      return acl({ ...(rule.protocol === 'icmp' ? portless : rule), ...who })
    })
}

function tiers(): fc.Arbitrary<readonly TierAclPolicy[]> {
  const { addresses, ports } = conditions()
  const rule = fc
    .record({
      action: fc.constantFrom('allow' as const, 'block' as const, 'pass' as const),
      protocols: fc.constantFrom(undefined, ['tcp' as const], ['tcp' as const, 'udp' as const]),
      remoteAddresses: addresses,
      localPorts: ports,
      priority: fc.integer({ min: 1, max: 50 }),
    })
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as TierAclRule)
  const tier = fc
    .record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      order: fc.integer({ min: 1, max: 9 }),
      rules: fc.uniqueArray(rule, { minLength: 1, maxLength: 3, selector: ({ priority }) => priority }),
    })
    .map((given): TierAclPolicy => ({ kind: 'tierAcl', ...given }))
  return fc.uniqueArray(tier, { maxLength: 3, selector: ({ order, direction }) => `${order} ${direction}` })
}

function endpointPolicies(): fc.Arbitrary<readonly EndpointPolicy[]> {
  const nats: fc.Arbitrary<readonly OutboundNatPolicy[]> = fc.constantFrom<(readonly OutboundNatPolicy[])[]>(
    [],
    [],
    [outboundNat({ vip: NAT_ADDRESS })],
    [outboundNat({ vip: NAT_ADDRESS, exceptions: ['10.0.0.0/8'] })],
    [outboundNat({ vip: NAT_ADDRESS, destinations: ['198.51.100.0/24', '10.1.0.4/31'] })],
    [outboundNat({ vip: NAT_ADDRESS, exceptions: ['10.1.0.0/16'] }), outboundNat({ vip: SOURCE_VIP, destinations: ['10.1.0.5'] })],
  )
  const mappings: fc.Arbitrary<readonly PortMappingPolicy[]> = fc.constantFrom<(readonly PortMappingPolicy[])[]>(
    [],
    [],
    [],
    [portMapping({ protocol: 'tcp', external: 8080, internal: 80, vip: NODE })],
  )
  return fc
    .record({
      acls: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(acls(), { maxLength: 4 }) }),
      tiers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: tiers() }),
      rest: fc.constantFrom(true, true, false),
      nats,
      mappings,
    })
    .map(({ acls: own, tiers: ownTiers, rest, nats: ownNats, mappings: ownMappings }) => [
      ...own,
      ...ownTiers,
      ...(rest && own.length + ownTiers.length > 0 ? ALLOW_THE_REST : []),
      ...ownNats,
      ...ownMappings,
    ])
}

/** A network has no two equal ACLs. */
function networkPolicies(): fc.Arbitrary<readonly NetworkAclPolicy[]> {
  return fc
    .tuple(
      fc.uniqueArray(acls(), { maxLength: 3, selector: ({ ruleType: _, ...rule }) => JSON.stringify(rule) }),
      fc.constantFrom(true, true, false),
    )
    .map(([own, rest]) =>
      [...own, ...(rest && own.length > 0 ? ALLOW_THE_REST : [])].map((policy) => {
        // What a Host rule of a whole network is, no source says.
        const { ruleType: _, ...ofSwitch } = policy as AclPolicy
        return { ...ofSwitch, kind: 'networkAcl' } as NetworkAclPolicy
      }),
    )
}
