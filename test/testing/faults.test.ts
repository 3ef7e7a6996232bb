import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { HcnError, HostNetworking } from '../../lib/index.js'
import { HCN_CALLS } from '../../lib/native/hcn-call-shapes.js'
import { createLab, type Fault, type HcnCallName, type Lab } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'
import { turnUntil } from './support/turn-until.js'

const NETWORK = '11111111-2222-4333-8444-555555555555'
const OTHER = '22222222-2222-4333-8444-555555555555'
const SUBNETS = [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }]
const NON_PERSISTENT = 8

describe('a fault', () => {
  let lab: Lab | undefined

  afterEach(() => lab?.close())

  async function labWith(...faults: Fault[]): Promise<Lab> {
    lab = await createLab({ faults })
    return lab
  }

  it('fails the call with its code and record, and the call has no effect', async () => {
    const { host, network } = await labWith({ call: 'createEndpoint', fault: 'fail', code: 'HCN_E_PORT_NOT_FOUND' })

    const failing = host.endpoints.create({ network, name: 'web' })

    await assert.rejects(failing, { code: 'HCN_E_PORT_NOT_FOUND', hresult: 0x803b0007 })
    await assert.rejects(failing, (error: { record?: { ErrorCode: number } }) => error.record?.ErrorCode === 0x803b0007)
    assert.deepEqual(await host.endpoints.list(), [])
  })

  it('after the call leaves what the call did, and no handle', async () => {
    const { host, network } = await labWith({ call: 'createEndpoint', when: 'after', fault: 'fail', code: 'RPC_S_SERVER_UNAVAILABLE' })

    await rejects(host.endpoints.create({ network, name: 'web' }), 'RPC_S_SERVER_UNAVAILABLE')

    assert.deepEqual(
      (await host.endpoints.list()).map(({ name }) => name),
      ['web'],
    )
  })

  it('takes back the text of a query that fails after it was answered', async () => {
    const { host } = await labWith({ call: 'enumerateNetworks', when: 'after', fault: 'fail', code: 'HRESULT_0x803B0FFF', times: 1 })

    await rejects(host.networks.list(), 'HRESULT_0x803B0FFF')

    assert.equal((await host.networks.list()).length, 1)
  })

  it('strikes on the n-th call only', async () => {
    const { host } = await labWith({ call: 'createNamespace', nth: 3, fault: 'fail', code: 'ERROR_ACCESS_DENIED' })
    const outcomes: string[] = []
    for (let n = 0; n < 5; ++n)
      await host.namespaces.create().then(
        () => outcomes.push('created'),
        ({ code }) => outcomes.push(code),
      )

    assert.deepEqual(outcomes, ['created', 'created', 'ERROR_ACCESS_DENIED', 'created', 'created'])
  })

  it('with a probability strikes the same calls for the same seed, about as often as it says', async () => {
    const faults: readonly Fault[] = [{ call: 'enumerateNamespaces', probability: 0.25, fault: 'fail', code: 'ERROR_ACCESS_DENIED' }]
    const draws = async (seed: number) => {
      const hns = await HostNetworking.open({ provider: 'embedded', seed, faults })
      const struck: boolean[] = []
      for (let n = 0; n < 400; ++n) {
        struck.push(
          await hns.namespaces.find({ name: 'nobody' }).then(
            () => false,
            () => true,
          ),
        )
      }
      await hns.close()
      return struck
    }

    const [first, again, other] = [await draws(5), await draws(5), await draws(6)]

    assert.deepEqual(first, again)
    assert.notDeepEqual(first, other)
    // Five standard deviations around 100.
    const count = first.filter(Boolean).length
    assert.ok(count > 57 && count < 143, `${count} of 400`)
  })

  it('delays a call until the clock is turned that far', async () => {
    await labWith({ call: 'createNamespace', fault: 'delay', by: { minutes: 2 } })

    const turned = await turnUntil(lab as Lab, (lab as Lab).host.namespaces.create())

    assert.ok(turned >= 120, `${turned} seconds`)
  })

  it('lets a call hang whose deadline then passes, and reconcile() finds that it was never made', async () => {
    const { host } = await labWith({ call: 'createNetwork', nth: 2, fault: 'hang' })

    const creating = host.networks.create({ id: NETWORK, name: 'late', subnets: SUBNETS }, { timeout: 20 })

    await rejects(creating, 'ERR_OUTCOME_UNKNOWN')
    await rejects(host.reconcile('network', NETWORK, { timeout: 20 }), 'ERR_OUTCOME_UNKNOWN')
    assert.equal((await host.networks.list()).length, 1)
  })

  it('answers other calls while sixty-three hang', async () => {
    const { host } = await labWith({ call: 'createNamespace', fault: 'hang' })
    const hanging = Array.from({ length: 63 }, () => host.namespaces.create().catch((error: unknown) => error))

    const networks = await Promise.all([host.networks.list(), host.networks.list()])

    assert.deepEqual(
      networks.map((list) => list.length),
      [1, 1],
    )
    await Promise.all([host.close(), ...hanging])
  })

  it('does not keep a host from closing, however many calls hang', async () => {
    const { host } = await labWith({ call: 'createNamespace', fault: 'hang' })
    const hanging = Array.from({ length: 80 }, () => host.namespaces.create().catch((error: unknown) => error))
    // All have been handed to the service.
    await new Promise(setImmediate)

    await Promise.all([host.close(), ...hanging])

    // The second: of calls that had to wait for a thread, and began when none hung any more.
    const codes = new Set((await Promise.all(hanging)).map((error) => (error as { code?: string }).code))
    assert.deepEqual(
      [...codes].filter((code) => code !== 'HCN_E_MANAGER_STOPPED' && code !== 'ERR_HOST_CLOSED'),
      [],
    )
  })

  it('does not keep a Worker from exiting', async () => {
    const worker = new Worker(new URL('./support/hanging-worker.js', import.meta.url))
    await once(worker, 'message')

    assert.equal(await worker.terminate(), 1)
  })

  it('restarts the service: streams end, what is not persistent goes, all else comes back with its ids', async () => {
    const { host, network } = await labWith({ call: 'deleteNamespace', nth: 1, fault: 'restart' })
    const events = host.events()
    await events.ready
    await host.networks.create({ id: NETWORK, name: 'kept', subnets: SUBNETS })
    const going = await host.networks.create({ id: OTHER, name: 'going', subnets: SUBNETS, flags: NON_PERSISTENT })
    await host.endpoints.create({ network: going, name: 'going' })
    const namespace = await host.namespaces.create()

    await rejects(namespace.delete(), 'RPC_S_SERVER_UNAVAILABLE')

    const kinds: string[] = []
    for await (const event of events) if (event.kind !== 'other') kinds.push(event.kind)
    assert.deepEqual(kinds, ['networkCreated', 'networkCreated', 'namespaceCreated', 'serviceDisconnected'])
    assert.deepEqual((await host.networks.list()).map(({ id }) => id.toLowerCase()).sort(), [network.id.toLowerCase(), NETWORK].sort())
    assert.deepEqual(await host.endpoints.list(), [])
    assert.equal((await host.namespaces.open(namespace.id)).id, namespace.id)
  })

  it('that restarts the service in the middle of a call leaves open whether the call was made', async () => {
    const { host } = await labWith({ call: 'createNamespace', when: 'after', nth: 1, fault: 'restart' })

    const lost = await host.namespaces.create().catch((error: unknown) => error)

    assert.ok(HcnError.is(lost, 'RPC_S_CALL_FAILED'), String(lost))
    assert.equal(lost.category, 'reconcile')
    assert.equal((await host.namespaces.list()).filter(({ type }) => type !== 'HostDefault').length, 1)
  })

  it('that restarts the service reaches the others who share its state folder', async () => {
    const state = await mkdtemp(join(tmpdir(), 'hns-vfp-faults-'))
    const faults: readonly Fault[] = [{ call: 'deleteNamespace', nth: 1, fault: 'restart' }]
    const restarting = await HostNetworking.open({ provider: 'embedded', state, faults })
    const other = await HostNetworking.open({ provider: 'embedded', state })
    try {
      await restarting.networks.create({ id: NETWORK, name: 'kept', subnets: SUBNETS })
      await restarting.networks.create({ id: OTHER, name: 'going', subnets: SUBNETS, flags: NON_PERSISTENT })
      const namespace = await restarting.namespaces.create()
      await other.namespaces.open(namespace.id)
      const events = other.events()
      await events.ready

      await rejects(namespace.delete(), 'RPC_S_SERVER_UNAVAILABLE')

      for await (const event of events) if (event.kind === 'networkDeleted' && event.id.toLowerCase() === OTHER) break
      assert.deepEqual(
        (await other.networks.list()).map(({ name }) => name),
        ['kept'],
      )
      await restarting.namespaces.open(namespace.id)
    } finally {
      await Promise.all([restarting.close(), other.close()])
      await rm(state, { recursive: true })
    }
  })

  it('can strike every call there is', async () => {
    const faults = Object.keys(HCN_CALLS).map((call): Fault => ({ call: call as HcnCallName, nth: 1000, fault: 'hang' }))
    const hns = await HostNetworking.open({ provider: 'embedded', faults })

    await hns.close()
  })

  it('keeps the service away for as long as it says: every call fails, and none says "not found"', async () => {
    const { host, clock, network } = await labWith({ call: 'createNamespace', nth: 1, fault: 'restart', lasting: { seconds: 30 } })
    await rejects(host.namespaces.create(), 'RPC_S_SERVER_UNAVAILABLE')

    await rejects(host.networks.list(), 'RPC_S_SERVER_UNAVAILABLE')
    await rejects(host.networks.open(network.id), 'RPC_S_SERVER_UNAVAILABLE')
    await clock.advance({ seconds: 30 })

    await host.networks.open(network.id)
  })

  it('is refused when it can mean nothing, with the value and what would be right', async () => {
    const open = (fault: unknown) => HostNetworking.open({ provider: 'embedded', faults: [fault as Fault] })

    await rejects(open({ call: 'makeCoffee', fault: 'hang' }), 'ERR_INVALID_ARGUMENT', /faults\[0\]\.call is `makeCoffee`/)
    await rejects(open({ call: '*', fault: 'explode' }), 'ERR_INVALID_ARGUMENT', /faults\[0\]\.fault is `explode`/)
    await rejects(open({ call: '*', fault: 'fail', code: 'HCN_E_NONE' }), 'ERR_INVALID_ARGUMENT', /HCN_E_NONE/)
    await rejects(open({ call: '*', fault: 'hang', probability: 2 }), 'ERR_INVALID_ARGUMENT', /from 0 to 1/)
    await rejects(open({ call: '*', fault: 'hang', nth: 0 }), 'ERR_INVALID_ARGUMENT', /nth/)
    await rejects(open({ call: '*', fault: 'hang', code: 'E_POINTER' }), 'ERR_INVALID_ARGUMENT', /code/)
    await rejects(open(null), 'ERR_INVALID_ARGUMENT')
    const shared = HostNetworking.open({ provider: 'embedded', host: 'shared', faults: [{ call: '*', fault: 'hang' }] })
    await rejects(shared, 'ERR_INVALID_ARGUMENT', /leave out `host`/)
  })
})
