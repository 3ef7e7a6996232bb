import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Endpoint, type HcnErrorCode, HostNetworking, type Network, type SdnRouteSpec } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const ROUTES = [{ destination: '169.254.169.254/24', nextHop: '10.1.0.9' }] as const

describe('SDN routes', () => {
  let hns: HostNetworking
  let network: Network
  let web: Endpoint

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    web = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
  })
  afterEach(() => hns.close())

  it('are read back as they were made, with the network of their endpoints', async () => {
    const route = await hns.routes.create({
      name: 'metadata',
      owner: 'test',
      endpoints: [web],
      routes: [{ destination: '169.254.169.254/24', nextHop: '10.1.0.9', encapsulate: true, monitorEndpoints: false }],
    })

    assert.deepEqual(route.routes, [{ destination: '169.254.169.254/24', nextHop: '10.1.0.9', encapsulate: true, monitorEndpoints: false }])
    assert.deepEqual(route.endpoints, [web.id])
    assert.equal(route.networkId, network.id)
    assert.equal(route.document.Owner, 'test')
    const again = await hns.routes.open(route.id)
    assert.deepEqual(again.document, route.document)
  })

  it('are listed, and found by name', async () => {
    const route = await hns.routes.create({ name: 'metadata', endpoints: [web], routes: ROUTES })
    await hns.routes.create({ endpoints: [], routes: ROUTES })

    assert.equal((await hns.routes.list()).length, 2)
    assert.equal((await hns.routes.get({ name: 'metadata' })).id, route.id)
    assert.equal(await hns.routes.find({ name: 'other' }), undefined)
    await rejects(hns.routes.get({ name: 'other' }), 'ERROR_NOT_FOUND', /SDN route/)
  })

  it('are updated in place, the rest staying as it was', async () => {
    const other = await hns.endpoints.create({ network })
    const route = await hns.routes.create({ name: 'metadata', endpoints: [web], routes: ROUTES })

    await route.update({ endpoints: [web, other] })
    await route.update({ routes: [{ destination: '10.9.0.0/16' }] })

    assert.deepEqual(route.endpoints, [web.id, other.id])
    assert.deepEqual(route.routes, [{ destination: '10.9.0.0/16', encapsulate: false }])
    assert.equal(route.name, 'metadata')
  })

  it('are deleted without touching their endpoints; once gone, that is success', async () => {
    const route = await hns.routes.create({ endpoints: [web], routes: ROUTES })

    await route.delete()
    await route.delete()

    await web.query()
    assert.deepEqual(await hns.routes.list(), [])
    await rejects(hns.routes.open(route.id), 'ERROR_NOT_FOUND')
    assert.equal(await hns.reconcile('sdnRoute', route.id), 'absent')
  })

  it('say how to open them again when their handle is closed', async () => {
    const route = await hns.routes.create({ endpoints: [web], routes: ROUTES })
    await route.close()

    await rejects(route.query(), 'ERR_HANDLE_CLOSED', /hns\.routes\.open\('/)

    assert.equal(await hns.reconcile('sdnRoute', route.id), 'exists')
  })

  const refusals: readonly [string, Partial<SdnRouteSpec>, HcnErrorCode, RegExp][] = [
    ['no routes', { routes: [] }, 'ERR_INVALID_ARGUMENT', /at least one route/],
    ['a destination without a length', { routes: [{ destination: '10.9.0.0' }] }, 'ERR_INVALID_ARGUMENT', /routes\[0\]\.destination/],
    ['a next hop of the other family', { routes: [{ destination: '10.9.0.0/16', nextHop: 'fd00::1' }] }, 'ERR_INVALID_ARGUMENT', /family/],
    ['a member nobody knows', { routes: [{ destination: '10.9.0.0/16', metric: 5 } as never] }, 'ERR_INVALID_ARGUMENT', /metric/],
    ['an endpoint that is none', { endpoints: [{} as Endpoint] }, 'ERR_INVALID_ARGUMENT', /endpoints\[0\]/],
    ['an endpoint nobody has', { endpoints: [randomUUID()] }, 'HCN_E_ENDPOINT_NOT_FOUND', /endpoint/],
    ['a multicast next hop', { routes: [{ destination: '10.9.0.0/16', nextHop: '224.0.0.1' }] }, 'HCN_E_INVALID_IP', /224\.0\.0\.1/],
  ]
  for (const [what, change, code, message] of refusals) {
    it(`refuse ${what}, and change nothing`, async () => {
      await rejects(hns.routes.create({ endpoints: [web], routes: ROUTES, ...change }), code, message)

      assert.deepEqual(await hns.routes.list(), [])
    })
  }
})
