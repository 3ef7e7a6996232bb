import assert from 'node:assert/strict'
import { errorCatalogue, HcnError } from '../../lib/index.js'
import { loadBinding } from '../../lib/native/load.js'

describe('errors', () => {
  it('are recognised across copies of the package, where instanceof is not', async () => {
    const copy = (await import(`${new URL('../../lib/errors.js', import.meta.url)}?copy`)) as typeof import('../../lib/errors.js')
    const error: unknown = new copy.HcnError('ERR_TIMEOUT', 'no answer')

    assert.equal(error instanceof HcnError, false)
    assert.equal(HcnError.is(error, 'ERR_TIMEOUT'), true)
    assert.equal(HcnError.is(error, 'ERR_HOST_CLOSED'), false)
  })

  for (const other of [undefined, null, 'ERR_TIMEOUT', new Error('x'), { code: 'ERR_TIMEOUT' }]) {
    it(`are not ${other instanceof Error ? 'other errors' : JSON.stringify(other)}`, () => {
      assert.equal(HcnError.is(other), false)
    })
  }

  it('have in the catalogue the codes, the numbers and the sentences that the addon has, and no other', () => {
    const { errorSymbols, errorTexts } = loadBinding()
    const native = Object.entries(errorSymbols).map(([hresult, code]) => [code, Number(hresult), errorTexts[hresult]])
    const listed = Object.entries(errorCatalogue).flatMap(([code, { hresult, text }]) =>
      hresult === undefined ? [] : [[code, hresult, text]],
    )

    assert.deepEqual(sorted(listed), sorted(native))
  })

  it('say what to do about them', () => {
    const full = new HcnError('HCN_E_PORT_ALREADY_EXISTS', 'x')
    const unnamed = new HcnError('HRESULT_0x803B0041', 'x')

    assert.equal(full.category, 'fix-input')
    assert.equal(full.remedy, errorCatalogue.HCN_E_PORT_ALREADY_EXISTS.remedy)
    assert.equal(new HcnError('ERR_OUTCOME_UNKNOWN', 'x').category, 'reconcile')
    assert.equal(unnamed.category, 'reconcile')
    for (const [code, { text, meaning, remedy }] of Object.entries(errorCatalogue)) {
      // One of Windows' begins with the place of a name.
      assert.match(text, /^(%1|[A-Z]).*\.$/, code)
      assert.ok(meaning !== '' && remedy !== '', code)
    }
  })

  it('of a service that restarts are never those of an object that is gone', () => {
    const restarting = [
      'HCN_E_MANAGER_STOPPED',
      'RPC_S_SERVER_UNAVAILABLE',
      'RPC_S_SERVER_TOO_BUSY',
      'RPC_S_CALL_FAILED',
      'RPC_S_CALL_FAILED_DNE',
      'RPC_E_DISCONNECTED',
    ] as const
    for (const code of restarting) {
      assert.equal(HcnError.isNotFound(new HcnError(code, 'x')), false, code)
      assert.ok(['retry', 'reconcile'].includes(errorCatalogue[code].category), code)
    }
    assert.equal(HcnError.isNotFound(new HcnError('HCN_E_NETWORK_NOT_FOUND', 'x')), true)
    assert.equal(HcnError.isNotFound({ code: 'HCN_E_NETWORK_NOT_FOUND' }), false)
  })
})

function sorted(rows: readonly (readonly unknown[])[]) {
  return [...rows].sort((a, b) => String(a[0]).localeCompare(String(b[0])))
}
