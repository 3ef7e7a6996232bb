import fc from 'fast-check'
import type { Field, ListedGroup, ListedLayer, ListedRule } from '../../../lib/vfpctrl/listed.js'
import type { VfpExplanation, VfpFlow, VfpLayer, VfpRule, VfpTransposition, VfpTuple } from '../../../types/index.js'

/** A name as people give them: printable, no blanks at its ends, colons and braces welcome. */
export const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019 _-.:{}/<>=,é漢'), maxLength: 24 }).map((text) => text.trim())

const number = fc.nat(2 ** 31)
const fieldName = fc.constantFrom('Tag', 'Source MAC', 'Gre key', 'Isolation id')
const octet = fc.nat(255)
export const ipv4 = fc.tuple(octet, octet, octet, octet).map((bytes) => bytes.join('.'))
const ipv6 = fc.nat(0xffff).map((word) => (word === 0 ? 'fd00::' : `fd00::${word.toString(16)}`))
const mac = fc
  .array(octet, { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('-'))
const port = fc.nat(65535)

const conditions: fc.Arbitrary<readonly Field[]> = fc.uniqueArray(
  fc.oneof(
    fc.tuple(fc.constant('Source IP'), ipv4),
    fc.tuple(fc.constant('Destination IP'), ipv6),
    fc.tuple(fc.constant('Protocols'), fc.constantFrom('6', '6,17', '1')),
    fc.tuple(fc.constant('Destination ports'), fc.constantFrom('80', '80,90-95')),
    fc.tuple(fieldName, name),
  ),
  { selector: ([key]) => key, maxLength: 5 },
)

const others: fc.Arbitrary<readonly Field[]> = fc.uniqueArray(
  // What has no value begins a list.
  fc.tuple(
    fc.constantFrom('Counter id', 'Tag id'),
    name.filter((text) => text !== ''),
  ),
  { selector: ([key]) => key, maxLength: 2 },
)

const listedRule: fc.Arbitrary<ListedRule> = fc.record({
  id: name,
  friendlyName: name,
  priority: number,
  flags: number,
  type: fc.constantFrom('allow', 'block', 'lbnat', 'mapencap', 'transposition'),
  conditions,
  flowTtl: fc.option(number, { nil: undefined }),
  data: fc.array(
    fc.oneof(
      fc.constantFrom('DIP Range', '{ 10.1.0.7 : 8080 }', 'Modify:', 'VLAN ID: 0', 'RULE : none'),
      name.filter((text) => text !== '' && !/^=+$/.test(text)),
    ),
    { maxLength: 3 },
  ),
  flagsEx: fc.option(number, { nil: undefined }),
  others,
})

const listedGroup: fc.Arbitrary<ListedGroup> = fc.record({
  id: name,
  friendlyName: name,
  priority: number,
  direction: fc.constantFrom('OUT' as const, 'IN' as const),
  type: fc.constantFrom('IPv4' as const, 'IPv6' as const),
  conditions,
  matchType: fc.constantFrom('Priority-based match', 'Longest prefix match'),
  rules: fc.array(listedRule, { maxLength: 4 }),
  others,
})

export const listedLayer: fc.Arbitrary<ListedLayer> = fc.record({
  id: name,
  friendlyName: name,
  flags: number,
  flagWords: fc.constantFrom('', 'stateful', 'default-allow stateless'),
  priority: number,
  groups: fc.array(listedGroup, { maxLength: 3 }),
  others,
})

const backends = fc
  .array(fc.tuple(fc.oneof(ipv4, ipv6), fc.nat(65535)), { maxLength: 3 })
  .map((list) =>
    list.length === 0
      ? 'no backends'
      : list
          .map(([address, target]) => `${address.includes(':') ? `[${address}]` : address}${target === 0 ? '' : `:${target}`}`)
          .join(', '),
  )
const action = fc.oneof(
  fc.constantFrom({ action: 'allow', data: '' }, { action: 'block', data: '' }, { action: 'nat', data: 'destination 10.1.0.7 port 8080' }),
  fc.constant({ action: 'dynnat', data: '192.0.2.1 ports 1024-2047' }),
  fc
    .tuple(backends, fc.constantFrom('', ' from 10.1.0.2'), fc.constantFrom('', ', destination kept'))
    .map(([list, from, kept]) => ({ action: 'lbnat', data: `${list}${from}${kept}` })),
)

export const rule: fc.Arbitrary<VfpRule> = fc
  .record({
    id: name.filter((id) => id !== ''),
    name,
    priority: fc.nat(65535),
    flags: fc.nat(3),
    action,
    conditions: fc.record(
      {
        protocols: fc.array(octet, { minLength: 1, maxLength: 3 }),
        sources: fc.array(
          fc.oneof(
            ipv4.map((address) => `${address}/32`),
            ipv4.map((address) => `${address}/8`),
            ipv6.map((address) => `${address}/128`),
          ),
          { minLength: 1, maxLength: 3 },
        ),
        destinations: fc.array(
          ipv4.map((address) => `${address}/24`),
          { minLength: 1, maxLength: 2 },
        ),
        sourcePorts: fc.array(fc.constantFrom('80', '1-65535'), { minLength: 1, maxLength: 2 }),
        destinationPorts: fc.array(fc.constantFrom('443', '90-95'), { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    matchedPackets: number,
    droppedPackets: number,
  })
  .map(({ action: { action: kind, data }, ...rest }) => ({ ...rest, action: kind, data }))

export const layer: fc.Arbitrary<VfpLayer> = fc.record({
  id: name.filter((id) => id !== ''),
  priority: fc.nat(65535),
  stateful: fc.constant(true),
  defaultAllow: fc.boolean(),
  groups: fc.array(
    fc.record({
      id: name.filter((id) => id !== ''),
      priority: fc.nat(65535),
      direction: fc.constantFrom('out' as const, 'in' as const),
      family: fc.constantFrom(4 as const, 6 as const),
      shared: fc.constant(false),
      rules: fc.array(rule, { maxLength: 4 }),
    }),
    { maxLength: 3 },
  ),
})

const change: fc.Arbitrary<VfpTransposition> = fc.record(
  { sourceMac: mac, destinationMac: mac, source: ipv4, destination: ipv6, sourcePort: port, destinationPort: port, ttlDecrement: octet },
  { requiredKeys: [] },
)
const key = fc.record({ source: ipv4, destination: ipv4, protocol: octet, sourcePort: port, destinationPort: port })
const tuple: fc.Arbitrary<VfpTuple> = fc.record({
  sourceMac: mac,
  destinationMac: mac,
  source: ipv6,
  destination: ipv6,
  protocol: octet,
  sourcePort: port,
  destinationPort: port,
})
const side = fc.record({ key, change, packets: number, bytes: number })
const direction = fc.constantFrom('out' as const, 'in' as const)

export const flow: fc.Arbitrary<VfpFlow> = fc.record({
  port: fc.uuid(),
  initiator: direction,
  state: fc.constantFrom('established', 'syn-sent'),
  current: fc.boolean(),
  out: side,
  in: side,
  idleMilliseconds: number,
  expiresInMilliseconds: number,
  decisions: fc.array(fc.record({ layer: name, rule: name, action: name, detail: name }), { maxLength: 3 }),
})

export const explanation: fc.Arbitrary<VfpExplanation> = fc
  .record({
    verdict: fc.constantFrom('forward' as const, 'drop' as const, 'answered' as const),
    reason: fc.option(fc.record({ name: fc.constantFrom('acl-blocked', 'no-backend'), number: octet }), { nil: undefined }),
    deliverTo: fc.array(fc.uuid(), { maxLength: 3 }),
    cached: fc.boolean(),
    steps: fc.array(
      fc
        .record({
          port: fc.uuid(),
          direction,
          layer: name,
          group: name,
          rule: fc.option(fc.record({ id: name, name, priority: number }), { nil: undefined }),
          action: name,
          detail: name,
          change,
          before: tuple,
          after: tuple,
        })
        .map(({ rule: matched, ...step }) => (matched === undefined ? step : { ...step, rule: matched })),
      { maxLength: 4 },
    ),
    finalTuple: tuple,
  })
  .map(({ reason, ...rest }) => (reason === undefined ? rest : { ...rest, reason }))
