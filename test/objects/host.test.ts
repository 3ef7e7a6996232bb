import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { HcnError, HostNetworking, type OpenOptions } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]
const EMBEDDED = { provider: 'embedded' } as const

describe('a host', () => {
  const open: HostNetworking[] = []
  const openHost = async (options: OpenOptions = {}) => {
    const hns = await HostNetworking.open({ ...EMBEDDED, ...options })
    open.push(hns)
    return hns
  }
  afterEach(() => Promise.all(open.splice(0).map((hns) => hns.close())))

  it('is one of its own for each who opens one', async () => {
    const [first, second] = [await openHost(), await openHost()]
    const network = await first.networks.create({ name: 'pods', subnets: SUBNETS })

    assert.deepEqual(await second.networks.list(), [])
    await rejects(second.networks.open(network.id), 'HCN_E_NETWORK_NOT_FOUND')
  })

  it('is shared by all who give the same name, until the last has closed it', async () => {
    const [first, second, other] = [await openHost({ host: 'blue' }), await openHost({ host: 'blue' }), await openHost({ host: 'green' })]
    await first.networks.create({ name: 'pods', subnets: SUBNETS })

    assert.equal((await second.networks.list()).length, 1)
    assert.equal((await other.networks.list()).length, 0)

    await first.close()
    assert.equal((await second.networks.list()).length, 1)
    await second.close()
    assert.equal((await (await openHost({ host: 'blue' })).networks.list()).length, 0)
  })

  it('gives the same addresses and MACs for the same seed', async () => {
    const seen = await Promise.all(
      [42, 42, 43].map(async (seed) => {
        const hns = await openHost({ seed })
        const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
        const endpoint = await hns.endpoints.create({ network })
        return `${endpoint.addresses} ${endpoint.macAddress}`
      }),
    )

    assert.equal(seen[0], seen[1])
    assert.notEqual(seen[0], seen[2])
  })

  it('is closed once, however often it is closed', async () => {
    const hns = await openHost()

    await Promise.all([hns.close(), hns.close(), hns[Symbol.asyncDispose]()])
    await hns.close()
  })

  it('answers nothing any more when it is closed, and neither do its handles', async () => {
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    await hns.close()

    for (const call of [
      () => hns.networks.list(),
      () => hns.networks.create({ name: 'late', subnets: SUBNETS }),
      () => network.query(),
      () => network.delete(),
      () => hns.pods.list(),
      () => hns.vfp.ports(),
      () => hns.topology(),
      () => hns.advanceClock({ seconds: 1 }),
    ]) {
      await rejects(call, 'ERR_HOST_CLOSED', /this HostNetworking is closed/)
    }
    await network.close()
  })

  it('may be closed while calls are under way', async () => {
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const calls = Promise.allSettled(Array.from({ length: 64 }, (_, i) => hns.endpoints.create({ network, name: `pod-${i}` })))

    await hns.close()

    for (const result of await calls) {
      if (result.status === 'rejected') assert.ok(HcnError.is(result.reason), String(result.reason))
    }
  })

  it('keeps closed handles closed', async () => {
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })

    await network.close()
    await network.close()

    await rejects(network.query(), 'ERR_HANDLE_CLOSED', /network `pods` was closed; hns\.networks\.open\('/)
    await rejects(hns.endpoints.create({ network }), 'ERR_HANDLE_CLOSED')
    assert.equal((await hns.networks.list()).length, 1)
  })

  it('deletes what is gone already without complaint', async () => {
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const same = await hns.networks.open(network.id)
    const endpoint = await hns.endpoints.create({ network })
    const namespace = await hns.namespaces.create()
    const loadBalancer = await hns.loadBalancers.create({
      frontendVips: ['10.96.0.1'],
      backends: [],
      ports: [{ protocol: 'tcp', external: 80 }],
    })

    for (const handle of [loadBalancer, namespace, endpoint, network, same]) {
      await handle.delete()
      await handle.delete()
    }

    assert.deepEqual(await hns.networks.list(), [])
  })

  it('finds out with reconcile what became of a create nobody waited for', async () => {
    const hns = await openHost()
    const id = '3c7f1a52-0f6e-4d6c-9d0b-7b7a3f3f0c01'
    const controller = new AbortController()
    const creating = hns.networks.create({ id, name: 'pods', subnets: SUBNETS }, { signal: controller.signal })
    controller.abort()
    await assert.rejects(creating)

    assert.equal(await hns.reconcile('network', id), 'exists')
    assert.equal(await hns.reconcile('endpoint', id), 'absent')
    await rejects(hns.reconcile('route', id), 'ERR_INVALID_ARGUMENT', /kind is `route`/)
  })

  it('lists what there is while objects come and go', async () => {
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const staying = await hns.endpoints.create({ network, name: 'staying' })
    let lists = 0

    const churn = Promise.all(
      Array.from({ length: 200 }, async () => {
        const endpoint = await hns.endpoints.create({ network })
        await endpoint.delete()
      }),
    )
    const listing = (async () => {
      for (let i = 0; i < 40; i++) {
        const listed = await hns.endpoints.list()
        assert.ok(listed.some(({ id }) => id === staying.id))
        lists++
      }
    })()
    await Promise.all([churn, listing])

    assert.equal(lists, 40)
    assert.equal((await hns.endpoints.list()).length, 1)
  })

  it('closes handles that were forgotten, when they are collected', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const hns = await openHost()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const collected: WeakRef<object>[] = []
    for (let i = 0; i < 100; i++) collected.push(new WeakRef(await hns.endpoints.open((await hns.endpoints.create({ network })).id)))

    // A WeakRef holds until the turn of the event loop ends.
    for (let turn = 0; turn < 50 && collected.some((handle) => handle.deref() !== undefined); turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }

    assert.equal(collected.filter((handle) => handle.deref() !== undefined).length, 0)
    assert.equal((await hns.endpoints.list()).length, 100)
  })

  const workerProgram = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.index).then(async ({ HostNetworking }) => {
      const hns = await HostNetworking.open({ provider: 'embedded' })
      const network = await hns.networks.create({ name: 'pods', subnets: ${JSON.stringify(SUBNETS)} })
      if (workerData.busy) {
        parentPort.postMessage('busy')
        for (;;) await Promise.all(Array.from({ length: 32 }, async () => { await (await hns.endpoints.create({ network })).delete() }))
      }
      parentPort.postMessage((await hns.networks.list()).length)
      await hns.close()
    })`
  const worker = (busy: boolean) =>
    new Worker(workerProgram, { eval: true, workerData: { busy, index: new URL('../../lib/index.js', import.meta.url).href } })

  it('works in a Worker, beside one in the main thread', async () => {
    const hns = await openHost()
    await hns.networks.create({ name: 'main', subnets: SUBNETS })
    const thread = worker(false)

    // A thread that is gone before its message is read tells of both at once.
    const [[networks], [status]] = await Promise.all([once(thread, 'message'), once(thread, 'exit')])

    assert.equal(networks, 1)
    assert.equal(status, 0)
    assert.equal((await hns.networks.list()).length, 1)
  })

  it('survives a Worker that is terminated in the middle of its calls', async () => {
    const hns = await openHost()
    for (let i = 0; i < 5; i++) {
      const thread = worker(true)
      await once(thread, 'message')
      await thread.terminate()
    }

    assert.deepEqual(await hns.networks.list(), [])
  })

  const refusals: readonly [string, Record<string, unknown>, RegExp][] = [
    ['an unknown provider', { provider: 'docker' }, /provider is `docker`/],
    ['unknown ports', { ports: 'ebpf' }, /ports is `ebpf`/],
    ['a misspelt member', { flowcache: false }, /open\.flowcache .*no such member/],
    ['a seed below 0', { seed: -1 }, /seed is `-1`/],
    ['a profile that no source gives a version for', { profile: 'server2025' }, /profile is `server2025`: expected `server2019`/],
    ['a profile from before HCN', { profile: '7.2' }, /profile is `7\.2`/],
    ['no connections', { maxConnections: 0 }, /maxConnections is `0`/],
    ['an empty name', { host: '' }, /host is/],
  ]
  for (const [what, options, message] of refusals) {
    it(`refuses ${what}`, async () => {
      await rejects(HostNetworking.open({ ...EMBEDDED, ...options } as OpenOptions), 'ERR_INVALID_ARGUMENT', message)
    })
  }

  it('says that provider service is not there yet', async () => {
    await rejects(HostNetworking.open({ provider: 'service' }), 'ERR_NOT_SUPPORTED', /provider `service`/)
  })

  it('says what is wrong with options and names of any type, wherever they are given', async () => {
    const hns = await openHost()
    const odd = [null, 5, 'now'] as unknown as { readonly timeout?: number }[]

    for (const options of odd) {
      await rejects(hns.networks.list(options), 'ERR_INVALID_ARGUMENT', /options/)
      await rejects(hns.namespaces.create({}, options), 'ERR_INVALID_ARGUMENT', /options/)
      assert.throws(() => hns.vfp.flows(undefined, options), /options/)
      assert.throws(() => hns.events(options as object), /options/)
      await rejects(HostNetworking.open(options as OpenOptions), 'ERR_INVALID_ARGUMENT', /options/)
    }
    await rejects(hns.networks.list({ signal: null } as unknown as { signal?: AbortSignal }), 'ERR_INVALID_ARGUMENT', /signal/)
    for (const name of [undefined, null, 7, '', Symbol('pod')] as unknown as string[]) {
      await rejects(hns.pods.open(name), 'ERR_INVALID_ARGUMENT', /name/)
      await rejects(hns.pods.find({ name }), 'ERR_INVALID_ARGUMENT', /find\.name/)
    }
    await rejects(hns.pods.find(undefined as unknown as { name: string }), 'ERR_INVALID_ARGUMENT', /find/)
  })

  it('says which ports it has, and why not others', async () => {
    const hns = await openHost({ ports: 'auto' })

    if (hns.ports === 'linux') assert.equal(hns.portsReason, undefined)
    else assert.match(hns.portsReason ?? '', /\w/)
    assert.equal((await openHost()).ports, 'memory')
  })

  it('turns its clock only when that is a clock turned by hand', async () => {
    const [manual, system] = [await openHost({ clock: 'manual' }), await openHost()]

    await manual.advanceClock({ hours: 1 })
    await rejects(manual.advanceClock({ seconds: -1 }), 'ERR_INVALID_ARGUMENT', /time goes forward/)
    await rejects(system.advanceClock({ seconds: 1 }), 'ERR_NOT_SUPPORTED', /clock: 'manual'/)
  })
})
