import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { HostNetworking } from '../../lib/index.js'
import type { HnsEndpoint, HnsNetwork, PolicyList } from '../../types/index.js'
import { rejects } from '../support/rejects.js'

interface Fixture {
  readonly network: HnsNetwork
  readonly endpoint: HnsEndpoint
  readonly policyLists?: readonly PolicyList[]
}

/** Documents of `test/fixtures/v1/`, seen from `dist/test/hns/`. */
const fixture = (name: string, ids: Readonly<Record<string, string | undefined>> = {}) => {
  const text = readFileSync(new URL(`../../../test/fixtures/v1/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(text.replaceAll(/\{(network|endpoint)\}/g, (whole, id: string) => ids[id] ?? whole)) as Fixture
}

describe('hns.v1', () => {
  let hns: HostNetworking
  let network: HnsNetwork

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.v1.call<HnsNetwork>('POST', '/networks/', fixture('win-bridge').network)
  })
  afterEach(() => hns.close())

  it("carries a network that is the facade's, too, under the id its document asks for", async () => {
    const found = await hns.networks.find({ name: 'cbr0' })

    assert.equal(found?.id.toLowerCase(), 'b95d0c5e-57d4-412b-b571-18a81a16e005')
    assert.equal(found?.document.Ipams?.[0]?.Subnets?.[0]?.IpAddressPrefix, '10.1.0.0/16')
    assert.equal(network.Subnets?.[0]?.GatewayAddress, '10.1.0.1')
  })

  it('gives an endpoint as win-bridge makes it back member for member, and lists it', async () => {
    const wanted = fixture('win-bridge', { network: network.ID }).endpoint
    const made = await hns.v1.call<HnsEndpoint>('POST', '/endpoints', wanted)

    for (const [name, value] of Object.entries(wanted)) {
      if (name !== 'Policies') assert.deepEqual(made[name as keyof HnsEndpoint], value, name)
    }
    assert.deepEqual(made.Policies, wanted.Policies)
    assert.deepEqual(await hns.v1.call('GET', '/endpoints/'), [made])
    await hns.v1.call('DELETE', `/endpoints/${made.ID}`)
    assert.deepEqual(await hns.v1.call('GET', '/endpoints/'), [])
  })

  it('makes a load balancer of a policy list, and gives the list back', async () => {
    const endpoint = await hns.v1.call<HnsEndpoint>('POST', '/endpoints', fixture('win-bridge', { network: network.ID }).endpoint)
    const [list] = fixture('psm1', { endpoint: endpoint.ID }).policyLists ?? []
    const made = await hns.v1.call<PolicyList>('POST', '/policylists', list)

    const [balancer] = await hns.loadBalancers.list()
    assert.equal(balancer?.id, made.ID)
    assert.deepEqual(balancer?.document.FrontendVIPs, ['10.96.0.80'])
    assert.equal(made.Policies?.[0]?.ILB, true)
    assert.equal(made.References?.[0]?.toLowerCase(), `/endpoints/${endpoint.ID}`.toLowerCase())
  })

  it("rejects with the envelope's code and record", async () => {
    await rejects(hns.v1.call('GET', '/networks/11111111-2222-3333-4444-555555555555'), 'HCN_E_NETWORK_NOT_FOUND')
    await rejects(hns.v1.call('GET', '/nothing'), 'ERROR_NOT_FOUND', /no path/)
    await rejects(hns.v1.call('PUT' as 'POST', '/networks'), 'ERR_INVALID_ARGUMENT')
  })
})
