import assert from 'node:assert/strict'
import { acl, HostNetworking, type Network, type PodSpec } from '../../lib/index.js'
import { createLab, tcp } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'

describe('pods', () => {
  let hns: HostNetworking
  let network: Network

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
  })
  afterEach(() => hns.close())

  async function everything() {
    const [namespaces, endpoints, pods] = await Promise.all([hns.namespaces.list(), hns.endpoints.list(), hns.pods.list()])
    // The host's own namespace is always there.
    return { namespaces: namespaces.length - 1, endpoints: endpoints.length, pods: pods.length }
  }

  it('are one compartment with one endpoint that their containers share', async () => {
    const web = await hns.pods.create({
      name: 'web',
      network,
      addresses: ['10.1.0.4'],
      dns: { servers: ['10.96.0.10'], search: ['default.svc.cluster.local', 'svc.cluster.local'] },
    })
    await web.addContainer('nginx')
    await web.addContainer('log-shipper')

    const { containers, endpoints } = await web.query()
    assert.deepEqual(containers, ['nginx', 'log-shipper'])
    assert.deepEqual(
      endpoints.map(({ addresses, state, dns }) => ({ addresses, state, dns })),
      [
        {
          addresses: ['10.1.0.4'],
          state: 'attachedSharing',
          dns: { servers: ['10.96.0.10'], search: ['default.svc.cluster.local', 'svc.cluster.local'] },
        },
      ],
    )
    assert.equal(web.endpoint.namespaceId?.toLowerCase(), web.namespace.id.toLowerCase())
    assert.deepEqual(web.addresses, ['10.1.0.4'])
  })

  it('are found by their name, opened again and listed', async () => {
    const web = await hns.pods.create({ name: 'web', network })
    await hns.pods.create({ name: 'client', network })
    await web.addContainer('nginx')

    const again = await hns.pods.open('web')

    assert.equal(again.endpoint.id, web.endpoint.id)
    assert.equal(again.namespace.id, web.namespace.id)
    assert.deepEqual(await again.containers(), ['nginx'])
    assert.deepEqual((await hns.pods.list()).map(({ name }) => name).sort(), ['client', 'web'])
    await rejects(hns.pods.open('stranger'), 'ERROR_NOT_FOUND', /no pod `stranger`/)
  })

  it('are not endpoints that somebody else attached', async () => {
    const namespace = await hns.namespaces.create({ name: 'foreign' })
    const endpoint = await hns.endpoints.create({ network, name: 'foreign' })
    await namespace.attach(endpoint)

    assert.deepEqual(await hns.pods.list(), [])
    assert.equal(await hns.pods.find({ name: 'foreign' }), undefined)
  })

  it('leave nothing behind when they are deleted, containers or not', async () => {
    const web = await hns.pods.create({ name: 'web', network, addresses: ['10.1.0.4'] })
    await web.addContainer('nginx')

    await web.delete()
    await web.delete()

    assert.deepEqual(await everything(), { namespaces: 0, endpoints: 0, pods: 0 })
    assert.deepEqual(
      (await hns.vfp.ports()).filter(({ kind }) => kind === 'endpoint'),
      [],
    )
    await hns.pods.create({ name: 'web', network, addresses: ['10.1.0.4'] })
  })

  it('are deleted also when parts of them have gone already', async () => {
    const web = await hns.pods.create({ name: 'web', network })
    await (await hns.namespaces.open(web.namespace.id)).delete()
    await web.delete()

    const client = await hns.pods.create({ name: 'client', network })
    await (await hns.endpoints.open(client.endpoint.id)).delete()
    await client.delete()

    assert.deepEqual(await everything(), { namespaces: 0, endpoints: 0, pods: 0 })
  })

  it('have names of their own: a second one of the same name is refused', async () => {
    const first = await hns.pods.create({ name: 'web', network })

    await rejects(hns.pods.create({ name: 'web', network }), 'ERROR_ALREADY_EXISTS', /hns\.pods\.open\('web'\)/)

    assert.equal((await hns.pods.open('web')).endpoint.id, first.endpoint.id)
    assert.deepEqual(await everything(), { namespaces: 1, endpoints: 1, pods: 1 })
  })

  it('are made once when two ask for one at the same moment', async () => {
    const made = await Promise.allSettled([hns.pods.create({ name: 'web', network }), hns.pods.create({ name: 'web', network })])

    assert.deepEqual(made.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    assert.deepEqual(await everything(), { namespaces: 1, endpoints: 1, pods: 1 })
  })

  const refusals: readonly [string, Partial<PodSpec>][] = [
    ['an address outside the network', { addresses: ['192.0.2.1'] }],
    ['an address that is taken', { addresses: ['10.1.0.99'] }],
    ['a policy the service refuses', { policies: [{ kind: 'unknown', type: 'NoSuchPolicy', settings: {} }] }],
    ['a policy that is none', { policies: [{ kind: 'acl' } as never] }],
    ['a network nobody has', { network: '11111111-2222-4333-8444-555555555555' }],
    ['a name server that is no address', { dns: { servers: ['dns'] } }],
  ]
  for (const [what, change] of refusals) {
    it(`are all or nothing: with ${what} nothing is made`, async () => {
      await hns.endpoints.create({ network, addresses: ['10.1.0.99'] })

      await assert.rejects(hns.pods.create({ name: 'web', network, ...change }))

      assert.deepEqual(await everything(), { namespaces: 0, endpoints: 1, pods: 0 })
      await hns.pods.create({ name: 'web', network })
    })
  }

  it('are taken back when nobody waits for them any more', async () => {
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const creating = hns.pods.create({ name: 'web', network }, { signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(creating, reason)

    assert.equal(await hns.reconcile('pod', 'web'), 'absent')

    assert.deepEqual(await everything(), { namespaces: 0, endpoints: 0, pods: 0 })
  })

  it('are backends by themselves', async () => {
    const web = await hns.pods.create({ name: 'web', network })

    const loadBalancer = await hns.loadBalancers.create({
      frontendVips: ['10.96.0.80'],
      backends: [web],
      ports: [{ protocol: 'tcp', external: 80 }],
    })

    assert.deepEqual(loadBalancer.backends, [web.endpoint.id.toUpperCase()])
  })

  it('have no compartments to run programs in where ports are in memory', async () => {
    const web = await hns.pods.create({ name: 'web', network })

    await rejects(web.spawn('true'), 'ERR_NOT_SUPPORTED', /`true`.*ports: 'linux'/)
  })

  it('see each other on the wire', async () => {
    const lab = await createLab()
    try {
      await lab.addPod({
        name: 'web',
        addresses: ['10.1.0.4'],
        policies: [acl({ action: 'allow', direction: 'in', localPorts: [80], protocol: 'tcp' })],
      })
      await lab.addPod({ name: 'client', addresses: ['10.1.0.20'] })

      await lab.at('10.1.0.20').send([tcp('10.1.0.20:1 > 10.1.0.4:80 S'), tcp('10.1.0.20:1 > 10.1.0.4:81 S')])

      assert.deepEqual(await lab.deliveries(), { '10.1.0.4': [tcp('10.1.0.20:1 > 10.1.0.4:80 S')] })
    } finally {
      await lab.close()
    }
  })
})
