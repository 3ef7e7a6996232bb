import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type Endpoint, type HnsFeatures, HostNetworking, type Network, type OpenOptions } from '../../lib/index.js'
import { featuresOf, readVersionTable } from '../../lib/native/features.js'
import { loadBinding } from '../../lib/native/load.js'
import { rejects } from '../support/rejects.js'

type Profile = NonNullable<OpenOptions['profile']>

const VIP = '10.96.0.80'
const PORTS = [{ protocol: 'tcp', external: 80, internal: 8080 }] as const
const V4 = { prefix: '10.1.0.0/16', gateway: '10.1.0.1' }
const V6 = { prefix: 'fd00::/64', gateway: 'fd00::1' }

describe('profiles', () => {
  const open: HostNetworking[] = []
  afterEach(() => Promise.all(open.splice(0).map((hns) => hns.close())))

  async function host(profile?: Profile): Promise<HostNetworking> {
    const hns = await HostNetworking.open({ provider: 'embedded', seed: 1, profile })
    open.push(hns)
    return hns
  }

  async function pods(profile: Profile): Promise<{ hns: HostNetworking; network: Network; web: Endpoint }> {
    const hns = await host(profile)
    const network = await hns.networks.create({ name: 'pods', subnets: [V4] })
    return { hns, network, web: await hns.endpoints.create({ network }) }
  }

  it('are Windows Server 2022 by default, and the version asked for otherwise', async () => {
    assert.deepEqual((await host()).version, { major: 13, minor: 3 })
    assert.deepEqual((await host('server2019')).version, { major: 9, minor: 2 })
    assert.deepEqual((await host('latest')).version, { major: 15, minor: 4 })
    assert.deepEqual((await host('11.10')).version, { major: 11, minor: 10 })
  })

  for (const profile of ['server2019', 'server2022', 'latest'] as const) {
    it(`have the features that HCN's clients expect of ${profile}`, async () => {
      const expected = JSON.parse(readFileSync(`test/fixtures/features/${profile}.json`, 'utf8')) as HnsFeatures

      assert.deepEqual((await host(profile)).features, expected)
    })
  }

  it('show each feature of the table in hns.features', () => {
    const table = readVersionTable(loadBinding().versions)
    for (const feature of table.features) {
      const without = { ...table, features: table.features.filter((row) => row !== feature) }

      assert.notDeepEqual(featuresOf(without, { major: 15, minor: 4 }), featuresOf(table, { major: 15, minor: 4 }), feature.name)
    }
  })

  it('write their version into documents', async () => {
    const { network } = await pods('13.2')

    assert.equal(network.document.Version, 13 * 2 ** 32 + 2)
  })

  it('refuse direct server return in the hole between the lines that have it', async () => {
    const balance = async (profile: Profile) => {
      const { hns, web } = await pods(profile)
      return hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS, dsr: true })
    }

    for (const profile of ['9.3', '10.2'] as const) assert.equal((await balance(profile)).document.Flags, 1)
    for (const profile of ['9.2', '10.0', '10.1'] as const) {
      await rejects(balance(profile), 'ERROR_INVALID_PARAMETER', new RegExp(`needs HNS 9.3 to 9.x, 10.2 and later; .* ${profile}`))
    }
  })

  it('refuse what came later, and change nothing by it', async () => {
    const { hns, network, web } = await pods('11.9')

    await rejects(hns.networks.create({ name: 'dual', subnets: [V4, V6] }), 'ERROR_INVALID_PARAMETER', /both families needs HNS 11\.10/)
    await rejects(
      network.addPolicies([{ kind: 'unknown', type: 'SetPolicy', settings: { Id: 'a', Name: 'a', PolicyType: 'IPSET', Values: '' } }]),
      'HCN_E_INVALID_POLICY_TYPE',
    )
    await rejects(
      web.addPolicies([{ kind: 'unknown', type: 'TierAcl', settings: { Direction: 'In', Order: 1 } }]),
      'HCN_E_INVALID_POLICY_TYPE',
    )

    assert.deepEqual(
      (await hns.networks.list()).map(({ name }) => name),
      ['pods'],
    )
    assert.deepEqual((await web.query()).Policies, [])
  })

  it('make a load balancer anew where it cannot be changed in place', async () => {
    const { hns, network, web } = await pods('15.3')
    const other = await hns.endpoints.create({ network })
    const loadBalancer = await hns.loadBalancers.create({ name: 'web', frontendVips: [VIP], backends: [web], ports: PORTS })
    const before = loadBalancer.id

    await loadBalancer.update({ backends: [web, other] })

    assert.equal(loadBalancer.id, before)
    assert.equal(loadBalancer.backends.length, 2)
    assert.equal((await hns.loadBalancers.list()).length, 1)
    await loadBalancer.delete()
    assert.deepEqual(await hns.loadBalancers.list(), [])
  })

  it('put the load balancer back when it cannot be made anew', async () => {
    const { hns, web } = await pods('15.3')
    const loadBalancer = await hns.loadBalancers.create({ frontendVips: [VIP], backends: [web], ports: PORTS })

    await rejects(loadBalancer.update({ backends: ['aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'] }), 'HCN_E_ENDPOINT_NOT_FOUND')

    await loadBalancer.query()
    assert.deepEqual(loadBalancer.backends, [web.id.toUpperCase()])
  })
})
