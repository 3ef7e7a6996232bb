import assert from 'node:assert/strict'
import { featuresOf, readSystemVersion, readVersionTable } from '../../lib/native/features.js'
import { loadBinding } from '../../lib/native/load.js'
import { HostContext } from '../../lib/objects/host-context.js'
import { Networks } from '../../lib/objects/network.js'
import { fakeHandle, PendingCalls, settled } from '../support/pending-calls.js'
import { rejects } from '../support/rejects.js'

const ID = 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444'

describe('a service whose answers are no documents of HCN', () => {
  let pending: PendingCalls
  let networks: Networks

  beforeEach(() => {
    pending = new PendingCalls()
    const features = featuresOf(readVersionTable(loadBinding().versions), { major: 15, minor: 4 })
    networks = new Networks(new HostContext(pending.host, {}, features))
  })

  for (const [what, answer] of [
    ['nothing', ''],
    ['text that is cut off', '{"ID":"'],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', '[]'],
  ] as const) {
    it(`is told so, with the call and what it said: ${what}`, async () => {
      const opening = networks.open(ID)
      pending.call('openNetwork').answer(fakeHandle('network'))
      await settled()
      pending.call('queryNetworkProperties').answer(answer)

      await rejects(opening, 'ERR_INVALID_ANSWER', new RegExp(`query network \`${ID}\`: the service answered`))
      // Nothing stays open.
      await settled()
      assert.ok(pending.names.includes('closeNetwork'))
    })
  }

  it('is told so when a list is an object', async () => {
    const listing = networks.list()
    pending.call('enumerateNetworks').answer('{}')
    await rejects(listing, 'ERR_INVALID_ANSWER', /list networks/)
  })

  it('has a version only when it says two numbers', () => {
    assert.deepEqual(readSystemVersion('open', '{"Success":true,"Output":{"Major":13,"Minor":3}}'), { major: 13, minor: 3 })
    for (const answer of ['{}', '{"Output":{}}', '{"Output":{"Major":"13","Minor":3}}', '{"Success":false,"Error":"no","ErrorCode":5}']) {
      assert.throws(() => readSystemVersion('open', answer), { code: 'ERR_INVALID_ANSWER' })
    }
  })
})
