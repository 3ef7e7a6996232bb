import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Endpoint, HostNetworking, type Network } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

describe('namespaces', () => {
  let hns: HostNetworking
  let network: Network
  let endpoint: Endpoint

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    endpoint = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
  })
  afterEach(() => hns.close())

  it('begin with that of the host, compartment 1', async () => {
    const [host] = await hns.namespaces.list()

    assert.equal(host?.type, 'HostDefault')
    assert.equal(host?.compartmentId, 1)
  })

  for (const type of ['HostDefault', 'Host', 'Guest', 'GuestDefault'] as const) {
    it(`are made and deleted as ${type}, again and again`, async () => {
      for (let i = 0; i < 3; i++) {
        const namespace = await hns.namespaces.create({ type })
        assert.equal(namespace.type, type)
        await namespace.delete()
      }

      assert.equal((await hns.namespaces.list()).length, 1)
    })
  }

  it('have compartments of different numbers', async () => {
    const [first, second] = [await hns.namespaces.create(), await hns.namespaces.create()]

    assert.notEqual(first.compartmentId, second.compartmentId)
    assert.notEqual(first.compartmentId, 1)
  })

  it('tell on both sides that an endpoint is attached, and that it no longer is', async () => {
    const namespace = await hns.namespaces.create()

    await namespace.attach(endpoint)
    await endpoint.query()
    assert.deepEqual(
      (await namespace.endpoints()).map((id) => id.toLowerCase()),
      [endpoint.id.toLowerCase()],
    )
    assert.equal(endpoint.namespaceId?.toLowerCase(), namespace.id.toLowerCase())
    assert.equal(endpoint.state, 'attached')

    await namespace.detach(endpoint)
    await endpoint.query()
    assert.deepEqual(await namespace.endpoints(), [])
    assert.equal(endpoint.namespaceId, undefined)
  })

  it('take an endpoint that is there already, as a repeated CNI ADD asks', async () => {
    const namespace = await hns.namespaces.create()
    await namespace.attach(endpoint)

    await namespace.attach(endpoint.id)

    assert.equal((await namespace.endpoints()).length, 1)
  })

  it('refuse an endpoint that is in another one', async () => {
    const [first, second] = [await hns.namespaces.create(), await hns.namespaces.create()]
    await first.attach(endpoint)

    await rejects(second.attach(endpoint), 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS')

    assert.deepEqual(await second.endpoints(), [])
  })

  it('refuse to detach what is not attached, or not there', async () => {
    const namespace = await hns.namespaces.create()

    await rejects(namespace.detach(endpoint), 'HCN_E_ENDPOINT_NOT_ATTACHED')
    await rejects(namespace.detach(randomUUID()), 'HCN_E_ENDPOINT_NOT_FOUND')
    await rejects(namespace.attach(randomUUID()), 'HCN_E_ENDPOINT_NOT_FOUND')
  })

  it('leave their endpoints alive when they are deleted', async () => {
    const namespace = await hns.namespaces.create()
    await namespace.attach(endpoint)

    await namespace.delete()

    await endpoint.query()
    assert.equal(endpoint.namespaceId, undefined)
    const another = await hns.namespaces.create()
    await another.attach(endpoint)
  })

  it('forget an endpoint that is deleted', async () => {
    const namespace = await hns.namespaces.create()
    await namespace.attach(endpoint)

    await endpoint.delete()

    assert.deepEqual(await namespace.endpoints(), [])
  })

  it('list containers, and the endpoint says that two share it', async () => {
    const namespace = await hns.namespaces.create()
    await namespace.attach(endpoint)

    await namespace.addContainer('nginx')
    await namespace.addContainer('log-shipper')

    await endpoint.query()
    assert.deepEqual(await namespace.containers(), ['nginx', 'log-shipper'])
    assert.equal(endpoint.state, 'attachedSharing')

    await namespace.removeContainer('nginx')
    await endpoint.query()
    assert.deepEqual(await namespace.containers(), ['log-shipper'])
    assert.equal(endpoint.state, 'attached')
  })

  it('are not found when nobody made them', async () => {
    await rejects(hns.namespaces.open(randomUUID()), 'ERROR_NOT_FOUND')
  })

  it('have no compartments to run programs in where ports are in memory', async () => {
    const namespace = await hns.namespaces.create()

    await rejects(namespace.spawn('true'), 'ERR_NOT_SUPPORTED', /ports: 'linux'/)
  })

  it('are made with what is in them, or not at all', async () => {
    const namespace = await hns.namespaces.create({ endpoints: [endpoint], containers: ['nginx'], createWithCompartment: true })

    assert.deepEqual(await namespace.containers(), ['nginx'])
    await endpoint.query()
    assert.equal(endpoint.namespaceId?.toLowerCase(), namespace.id.toLowerCase())
    assert.equal(namespace.document.CreateWithCompartment, true)
    await rejects(hns.namespaces.create({ endpoints: [endpoint] }), 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS')
    await rejects(hns.namespaces.create({ containers: [''] }), 'ERR_INVALID_ARGUMENT', /namespace\.containers\[0\]/)
    assert.equal((await hns.namespaces.list()).length, 2)
  })
})
