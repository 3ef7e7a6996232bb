import assert from 'node:assert/strict'
import type { EmbeddedErrorCode, HcnServiceErrorCode, WindowsErrorCode } from '../../lib/index.js'
import { HcnError } from '../../lib/index.js'
import { loadBinding } from '../../lib/native/load.js'

type NativeCode = HcnServiceErrorCode | WindowsErrorCode | EmbeddedErrorCode

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

  it('have a code in TypeScript for each the addon has, and no other', () => {
    // The compiler refuses a member too many or too few here; the addon decides the rest.
    const codes: Record<NativeCode, true> = NATIVE_CODES

    assert.deepEqual(Object.values(loadBinding().errorSymbols).sort(), Object.keys(codes).sort())
  })
})

const NATIVE_CODES = {
  HCN_E_NETWORK_NOT_FOUND: true,
  HCN_E_ENDPOINT_NOT_FOUND: true,
  HCN_E_LAYER_NOT_FOUND: true,
  HCN_E_SWITCH_NOT_FOUND: true,
  HCN_E_SUBNET_NOT_FOUND: true,
  HCN_E_ADAPTER_NOT_FOUND: true,
  HCN_E_PORT_NOT_FOUND: true,
  HCN_E_POLICY_NOT_FOUND: true,
  HCN_E_VFP_PORTSETTING_NOT_FOUND: true,
  HCN_E_INVALID_NETWORK: true,
  HCN_E_INVALID_NETWORK_TYPE: true,
  HCN_E_INVALID_ENDPOINT: true,
  HCN_E_INVALID_POLICY: true,
  HCN_E_INVALID_POLICY_TYPE: true,
  HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION: true,
  HCN_E_NETWORK_ALREADY_EXISTS: true,
  HCN_E_LAYER_ALREADY_EXISTS: true,
  HCN_E_POLICY_ALREADY_EXISTS: true,
  HCN_E_PORT_ALREADY_EXISTS: true,
  HCN_E_ENDPOINT_ALREADY_ATTACHED: true,
  HCN_E_REQUEST_UNSUPPORTED: true,
  HCN_E_MAPPING_NOT_SUPPORTED: true,
  HCN_E_DEGRADED_OPERATION: true,
  HCN_E_SHARED_SWITCH_MODIFICATION: true,
  HCN_E_GUID_CONVERSION_FAILURE: true,
  HCN_E_REGKEY_FAILURE: true,
  HCN_E_INVALID_JSON: true,
  HCN_E_INVALID_JSON_REFERENCE: true,
  HCN_E_ENDPOINT_SHARING_DISABLED: true,
  HCN_E_INVALID_IP: true,
  HCN_E_SWITCH_EXTENSION_NOT_FOUND: true,
  HCN_E_MANAGER_STOPPED: true,
  HCN_E_ICS_DISABLED: true,
  HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS: true,
  HCN_E_ENTITY_HAS_REFERENCES: true,
  HCN_E_INVALID_INTERNAL_PORT: true,
  HCN_E_NAMESPACE_ATTACH_FAILED: true,
  HCN_E_ADDR_INVALID_OR_RESERVED: true,
  HCN_E_INVALID_PREFIX: true,
  HCN_E_OBJECT_USED_AFTER_UNLOAD: true,
  HCN_E_INVALID_SUBNET: true,
  HCN_E_INVALID_IP_SUBNET: true,
  HCN_E_ENDPOINT_NOT_ATTACHED: true,
  HCN_E_ENDPOINT_NOT_LOCAL: true,
  HCN_INTERFACEPARAMETERS_ALREADY_APPLIED: true,
  HCN_E_VFP_NOT_ALLOWED: true,
  E_NOTIMPL: true,
  E_POINTER: true,
  E_UNEXPECTED: true,
  E_OUTOFMEMORY: true,
  ERROR_ACCESS_DENIED: true,
  ERROR_DISK_FULL: true,
  ERROR_INVALID_HANDLE: true,
  ERROR_NOT_SUPPORTED: true,
  ERROR_INVALID_PARAMETER: true,
  ERROR_ALREADY_EXISTS: true,
  ERROR_NOT_FOUND: true,
  ERROR_TOO_MANY_NAMES: true,
  ERROR_OBJECT_ALREADY_EXISTS: true,
  RPC_S_SERVER_UNAVAILABLE: true,
  ERR_NAMESPACES_UNAVAILABLE: true,
  ERR_PORT_DRIVER: true,
  ERR_INVALID_FRAME: true,
  ERR_DOCUMENT_TOO_LARGE: true,
  ERR_STATE_UNAVAILABLE: true,
  ERR_STATE_DAMAGED: true,
  ERR_STATE_NEWER: true,
} as const satisfies Record<NativeCode, true>
