import assert from 'node:assert/strict'
import { HostNetworking, type Network } from '../../lib/index.js'
import { WireHost } from '../support/wire-host.js'

const COUNT = 10_000

describe('listing ten thousand endpoints', function () {
  this.timeout(120_000)
  let hns: HostNetworking
  let crowded: Network
  let quiet: Network

  before(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', ports: 'memory' })
    crowded = await hns.networks.create({
      name: 'crowded',
      subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }],
      macPool: [{ start: '00-15-5D-01-00-00', end: '00-15-5D-01-FF-FF' }],
    })
    quiet = await hns.networks.create({ name: 'quiet', subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }] })
    for (let made = 0; made < COUNT; made += 250)
      await Promise.all(Array.from({ length: 250 }, (_, i) => hns.endpoints.create({ network: crowded, name: `web-${made + i}` })))
    for (let i = 0; i < 3; i++) await hns.endpoints.create({ network: quiet, name: `quiet-${i}` })
  })
  after(() => hns.close())

  it('gives all of them, each once', async () => {
    const all = await hns.endpoints.list()

    assert.equal(all.length, COUNT + 3)
    assert.equal(new Set(all.map(({ id }) => id)).size, COUNT + 3)
    assert.equal(new Set(all.flatMap(({ addresses }) => addresses)).size, COUNT + 3)
  })

  it('gives those of one network', async () => {
    const names = (await quiet.endpoints()).map(({ name }) => name)

    assert.deepEqual(names.sort(), ['quiet-0', 'quiet-1', 'quiet-2'])
    assert.equal((await crowded.endpoints()).length, COUNT)
  })

  it('finds one by its name', async () => {
    const found = await hns.endpoints.get({ name: 'web-9999' })

    assert.equal(found.name, 'web-9999')
    assert.equal(found.networkId, crowded.id)
  })

  it('leaves out what vanishes meanwhile, and fails for none of it', async () => {
    const before = await quiet.endpoints()
    const listing = hns.endpoints.list()
    // Deletions run while the list is read, some before and some after their object's turn.
    const [first, ...others] = before
    await Promise.all([first?.delete(), ...others.map((endpoint) => endpoint.delete())])

    const listed = new Set((await listing).map(({ id }) => id))

    assert.ok(listed.size >= COUNT)
    assert.deepEqual(await quiet.endpoints(), [])
    assert.equal((await hns.endpoints.list()).length, COUNT)
  })
})

describe('what a list is filtered by', () => {
  let host: WireHost

  beforeEach(async () => {
    host = await WireHost.open()
    const network = await host.network()
    await host.native.createEndpoint(network, 'aaaaaaaa-0000-4000-8000-000000000001', JSON.stringify({ Name: 'web' }))
    await host.native.createEndpoint(network, 'aaaaaaaa-0000-4000-8000-000000000002', JSON.stringify({ Name: 'db' }))
  })
  afterEach(() => host.close())

  // The host answers with ids alone, so that what does not match is never read.
  it('is asked of the host: its one answer has the ids that match, and no others', async () => {
    const query = JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 }, Filter: JSON.stringify({ Name: 'db' }) })

    const ids = JSON.parse(await host.native.enumerateEndpoints(query)) as string[]

    assert.deepEqual(ids, ['aaaaaaaa-0000-4000-8000-000000000002'])
  })

  it('may be several things at once, all of which hold', async () => {
    const [network] = JSON.parse(await host.native.enumerateNetworks('')) as string[]
    const listed = async (filter: object) =>
      (JSON.parse(await host.native.enumerateEndpoints(JSON.stringify({ Filter: JSON.stringify(filter) }))) as string[]).length

    assert.equal(await listed({ VirtualNetwork: network }), 2)
    assert.equal(await listed({ VirtualNetwork: network?.toUpperCase(), Name: 'web' }), 1)
    assert.equal(await listed({ VirtualNetwork: network, Name: 'cache' }), 0)
  })
})
