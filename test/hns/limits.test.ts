import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../support/wire-host.js'

const many = <Item>(count: number, make: (i: number) => Item): Item[] => Array.from({ length: count }, (_, i) => make(i))
/** The i-th of 65536 different addresses of 10.1.0.0/16 (or another second octet). */
const address = (i: number, octet = 1) => `10.${octet}.${i >> 8}.${i & 255}`
const acl = (more: object = {}) => ({ Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In', Priority: 100, ...more } })

interface Limit {
  readonly what: string
  /** As docs/support.md says it. */
  readonly most: number
  readonly code: string
  readonly make: (count: number) => Promise<unknown>
}

describe('object limits', function () {
  this.timeout(60_000)
  let host: WireHost
  let network: NativeHandle
  let made: readonly string[] = []

  beforeEach(async () => {
    host = await WireHost.open('latest')
    network = await host.network()
    made = []
  })
  afterEach(() => host.close())

  const createNetwork = (members: object) =>
    host.native.createNetwork(
      randomUUID(),
      JSON.stringify({ Name: 'other', Type: 'L2Bridge', SchemaVersion: { Major: 2, Minor: 0 }, ...members }),
    )
  const createEndpoint = (members: object) => host.native.createEndpoint(network, randomUUID(), JSON.stringify(members))
  const createLoadBalancer = (members: object) =>
    host.native.createLoadBalancer(
      randomUUID(),
      JSON.stringify({ FrontendVIPs: ['10.96.0.1'], PortMappings: [{ Protocol: 6, InternalPort: 80, ExternalPort: 80 }], ...members }),
    )
  const createRoute = (members: object) =>
    host.native.createSdnRoute(randomUUID(), JSON.stringify({ Routes: [{ DestinationPrefix: '10.9.0.0/16' }], ...members }))
  const endpoints = async (count: number): Promise<string[]> => {
    const ids = many(count, (i) => made[i] ?? randomUUID())
    // MACs of their own: the network's pool has 4096.
    const MacAddress = (i: number) => `02-00-00-00-${[i >> 8, i & 255].map((byte) => byte.toString(16).padStart(2, '0')).join('-')}`
    const create = (id: string, i: number) => host.native.createEndpoint(network, id, JSON.stringify({ MacAddress: MacAddress(i) }))
    await Promise.all(ids.map((id, i) => (made[i] === undefined ? create(id, i) : undefined)))
    if (ids.length > made.length) made = ids
    return ids
  }
  const subnet = (i: number) => ({
    IpAddressPrefix: `10.${i}.0.0/16`,
    Routes: [{ NextHop: `10.${i}.0.1`, DestinationPrefix: '0.0.0.0/0' }],
  })
  const mac = (i: number) => `00-15-5D-00-${i.toString(16).padStart(2, '0')}-00`

  const limits: readonly Limit[] = [
    {
      what: 'subnets in a network',
      most: 64,
      code: 'HCN_E_INVALID_NETWORK',
      make: (count) => createNetwork({ Ipams: [{ Type: 'Static', Subnets: many(count, subnet) }] }),
    },
    {
      what: 'IP subnets in a subnet',
      most: 16,
      code: 'HCN_E_INVALID_SUBNET',
      make: (count) =>
        createNetwork({
          Ipams: [{ Subnets: [{ ...subnet(1), IpSubnets: many(count, (i) => ({ IpAddressPrefix: `10.1.${i}.0/24` })) }] }],
        }),
    },
    {
      what: 'ranges in a MAC pool',
      most: 64,
      code: 'HCN_E_INVALID_NETWORK',
      make: (count) =>
        createNetwork({
          Ipams: [{ Subnets: [subnet(1)] }],
          MacPool: { Ranges: many(count, (i) => ({ StartMacAddress: mac(i), EndMacAddress: mac(i) })) },
        }),
    },
    {
      what: 'addresses of an endpoint',
      most: 16,
      code: 'HCN_E_INVALID_ENDPOINT',
      make: (count) => createEndpoint({ IpConfigurations: many(count, (i) => ({ IpAddress: address(i + 10) })) }),
    },
    {
      what: 'routes of an endpoint',
      most: 256,
      code: 'HCN_E_INVALID_ENDPOINT',
      make: (count) =>
        createEndpoint({
          Routes: many(count, (i) => ({ NextHop: '10.1.0.1', DestinationPrefix: `${address(i, 9)}/32` })),
        }),
    },
    {
      what: 'ACLs of an endpoint',
      most: 4096,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) => createEndpoint({ Policies: many(count, (i) => acl({ RemoteAddresses: address(i) })) }),
    },
    {
      what: 'ACLs of a network',
      most: 4096,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) => createNetwork({ Policies: many(count, (i) => ({ ...acl({ RemoteAddresses: address(i) }), Type: 'NetworkACL' })) }),
    },
    {
      what: 'tiers of an endpoint',
      most: 64,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) =>
        createEndpoint({
          Policies: many(count, (i) => ({ Type: 'TierAcl', Settings: { Direction: 'In', Order: i, TierAclRules: [] } })),
        }),
    },
    {
      what: 'prefixes on one side of an ACL',
      most: 1024,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) => createEndpoint({ Policies: [acl({ RemoteAddresses: many(count, (i) => address(i)).join(',') })] }),
    },
    {
      what: 'ranges of ports on one side of an ACL',
      most: 256,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) => createEndpoint({ Policies: [acl({ Protocols: '6', LocalPorts: many(count, (i) => String(2 * i + 1)).join(',') })] }),
    },
    {
      what: 'exceptions of an OutBoundNAT',
      most: 1024,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) => createEndpoint({ Policies: [{ Type: 'OutBoundNAT', Settings: { Exceptions: many(count, (i) => address(i, 9)) } }] }),
    },
    {
      what: 'policies of an object',
      most: 8192,
      code: 'HCN_E_INVALID_POLICY',
      make: (count) =>
        createEndpoint({
          Policies: many(count, (i) => ({ Type: 'SDNRoute', Settings: { DestinationPrefix: `${address(i, 9)}/32` } })),
        }),
    },
    {
      what: 'containers in a namespace',
      most: 1024,
      code: 'HCN_E_NAMESPACE_ATTACH_FAILED',
      make: (count) =>
        host.native.createNamespace(
          randomUUID(),
          JSON.stringify({ Resources: many(count, (i) => ({ Type: 'Container', Data: { Id: `c${i}` } })) }),
        ),
    },
    {
      what: 'endpoints in a namespace',
      most: 16,
      code: 'HCN_E_NAMESPACE_ATTACH_FAILED',
      make: async (count) =>
        host.native.createNamespace(
          randomUUID(),
          JSON.stringify({ Resources: (await endpoints(count)).map((Id) => ({ Type: 'Endpoint', Data: { Id } })) }),
        ),
    },
    {
      what: 'backends of a load balancer',
      most: 4096,
      code: 'ERROR_INVALID_PARAMETER',
      make: async (count) => createLoadBalancer({ HostComputeEndpoints: await endpoints(count) }),
    },
    {
      what: 'VIPs of a load balancer',
      most: 64,
      code: 'ERROR_INVALID_PARAMETER',
      make: (count) => createLoadBalancer({ FrontendVIPs: many(count, (i) => address(i, 96)) }),
    },
    {
      what: 'port mappings of a load balancer',
      most: 256,
      code: 'ERROR_INVALID_PARAMETER',
      make: (count) => createLoadBalancer({ PortMappings: many(count, (i) => ({ Protocol: 6, InternalPort: 1, ExternalPort: i + 1 })) }),
    },
    {
      what: 'endpoints of an SDN route',
      most: 4096,
      code: 'ERROR_INVALID_PARAMETER',
      make: async (count) => createRoute({ HostComputeEndpoints: await endpoints(count) }),
    },
    {
      what: 'routes of an SDN route',
      most: 256,
      code: 'ERROR_INVALID_PARAMETER',
      make: (count) => createRoute({ Routes: many(count, (i) => ({ DestinationPrefix: `${address(i, 9)}/32` })) }),
    },
  ]
  for (const { what, most, code, make } of limits) {
    it(`are ${most} ${what}: as many are taken, one more is ${code}`, async () => {
      assert.equal(await codeOf(make(most + 1)), code)
      assert.equal(await codeOf(make(most)), 'OK')
    })
  }

  it('are there for what a change adds to, too', async () => {
    const endpoint = await createEndpoint({ Policies: many(4095, (i) => acl({ RemoteAddresses: address(i) })) })
    const add = (count: number) =>
      codeOf(
        host.native.modifyEndpoint(
          endpoint,
          JSON.stringify({ ResourceType: 'Policy', RequestType: 'Add', Settings: { Policies: many(count, () => acl()) } }),
        ),
      )

    assert.equal(await add(2), 'HCN_E_INVALID_POLICY')
    assert.equal(await add(1), 'OK')
    assert.equal(((await host.endpointDocument(endpoint)).Policies as unknown[]).length, 4096)
  })
})
