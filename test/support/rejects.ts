import assert from 'node:assert/strict'
import { HcnError, type HcnErrorCode } from '../../lib/index.js'

/** The call rejects with an HcnError of that code, and its message says what `pattern` looks for. */
export async function rejects(call: Promise<unknown> | (() => Promise<unknown>), code: HcnErrorCode, pattern?: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(HcnError.is(error), `an HcnError was expected, not ${String(error)}`)
    assert.equal(error.code, code, error.message)
    if (pattern !== undefined) assert.match(error.message, pattern)
    return true
  })
}
