import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  acl,
  type Endpoint,
  type EndpointSpec,
  type HcnErrorCode,
  HostNetworking,
  interfaceParameters,
  type Network,
  outboundNat,
  portMapping,
  portName,
  providerAddress,
  unknownPolicy,
} from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

describe('endpoints', () => {
  let hns: HostNetworking
  let network: Network

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.networks.create({
      name: 'pods',
      subnets: [
        { prefix: '10.1.0.0/24', gateway: '10.1.0.1' },
        { prefix: 'fd00::/64', gateway: 'fd00::1' },
      ],
      dns: { servers: ['10.96.0.10'], search: ['svc.cluster.local'] },
    })
  })
  afterEach(() => hns.close())

  it('need no more than a network: address, MAC, route and DNS are filled in', async () => {
    const endpoint = await hns.endpoints.create({ network })

    assert.equal(endpoint.addresses.length, 2)
    assert.match(endpoint.addresses[0] ?? '', /^10\.1\.0\.\d+$/)
    assert.match(endpoint.addresses[1] ?? '', /^fd00::/)
    assert.match(endpoint.macAddress, /^00-15-5D-/)
    assert.deepEqual(
      endpoint.document.Routes?.map(({ NextHop, DestinationPrefix }) => `${DestinationPrefix} ${NextHop}`),
      ['0.0.0.0/0 10.1.0.1', '::/0 fd00::1'],
    )
    assert.deepEqual(endpoint.dns, { servers: ['10.96.0.10'], search: ['svc.cluster.local'] })
    assert.equal(endpoint.state, 'created')
    assert.equal(endpoint.namespaceId, undefined)
  })

  it('keep what they are given', async () => {
    const endpoint = await hns.endpoints.create({
      network,
      name: 'web',
      addresses: ['10.1.0.4', 'FD00::4'],
      macAddress: '00-15-5d-aB-cD-eF',
      dns: { domain: 'shop.local' },
      routes: [{ destination: '192.168.0.0/16', nextHop: '10.1.0.9', metric: 7 }],
    })

    assert.deepEqual(endpoint.addresses, ['10.1.0.4', 'fd00::4'])
    assert.deepEqual(
      endpoint.document.IpConfigurations?.map(({ PrefixLength }) => PrefixLength),
      [24, 64],
    )
    assert.equal(endpoint.macAddress, '00-15-5d-aB-cD-eF')
    assert.deepEqual(endpoint.dns, { domain: 'shop.local' })
    assert.deepEqual(endpoint.document.Routes?.[0], { NextHop: '10.1.0.9', DestinationPrefix: '192.168.0.0/16', Metric: 7 })
  })

  it('never get .1 or .2, the network or the broadcast address by themselves', async () => {
    // 256 less network, broadcast, .1 and .2.
    const endpoints: Endpoint[] = []
    for (let i = 0; i < 252; i++) endpoints.push(await hns.endpoints.create({ network, addresses: [], name: `pod-${i}` }))

    const last = endpoints.map(({ addresses }) => Number(addresses.find((address) => address.includes('.'))?.split('.')[3]))
    assert.deepEqual(
      last.sort((a, b) => a - b),
      Array.from({ length: 252 }, (_, i) => i + 3),
    )
  })

  it('get .2 when they ask for it', async () => {
    const endpoint = await hns.endpoints.create({ network, addresses: ['10.1.0.2'] })

    assert.deepEqual(endpoint.addresses, ['10.1.0.2'])
  })

  it('may share a name', async () => {
    await hns.endpoints.create({ network, name: 'web' })
    await hns.endpoints.create({ network, name: 'web' })

    assert.equal((await network.endpoints()).length, 2)
  })

  it('give their address and their MAC back when they go', async () => {
    const spec = { network, addresses: ['10.1.0.4'], macAddress: '00-15-5D-00-00-04' }
    const first = await hns.endpoints.create(spec)
    await first.delete()

    const second = await hns.endpoints.create(spec)

    assert.deepEqual(second.addresses, first.addresses)
  })

  it('have a port of the switch from the beginning to the end', async () => {
    const endpoint = await hns.endpoints.create({ network, name: 'web', addresses: ['10.1.0.4'] })
    const ofEndpoint = async () => (await hns.vfp.ports()).filter(({ id }) => id.toLowerCase() === endpoint.id.toLowerCase())

    const [port] = await ofEndpoint()
    assert.equal(port?.kind, 'endpoint')
    assert.equal(port?.macAddress.toLowerCase(), endpoint.macAddress.toLowerCase())
    assert.deepEqual(port?.addresses, ['10.1.0.4'])

    await endpoint.delete()
    assert.deepEqual(await ofEndpoint(), [])
  })

  it('are listed by their network', async () => {
    const other = await hns.networks.create({ name: 'other', subnets: [{ prefix: '10.2.0.0/24', gateway: '10.2.0.1' }] })
    const here = await hns.endpoints.create({ network })
    const there = await hns.endpoints.create({ network: other.id })

    assert.deepEqual(
      (await network.endpoints()).map(({ id }) => id),
      [here.id],
    )
    assert.deepEqual(
      (await other.endpoints()).map(({ id }) => id),
      [there.id],
    )
    assert.equal((await hns.endpoints.list()).length, 2)
  })

  it('stand for peers on other hosts, which have no port here', async () => {
    const remote = await hns.endpoints.create({ network, remote: true, addresses: ['10.1.0.66'], macAddress: '02-11-0A-01-00-42' })

    assert.equal(remote.remote, true)
    assert.deepEqual(remote.flags, ['RemoteEndpoint'])

    assert.deepEqual(remote.addresses, ['10.1.0.66'])
    assert.deepEqual(
      (await hns.vfp.ports()).filter(({ kind }) => kind === 'endpoint'),
      [],
    )
    await rejects(remote.addPolicies([acl({ action: 'allow', direction: 'in' })]), 'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION')
  })

  describe('refuse', () => {
    const refusals: readonly [string, Partial<EndpointSpec> & Record<string, unknown>, HcnErrorCode, RegExp][] = [
      ['an address that is none', { addresses: ['10.1.0.256'] }, 'ERR_INVALID_ARGUMENT', /endpoint\.addresses\[0\] is `10\.1\.0\.256`/],
      ['a MAC that is none', { macAddress: '00-15-5D-00-00' }, 'ERR_INVALID_ARGUMENT', /endpoint\.macAddress/],
      ['a misspelt member', { adresses: [] }, 'ERR_INVALID_ARGUMENT', /endpoint\.adresses/],
      ['a network that is none', { network: {} as Network }, 'ERR_INVALID_ARGUMENT', /a Network or its id/],
      ['a policy that is none', { policies: [{ kind: 'acl' } as never] }, 'ERR_INVALID_ARGUMENT', /endpoint\.policies\[0\]\.action/],
      ['a route to the other family', { routes: [{ destination: '::/0', nextHop: '10.1.0.1' }] }, 'ERR_INVALID_ARGUMENT', /other family/],
      ['a network nobody has', { network: randomUUID() }, 'HCN_E_NETWORK_NOT_FOUND', /network/],
      ['an address outside every subnet', { addresses: ['10.9.0.4'] }, 'HCN_E_INVALID_IP', /`10\.9\.0\.4` is in no subnet/],
      ['the network address', { addresses: ['10.1.0.0'] }, 'HCN_E_ADDR_INVALID_OR_RESERVED', /10\.1\.0\.0/],
      ['the broadcast address', { addresses: ['10.1.0.255'] }, 'HCN_E_ADDR_INVALID_OR_RESERVED', /10\.1\.0\.255/],
      ["the gateway's address", { addresses: ['10.1.0.1'] }, 'HCN_E_ADDR_INVALID_OR_RESERVED', /10\.1\.0\.1/],
      ['an address that is taken', { addresses: ['10.1.0.200'] }, 'ERROR_OBJECT_ALREADY_EXISTS', /10\.1\.0\.200/],
      ['the same address twice', { addresses: ['10.1.0.7', '10.1.0.7'] }, 'ERROR_OBJECT_ALREADY_EXISTS', /10\.1\.0\.7/],
      ['a group MAC', { macAddress: '01-00-5E-00-00-01' }, 'HCN_E_INVALID_ENDPOINT', /01-00-5E-00-00-01/],
      ['a policy type nobody knows', { policies: [unknownPolicy('NoSuchPolicy', {})] }, 'HCN_E_INVALID_POLICY_TYPE', /NoSuchPolicy/],
      [
        'the word Any in an ACL',
        { policies: [unknownPolicy('ACL', { Action: 'Allow', Direction: 'In', RemoteAddresses: 'Any' })] },
        'HCN_E_INVALID_POLICY',
        /Any/,
      ],
      [
        'an internal port of 0',
        { policies: [unknownPolicy('PortMapping', { Protocol: 6, InternalPort: 0, ExternalPort: 80 })] },
        'HCN_E_INVALID_INTERNAL_PORT',
        /internal port/,
      ],
      [
        'an external port that is taken',
        { policies: [portMapping({ protocol: 'tcp', external: 8000, internal: 80 })] },
        'HCN_E_PORT_ALREADY_EXISTS',
        /8000/,
      ],
    ]
    for (const [what, change, code, message] of refusals) {
      it(`${what}, and change nothing`, async () => {
        await hns.endpoints.create({
          network,
          addresses: ['10.1.0.200'],
          policies: [portMapping({ protocol: 'tcp', external: 8000, internal: 80 })],
        })

        await rejects(hns.endpoints.create({ network, addresses: ['10.1.0.4'], ...change }), code, message)

        assert.equal((await hns.endpoints.list()).length, 1)
        assert.equal((await hns.vfp.ports()).filter(({ kind }) => kind === 'endpoint').length, 1)
        await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
      })
    }

    it('an id that is in use', async () => {
      const first = await hns.endpoints.create({ network })

      await rejects(hns.endpoints.create({ network, id: first.id }), 'ERROR_OBJECT_ALREADY_EXISTS')
    })
  })

  describe('policies', () => {
    let endpoint: Endpoint
    const block = acl({ action: 'block', direction: 'in', protocol: 'tcp', localPorts: [80], priority: 100 })
    const allow = acl({ action: 'allow', direction: 'in', priority: 1000 })

    beforeEach(async () => {
      endpoint = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
    })

    async function policies() {
      await endpoint.query()
      return endpoint.policies
    }

    it('are added, told and taken away', async () => {
      const nat = outboundNat({ exceptions: ['10.0.0.0/8'] })
      await endpoint.addPolicies([block, allow])
      await endpoint.addPolicies([nat, portName({ name: 'uplink of web' }), interfaceParameters({ mtu: 1400 })])
      assert.deepEqual(await policies(), [block, allow, nat, portName({ name: 'uplink of web' }), interfaceParameters({ mtu: 1400 })])

      await endpoint.removePolicies([allow, nat])

      assert.deepEqual(await policies(), [block, portName({ name: 'uplink of web' }), interfaceParameters({ mtu: 1400 })])
    })

    it('are replaced by setPolicies', async () => {
      await endpoint.addPolicies([block, allow])

      await endpoint.setPolicies([allow])

      assert.deepEqual(await policies(), [allow])
    })

    it('all stay when one to take away is not there', async () => {
      await endpoint.addPolicies([block])

      await rejects(endpoint.removePolicies([block, allow]), 'HCN_E_POLICY_NOT_FOUND')

      assert.deepEqual(await policies(), [block])
    })

    it('none is added when one is refused', async () => {
      const taken = portMapping({ protocol: 'udp', external: 45678, internal: 56789 })
      await hns.endpoints.create({ network, policies: [taken] })

      await rejects(endpoint.addPolicies([allow, taken]), 'HCN_E_PORT_ALREADY_EXISTS')

      assert.deepEqual(await policies(), [])
      assert.deepEqual(await hns.vfp.rules(endpoint), [])
    })

    it('come back exactly as another client wrote them', async () => {
      const foreign = unknownPolicy('acl', {
        Protocols: '6',
        Action: 'block',
        Direction: 'IN',
        LocalPorts: '80, 443',
        Priority: 7,
        Whatever: [1],
      })

      await endpoint.addPolicies([foreign])

      await endpoint.query()
      assert.deepEqual(endpoint.document.Policies?.[0]?.Settings, foreign.settings)
      await endpoint.removePolicies([foreign])
      assert.deepEqual(await policies(), [])
    })

    it('become rules of the switch, in order of their priority', async () => {
      await endpoint.addPolicies([allow, block])

      const rules = (await hns.vfp.rules(endpoint, { layer: 'ACL_ENDPOINT_LAYER' })).filter(({ direction }) => direction === 'in')

      // One group for each family holds them.
      assert.deepEqual(
        rules.map(({ action, priority }) => `${priority} ${action}`),
        ['100 block', '1000 allow', '100 block', '1000 allow'],
      )
    })
  })

  it('of other hosts say on an overlay which host it is', async () => {
    const overlay = await hns.networks.create({
      name: 'overlay',
      type: 'Overlay',
      subnets: [{ prefix: '10.5.0.0/16', gateway: '10.5.0.1', vsid: 5000 }],
    })
    const peer = { network: overlay, remote: true, addresses: ['10.5.1.4'], macAddress: '02-11-0A-05-01-04' }

    await rejects(hns.endpoints.create(peer), 'HCN_E_INVALID_ENDPOINT')
    const remote = await hns.endpoints.create({ ...peer, policies: [providerAddress({ address: '192.168.1.5' })] })

    assert.deepEqual(remote.policies, [{ kind: 'providerAddress', address: '192.168.1.5' }])
    await rejects(remote.statistics(), 'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION')
  })

  it('tell their flags and routes as they were given', async () => {
    const endpoint = await hns.endpoints.create({
      network,
      flags: ['EnableLowInterfaceMetric', 'OverrideDNSServerOrder'],
      routes: [{ destination: '10.9.0.0/16', nextHop: '10.1.0.1', metric: 5 }],
    })

    assert.deepEqual(endpoint.flags, ['EnableLowInterfaceMetric', 'OverrideDNSServerOrder'])
    assert.equal(endpoint.remote, false)
    assert.deepEqual(endpoint.routes[0], { destination: '10.9.0.0/16', nextHop: '10.1.0.1', metric: 5 })
    await rejects(hns.endpoints.create({ network, flags: ['EnableDhcp'] }), 'HCN_E_REQUEST_UNSUPPORTED', /EnableDhcp/)
  })
})
