import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Endpoint, type HcnErrorCode, HostNetworking, type LoadBalancerSpec, type Network, portMapping } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const VIP = '10.96.0.80'
const PORTS = [{ protocol: 'tcp', external: 80, internal: 8080 }] as const

describe('load balancers', () => {
  let hns: HostNetworking
  let network: Network
  let web: Endpoint

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    web = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
  })
  afterEach(() => hns.close())

  it('are read back as they were made, backends in upper case', async () => {
    const loadBalancer = await hns.loadBalancers.create({
      frontendVips: [VIP],
      backends: [web],
      ports: [
        { protocol: 'tcp', external: 80, internal: 8080, distribution: 'sourceAddress', internalLoadBalancer: true, preserveDip: true },
      ],
      dsr: true,
    })

    assert.deepEqual(loadBalancer.frontendVips, [VIP])
    assert.deepEqual(loadBalancer.backends, [web.id.toUpperCase()])
    assert.deepEqual(loadBalancer.document.PortMappings, [
      { Protocol: 6, ExternalPort: 80, InternalPort: 8080, DistributionType: 2, Flags: 9 },
    ])
    assert.equal(loadBalancer.document.Flags, 1)
  })

  it('get the IPv6 flag with an IPv6 VIP', async () => {
    const loadBalancer = await hns.loadBalancers.create({ frontendVips: ['fd00:96::80'], backends: [], ports: PORTS })

    assert.equal(loadBalancer.document.Flags, 2)
  })

  it('are updated in place, the rest staying as it was', async () => {
    const other = await hns.endpoints.create({ network })
    const loadBalancer = await hns.loadBalancers.create({ name: 'web', owner: 'test', frontendVips: [VIP], backends: [web], ports: PORTS })

    await loadBalancer.update({ backends: [web, other] })

    assert.equal(loadBalancer.backends.length, 2)
    assert.equal(loadBalancer.document.Owner, 'test')
    const again = await hns.loadBalancers.open(loadBalancer.id)
    assert.deepEqual(again.document, loadBalancer.document)
  })

  it('give their frontend away when they are deleted, also to one of the same id', async () => {
    const spec: LoadBalancerSpec = { id: randomUUID(), frontendVips: [VIP], backends: [web], ports: PORTS }
    const first = await hns.loadBalancers.create(spec)
    await first.delete()

    const second = await hns.loadBalancers.create(spec)

    assert.equal(second.id.toLowerCase(), spec.id)
  })

  it('lose a backend that is deleted, and stay', async () => {
    const loadBalancer = await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS })

    await web.delete()

    await loadBalancer.query()
    assert.deepEqual(loadBalancer.backends, [])
  })

  it('are deleted without touching their backends', async () => {
    const loadBalancer = await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS })

    await loadBalancer.delete()

    await web.query()
    assert.deepEqual(await hns.loadBalancers.list(), [])
  })

  const refusals: readonly [string, Partial<LoadBalancerSpec>, HcnErrorCode, RegExp][] = [
    ['no ports', { ports: [] }, 'ERR_INVALID_ARGUMENT', /at least one port/],
    ['ICMP', { ports: [{ protocol: 'icmp' as 'tcp', external: 1 }] }, 'ERR_INVALID_ARGUMENT', /'tcp' or 'udp'/],
    ['an external port of 0', { ports: [{ protocol: 'tcp', external: 0 }] }, 'ERR_INVALID_ARGUMENT', /ports\[0\]\.external is `0`/],
    ['VIPs of two families', { frontendVips: [VIP, 'fd00::1'] }, 'ERR_INVALID_ARGUMENT', /other family/],
    ['a VIP that is none', { frontendVips: ['web.example'] }, 'ERR_INVALID_ARGUMENT', /frontendVips\[0\]/],
    ['a backend that is none', { backends: [{} as Endpoint] }, 'ERR_INVALID_ARGUMENT', /backends\[0\]/],
    ['a backend nobody has', { backends: [randomUUID()] }, 'HCN_E_ENDPOINT_NOT_FOUND', /endpoint/],
    ['a VIP, port and protocol that are taken', { frontendVips: ['10.96.0.99'] }, 'ERROR_ALREADY_EXISTS', /10\.96\.0\.99/],
    ['a multicast VIP', { frontendVips: ['224.0.0.1'] }, 'ERROR_INVALID_PARAMETER', /224\.0\.0\.1/],
    [
      'a host port that a port mapping has',
      { frontendVips: [], ports: [{ protocol: 'tcp', external: 8000 }] },
      'HCN_E_PORT_ALREADY_EXISTS',
      /8000/,
    ],
  ]
  for (const [what, change, code, message] of refusals) {
    it(`refuse ${what}, and change nothing`, async () => {
      await hns.loadBalancers.create({ frontendVips: ['10.96.0.99'], backends: [], ports: PORTS })
      await web.addPolicies([portMapping({ protocol: 'tcp', external: 8000, internal: 80 })])

      await rejects(hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS, ...change }), code, message)

      assert.equal((await hns.loadBalancers.list()).length, 1)
    })
  }

  it('have the same VIP for another port or protocol', async () => {
    await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS })
    await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: [{ protocol: 'udp', external: 80 }] })
    await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: [{ protocol: 'tcp', external: 81 }] })

    assert.equal((await hns.loadBalancers.list()).length, 3)
  })
})
