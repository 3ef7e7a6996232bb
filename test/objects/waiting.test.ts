import assert from 'node:assert/strict'
import { HcnError } from '../../lib/index.js'
import { featuresOf, readVersionTable } from '../../lib/native/features.js'
import { loadBinding } from '../../lib/native/load.js'
import { HostContext } from '../../lib/objects/host-context.js'
import { Networks } from '../../lib/objects/network.js'
import { fakeHandle, PendingCalls, settled } from '../support/pending-calls.js'
import { rejects } from '../support/rejects.js'

const ID = 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444'
const SPEC = { id: ID, name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] }
const FEATURES = featuresOf(readVersionTable(loadBinding().versions), { major: 15, minor: 4 })
const DOCUMENT = JSON.stringify({ ID, Name: 'pods', Type: 'L2Bridge' })

describe('waiting', () => {
  let pending: PendingCalls
  let context: HostContext
  let networks: Networks

  beforeEach(() => {
    pending = new PendingCalls()
    context = new HostContext(pending.host, {}, FEATURES)
    networks = new Networks(context)
  })

  async function openNetwork() {
    const opening = networks.open(ID)
    pending.call('openNetwork').answer(fakeHandle('network'))
    await settled()
    pending.call('queryNetworkProperties').answer(DOCUMENT)
    return opening
  }

  it('begins nothing when the signal was aborted before', async () => {
    const reason = new Error('changed my mind')

    await assert.rejects(networks.create(SPEC, { signal: AbortSignal.abort(reason) }), reason)

    assert.deepEqual(pending.names, [])
  })

  it("rejects with the signal's reason at once, while the service works on", async () => {
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const creating = networks.create(SPEC, { signal: controller.signal })

    controller.abort(reason)

    await assert.rejects(creating, reason)
    assert.deepEqual(pending.names, ['createNetwork'])
  })

  it('closes the handle of a create that nobody waited for', async () => {
    const controller = new AbortController()
    const creating = networks.create(SPEC, { signal: controller.signal })
    controller.abort()
    await assert.rejects(creating)

    const late = fakeHandle('network')
    pending.call('createNetwork').answer(late)
    await settled()

    assert.deepEqual(pending.names, ['createNetwork', 'closeNetwork'])
    assert.equal(pending.call('closeNetwork').args[0], late)
  })

  it('closes the handle of an open that nobody waited for', async () => {
    const controller = new AbortController()
    const opening = networks.open(ID, { signal: controller.signal })
    controller.abort()
    await assert.rejects(opening)

    pending.call('openNetwork').answer(fakeHandle('network'))
    await settled()

    assert.deepEqual(pending.names, ['openNetwork', 'closeNetwork'])
  })

  it('does not know what became of a change that took too long, and says how to ask', async () => {
    const creating = networks.create(SPEC, { timeout: 5 })

    await assert.rejects(creating, (error) => {
      assert.ok(HcnError.is(error, 'ERR_OUTCOME_UNKNOWN'))
      assert.deepEqual(error.object, { kind: 'network', id: ID })
      assert.match(error.message, /create network `pods`.*within 5 ms.*reconcile\('network'/)
      return true
    })
  })

  it('does not know the outcome either when the answer to the query after it is missing', async () => {
    const creating = networks.create(SPEC, { timeout: 5 })
    pending.call('createNetwork').answer(fakeHandle('network'))

    await rejects(creating, 'ERR_OUTCOME_UNKNOWN')

    assert.deepEqual(pending.names, ['createNetwork', 'queryNetworkProperties', 'closeNetwork'])
  })

  it('reports a timeout of a call that changes nothing as that', async () => {
    await rejects(networks.list({ timeout: 5 }), 'ERR_TIMEOUT', /list networks: no answer within 5 ms/)
  })

  it('waits in whenSettled for the end of a change nobody waited for', async () => {
    await rejects(networks.create(SPEC, { timeout: 5 }), 'ERR_OUTCOME_UNKNOWN')
    const wait = (await import('../../lib/objects/call-options.js')).Wait.from()
    let settledYet = false
    const settling = context.whenSettled({ kind: 'network', id: ID.toUpperCase() }, wait).then(() => {
      settledYet = true
    })
    await settled()
    assert.equal(settledYet, false)

    pending.call('createNetwork').fail(new Error('too late'))
    await settling

    assert.equal(settledYet, true)
  })

  for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
    it(`refuses a timeout of ${JSON.stringify(timeout)}`, async () => {
      await rejects(networks.list({ timeout }), 'ERR_INVALID_ARGUMENT', /timeout is/)
      assert.deepEqual(pending.names, [])
    })
  }

  it('frees a handle once, however often and at once it is closed', async () => {
    const network = await openNetwork()

    const closing = [network.close(), network.close(), network[Symbol.asyncDispose]()]
    await settled()
    pending.call('closeNetwork').answer(undefined)
    await Promise.all(closing)

    assert.equal(pending.names.filter((name) => name === 'closeNetwork').length, 1)
  })

  it('opens a handle of a list at its first use, and only once', async () => {
    const listing = networks.list()
    pending.call('enumerateNetworks').answer(JSON.stringify([ID]))
    await settled()
    pending.call('openNetwork').answer(fakeHandle('network'))
    await settled()
    pending.call('queryNetworkProperties').answer(DOCUMENT)
    const [network] = await listing
    const before = pending.names.filter((name) => name === 'openNetwork').length

    const queries = [network?.query(), network?.query()]
    pending.call('openNetwork').answer(fakeHandle('network'))
    await settled()
    for (const call of pending.calls.filter(({ name }) => name === 'queryNetworkProperties')) call.answer(DOCUMENT)
    await Promise.all(queries)

    assert.equal(pending.names.filter((name) => name === 'openNetwork').length, before + 1)
  })

  it('passes a native failure on with its code, its HRESULT and the record of the service', async () => {
    const symbols = { '2151350272': 'HCN_E_UNUSED', '2151350273': 'HCN_E_NETWORK_NOT_FOUND' }
    const named = new Networks(new HostContext(pending.host, symbols, FEATURES))
    const record = '{"Success":false,"Error":"The network was not found. ","ErrorCode":2151350273}'
    const opening = named.open(ID)

    pending.call('openNetwork').fail(Object.assign(new Error('native'), { hresult: 0x803b0001, record }))

    await assert.rejects(opening, (error) => {
      assert.ok(HcnError.is(error, 'HCN_E_NETWORK_NOT_FOUND'))
      assert.equal(error.hresult, 2151350273)
      assert.equal(error.record?.Error, 'The network was not found. ')
      assert.equal(error.message, `open network \`${ID}\`: The network was not found.`)
      return true
    })
  })

  it('names an HRESULT it does not know by its digits', async () => {
    const opening = networks.open(ID)

    pending.call('openNetwork').fail(Object.assign(new Error('native'), { hresult: 0x803b0041 | 0, record: null }))

    await rejects(opening, 'HRESULT_0x803B0041')
  })
})
