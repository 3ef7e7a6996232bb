import assert from 'node:assert/strict'
import { type Endpoint, HostNetworking, type Network } from '../../lib/index.js'

/** What somebody tries who has not read everything: the message says what to write instead. */
describe('a first mistake', () => {
  let hns: HostNetworking
  let network: Network
  let web: Endpoint

  before(async () => {
    hns = await HostNetworking.open({ provider: 'embedded' })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    web = await hns.endpoints.create({ network, name: 'web' })
  })
  after(() => hns.close())

  /** As a JavaScript program would write it. */
  const untyped = <Value>(value: unknown) => value as Value

  const mistakes: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['opening by name', () => hns.networks.open('pods'), /^id is `pods`: .*; find\(\{ name \}\) goes by name$/],
    ['finding by a bare name', () => hns.networks.find(untyped('pods')), /^find is `pods`: \{ name \} is wanted$/],
    ["a network's name for its id", () => hns.endpoints.create({ network: 'pods' }), /hns\.networks\.get\(\{ name \}\) gives a network/],
    [
      'an endpoint for a network',
      () => hns.endpoints.create({ network: untyped(web) }),
      /^endpoint\.network is .*: a Network or its id is wanted$/,
    ],
    [
      'no subnets',
      () => hns.networks.create(untyped({ name: 'other' })),
      /^network\.subnets is `undefined`: a list such as `\[\{ prefix: /,
    ],
    ['a prefix for the id of a subnet', () => network.removeSubnets(['10.1.0.0/16']), /; `subnets` of the network tells ids and prefixes$/],
    ["HCN's document for a policy", () => web.addPolicies([untyped({ Type: 'ACL', Settings: {} })]), /decodeEndpointPolicy\(\)/],
    ["HCN's document for a network's policy", () => network.addPolicies([untyped({ Type: 'VxlanPort' })]), /decodeNetworkPolicy\(\)/],
  ]
  for (const [mistake, make, message] of mistakes) {
    it(`is told what to write instead: ${mistake}`, () => assert.rejects(make, { code: 'ERR_INVALID_ARGUMENT', message }))
  }
})
