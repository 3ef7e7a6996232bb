import assert from 'node:assert/strict'
import type { NativeFailure } from '../../../lib/native/hcn-calls.js'
import { loadBinding } from '../../../lib/native/load.js'

/**
 * The symbol a call fails with, or 'OK'. A failure may come without an error
 * record: some functions have none. One that comes has the failure's code.
 */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'OK'
  } catch (error) {
    const { hresult, record } = error as NativeFailure
    if (record !== null) assert.equal((JSON.parse(record) as { readonly ErrorCode: number }).ErrorCode, hresult >>> 0)
    return loadBinding().errorSymbols[String(hresult >>> 0)] ?? String(error)
  }
}
