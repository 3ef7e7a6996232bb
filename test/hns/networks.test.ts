import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { HcnError, type HcnErrorCode, HostNetworking, type NetworkSpec, unknownPolicy } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const SUBNET = { prefix: '10.1.0.0/16', gateway: '10.1.0.1' }

describe('networks', () => {
  let hns: HostNetworking

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
  })
  afterEach(() => hns.close())

  it('are read back as they were made, with what the service filled in', async () => {
    const id = randomUUID()

    const network = await hns.networks.create({
      id,
      name: 'pods',
      owner: 'test',
      subnets: [SUBNET, { prefix: 'fd00::/64', gateway: 'fd00::1' }],
      dns: { domain: 'cluster.local', search: ['svc.cluster.local'], servers: ['10.96.0.10'] },
    })

    assert.equal(network.id.toLowerCase(), id)
    assert.equal(network.name, 'pods')
    assert.equal(network.type, 'L2Bridge')
    assert.deepEqual(
      network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
      [SUBNET, { prefix: 'fd00::/64', gateway: 'fd00::1' }],
    )
    assert.equal(network.document.Owner, 'test')
    assert.deepEqual(network.document.Dns?.Search, ['svc.cluster.local'])
    assert.equal(network.document.MacPool?.Ranges?.length, 1)
  })

  it('keep a member of the document that nobody here knows', async () => {
    const network = await hns.networks.create({
      name: 'pods',
      subnets: [SUBNET],
      policies: [unknownPolicy('HostRoute', { Colour: 'red' })],
    })

    assert.deepEqual(network.policies, [{ kind: 'unknown', type: 'HostRoute', settings: { Colour: 'red' } }])
  })

  it('are found by name, opened by id and listed', async () => {
    const pods = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })
    const other = await hns.networks.create({ name: 'other', subnets: [SUBNET] })

    assert.equal((await hns.networks.find({ name: 'other' }))?.id, other.id)
    assert.equal((await hns.networks.open(pods.id.toUpperCase())).name, 'pods')
    assert.deepEqual((await hns.networks.list()).map(({ name }) => name).sort(), ['other', 'pods'])
  })

  it('are not found by a name nobody has', async () => {
    assert.equal(await hns.networks.find({ name: 'pods' }), undefined)
    await rejects(hns.networks.get({ name: 'pods' }), 'HCN_E_NETWORK_NOT_FOUND', /no network named `pods`/)
    await rejects(hns.networks.open(randomUUID()), 'HCN_E_NETWORK_NOT_FOUND')
  })

  it('take their endpoints along when they are deleted', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })
    const endpoint = await hns.endpoints.create({ network })

    await network.delete()

    assert.deepEqual(await hns.endpoints.list(), [])
    await rejects(endpoint.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
    assert.deepEqual(await hns.vfp.ports(), [])
  })

  it('may have the prefix of another network, and give its name away when they are gone', async () => {
    const first = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })
    await hns.networks.create({ name: 'same prefix', subnets: [SUBNET] })
    await first.delete()

    const again = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

    assert.notEqual(again.id, first.id)
  })

  it('get and lose subnets, and hand out addresses of the new one', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

    await network.addSubnets([{ prefix: '10.2.0.0/24', gateway: '10.2.0.1' }])
    await network.query()
    const added = network.subnets.find(({ prefix }) => prefix === '10.2.0.0/24')
    const endpoint = await hns.endpoints.create({ network, addresses: ['10.2.0.4'] })
    await rejects(network.removeSubnets([added?.id ?? '']), 'HCN_E_ENTITY_HAS_REFERENCES')
    await endpoint.delete()
    await network.removeSubnets([added?.id ?? ''])

    await network.query()
    assert.deepEqual(
      network.subnets.map(({ prefix }) => prefix),
      [SUBNET.prefix],
    )
    await rejects(hns.endpoints.create({ network, addresses: ['10.2.0.4'] }), 'HCN_E_INVALID_IP')
  })

  it('give new DNS settings to endpoints made afterwards', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET], dns: { servers: ['10.0.0.1'] } })
    const before = await hns.endpoints.create({ network })

    await network.updateDns({ servers: ['10.0.0.2'], search: ['later'] })

    const after = await hns.endpoints.create({ network })
    assert.deepEqual(before.dns, { servers: ['10.0.0.1'] })
    assert.deepEqual(after.dns, { servers: ['10.0.0.2'], search: ['later'] })
  })

  describe('refuse', () => {
    const refusals: readonly [string, Partial<NetworkSpec> & Record<string, unknown>, HcnErrorCode, RegExp][] = [
      ['an empty name', { name: '' }, 'ERR_INVALID_ARGUMENT', /network\.name/],
      ['a name that is no text', { name: 5 as unknown as string }, 'ERR_INVALID_ARGUMENT', /network\.name is `5`/],
      ['a misspelt member', { subnet: [] }, 'ERR_INVALID_ARGUMENT', /network\.subnet .*no such member/],
      ['subnets that are no list', { subnets: SUBNET as unknown as [] }, 'ERR_INVALID_ARGUMENT', /network\.subnets/],
      ['a prefix that is none', { subnets: [{ ...SUBNET, prefix: '10.1.0.0' }] }, 'ERR_INVALID_ARGUMENT', /`10\.1\.0\.0\/32`/],
      ['host bits in a prefix', { subnets: [{ ...SUBNET, prefix: '10.1.0.7/16' }] }, 'ERR_INVALID_ARGUMENT', /bits right of \/16 are set/],
      ['a gateway outside', { subnets: [{ ...SUBNET, gateway: '10.2.0.1' }] }, 'ERR_INVALID_ARGUMENT', /outside `10\.1\.0\.0\/16`/],
      ['no gateway', { subnets: [{ prefix: '10.1.0.0/16' } as never] }, 'ERR_INVALID_ARGUMENT', /by custom `10\.1\.0\.1`/],
      [
        'prefixes that overlap',
        { subnets: [SUBNET, { prefix: '10.1.2.0/24', gateway: '10.1.2.1' }] },
        'ERR_INVALID_ARGUMENT',
        /network\.subnets\[1\]\.prefix is `10\.1\.2\.0\/24`: it overlaps `10\.1\.0\.0\/16`/,
      ],
      ['an id that is no GUID', { id: 'pods' }, 'ERR_INVALID_ARGUMENT', /network\.id/],
      ['the zero GUID', { id: '00000000-0000-0000-0000-000000000000' }, 'ERR_INVALID_ARGUMENT', /names no object/],
      [
        'a MAC range upside down',
        { macPool: [{ start: '00-15-5D-00-00-09', end: '00-15-5D-00-00-01' }] },
        'ERR_INVALID_ARGUMENT',
        /comes before/,
      ],
      ['a server that is no address', { dns: { servers: ['dns.example'] } }, 'ERR_INVALID_ARGUMENT', /network\.dns\.servers\[0\]/],
      ['an overlay subnet without a VSID', { type: 'Overlay' }, 'HCN_E_INVALID_SUBNET', /needs a `VSID` policy/],
      [
        'a gateway that is the network address',
        { subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.0' }] },
        'HCN_E_INVALID_SUBNET',
        /10\.1\.0\.0/,
      ],
      [
        'group addresses in the MAC pool',
        { macPool: [{ start: '01-00-5E-00-00-00', end: '01-00-5E-00-00-09' }] },
        'HCN_E_INVALID_NETWORK',
        /group/,
      ],
    ]
    for (const [what, change, code, message] of refusals) {
      it(`${what}, and change nothing`, async () => {
        await rejects(hns.networks.create({ name: 'pods', subnets: [SUBNET], ...change }), code, message)

        assert.deepEqual(await hns.networks.list(), [])
      })
    }

    it('a name that is taken, and keep the first', async () => {
      const first = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

      await rejects(
        hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }] }),
        'HCN_E_NETWORK_ALREADY_EXISTS',
      )

      assert.deepEqual(
        (await hns.networks.list()).map(({ id }) => id),
        [first.id],
      )
    })

    it('a subnet that overlaps one the network has', async () => {
      const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

      await rejects(network.addSubnets([{ prefix: '10.1.128.0/17', gateway: '10.1.128.1' }]), 'HCN_E_INVALID_PREFIX', /overlaps/)

      await network.query()
      assert.equal(network.subnets.length, 1)
    })
  })

  it("carry HNS' own code, HRESULT and record in the error", async () => {
    await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

    await assert.rejects(hns.networks.create({ name: 'pods', subnets: [SUBNET] }), (error) => {
      assert.ok(HcnError.is(error, 'HCN_E_NETWORK_ALREADY_EXISTS'))
      assert.equal(error.hresult, 0x803b0010)
      assert.equal(error.record?.Success, false)
      assert.equal(error.record?.ErrorCode, 2151350288)
      assert.match(error.record?.Error ?? '', /^A network with this name already exists\./)
      return true
    })
  })

  it('replace the policies of a type in one step, or keep all of them', async () => {
    const network = await hns.networks.create({
      name: 'pods',
      subnets: [SUBNET],
      policies: [{ kind: 'hostRoute' }, { kind: 'automaticDns', enabled: true }],
    })

    await network.updatePolicies([{ kind: 'automaticDns', enabled: false }])
    await rejects(network.updatePolicies([{ kind: 'vxlanPort', port: 4789 }]), 'HCN_E_INVALID_POLICY_TYPE')

    await network.query()
    assert.deepEqual(network.policies, [{ kind: 'hostRoute' }, { kind: 'automaticDns', enabled: false }])
  })

  it('hand out addresses of the IP subnets that were added, and no others', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })
    const [subnet] = network.subnets
    assert.ok(subnet !== undefined)
    await network.removeIpSubnets(
      subnet.id,
      subnet.ipSubnets.map(({ id }) => id),
    )

    await network.addIpSubnets(subnet.id, [{ prefix: '10.1.9.0/30' }])

    await network.query()
    assert.deepEqual(
      network.subnets[0]?.ipSubnets.map(({ prefix }) => prefix),
      ['10.1.9.0/30'],
    )
    const endpoints = [await hns.endpoints.create({ network }), await hns.endpoints.create({ network })]
    assert.deepEqual(endpoints.flatMap(({ addresses }) => addresses).sort(), ['10.1.9.1', '10.1.9.2'])
    await rejects(network.removeIpSubnets(subnet.id, [network.subnets[0]?.ipSubnets[0]?.id ?? '']), 'HCN_E_ENTITY_HAS_REFERENCES')
  })

  it('refuse IP subnets that are not inside the subnet they are added to', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })

    await rejects(network.addIpSubnets(network.subnets[0]?.id ?? '', [{ prefix: '10.2.0.0/24' }]), 'HCN_E_INVALID_IP_SUBNET')
    await rejects(network.addIpSubnets(randomUUID(), [{ prefix: '10.1.2.0/24' }]), 'HCN_E_SUBNET_NOT_FOUND')
    await rejects(network.addIpSubnets(randomUUID(), []), 'ERR_INVALID_ARGUMENT', /ipSubnets .*at least one/)
  })

  it('switch the extensions off that they can be without', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET] })
    const [wfp, vfp] = ['e7c3b2f0-f3c5-48df-af2b-10fed6d72e7a', 'f74f241b-440f-4433-bb28-00f89ead20d8']

    await network.setExtension(wfp as string, false)

    await network.query()
    assert.deepEqual(network.policies, [{ kind: 'switchExtension', id: wfp, enabled: false }])
    await rejects(network.setExtension(vfp as string, false), 'HCN_E_REQUEST_UNSUPPORTED')
    await rejects(network.setExtension(randomUUID(), true), 'HCN_E_SWITCH_EXTENSION_NOT_FOUND')
  })

  it('tell their flags by name', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: [SUBNET], flags: ['EnableDnsProxy', 'EnablePersistent'] })

    assert.deepEqual(network.flags, ['EnableDnsProxy', 'EnablePersistent'])
    assert.equal(network.document.Flags, 17)
    await rejects(
      hns.networks.create({ name: 'other', subnets: [SUBNET], flags: ['Persistent' as 'EnablePersistent'] }),
      'ERR_INVALID_ARGUMENT',
      /network\.flags\[0\] is `Persistent`: one of 'EnableDnsProxy'/,
    )
  })

  it('hand out addresses of the IP subnet that an endpoint asks for', async () => {
    const network = await hns.networks.create({
      name: 'pods',
      subnets: [{ ...SUBNET, ipSubnets: [{ prefix: '10.1.8.0/24' }, { prefix: '10.1.9.0/24', reserveNetworkAddress: false }] }],
    })
    const [, second] = network.subnets[0]?.ipSubnets ?? []
    assert.equal(second?.prefix, '10.1.9.0/24')

    const endpoint = await hns.endpoints.create({ network, addresses: [{ ipSubnetId: second.id }] })

    assert.match(endpoint.addresses[0] ?? '', /^10\.1\.9\./)
    assert.equal((await endpoint.queryAddresses())[0]?.ipSubnetId?.toLowerCase(), second.id.toLowerCase())
    assert.deepEqual(
      network.document.Ipams?.[0]?.Subnets?.[0]?.IpSubnets?.map(({ Flags }) => Flags),
      [3, 1],
    )
    await rejects(hns.endpoints.create({ network, addresses: [{ ipSubnetId: randomUUID() }] }), 'HCN_E_INVALID_IP_SUBNET')
  })
})
