import assert from 'node:assert/strict'
import type { NativeFailure } from '../../lib/native/hcn-calls.js'
import { binding } from './support/binding.js'

const ERROR_NOT_SUPPORTED = 0x80070032
const ERROR_PROC_NOT_FOUND = 0x8007007f
const ERROR_INVALID_PARAMETER = 0x80070057

const fails = (hresult: number, pattern: RegExp) => (error: unknown) => {
  assert.equal((error as NativeFailure).hresult, hresult)
  assert.match((error as NativeFailure).message, pattern)
  return true
}

describe('the compartment of the thread', () => {
  if (process.platform !== 'win32') {
    it('is only Windows’', () => {
      assert.throws(() => binding.enterCompartment(1), fails(ERROR_NOT_SUPPORTED, /Windows/))
    })
  } else {
    it('is entered, or the export that this Windows lacks is named', () => {
      let before: number
      try {
        before = binding.enterCompartment(1)
      } catch (error) {
        assert.ok(fails(ERROR_PROC_NOT_FOUND, /GetCurrentThreadCompartmentId/)(error))
        return
      }
      assert.equal(binding.enterCompartment(before), 1)
    })
  }

  for (const wrong of [undefined, 'one', {}, null]) {
    it(`has a number, not ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => binding.enterCompartment(wrong as unknown as number), fails(ERROR_INVALID_PARAMETER, /first argument|1|number/i))
    })
  }
})
