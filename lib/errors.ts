import { errorCatalogue } from './error-catalogue.js'

/** Codes of the HCN facility (0x803B0000 + n), by Microsoft's own names. */
export type HcnServiceErrorCode =
  | 'HCN_E_NETWORK_NOT_FOUND'
  | 'HCN_E_ENDPOINT_NOT_FOUND'
  | 'HCN_E_LAYER_NOT_FOUND'
  | 'HCN_E_SWITCH_NOT_FOUND'
  | 'HCN_E_SUBNET_NOT_FOUND'
  | 'HCN_E_ADAPTER_NOT_FOUND'
  | 'HCN_E_PORT_NOT_FOUND'
  | 'HCN_E_POLICY_NOT_FOUND'
  | 'HCN_E_VFP_PORTSETTING_NOT_FOUND'
  | 'HCN_E_INVALID_NETWORK'
  | 'HCN_E_INVALID_NETWORK_TYPE'
  | 'HCN_E_INVALID_ENDPOINT'
  | 'HCN_E_INVALID_POLICY'
  | 'HCN_E_INVALID_POLICY_TYPE'
  | 'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION'
  | 'HCN_E_NETWORK_ALREADY_EXISTS'
  | 'HCN_E_LAYER_ALREADY_EXISTS'
  | 'HCN_E_POLICY_ALREADY_EXISTS'
  | 'HCN_E_PORT_ALREADY_EXISTS'
  | 'HCN_E_ENDPOINT_ALREADY_ATTACHED'
  | 'HCN_E_REQUEST_UNSUPPORTED'
  | 'HCN_E_MAPPING_NOT_SUPPORTED'
  | 'HCN_E_DEGRADED_OPERATION'
  | 'HCN_E_SHARED_SWITCH_MODIFICATION'
  | 'HCN_E_GUID_CONVERSION_FAILURE'
  | 'HCN_E_REGKEY_FAILURE'
  | 'HCN_E_INVALID_JSON'
  | 'HCN_E_INVALID_JSON_REFERENCE'
  | 'HCN_E_ENDPOINT_SHARING_DISABLED'
  | 'HCN_E_INVALID_IP'
  | 'HCN_E_SWITCH_EXTENSION_NOT_FOUND'
  | 'HCN_E_MANAGER_STOPPED'
  | 'GCN_E_MODULE_NOT_FOUND'
  | 'GCN_E_NO_REQUEST_HANDLERS'
  | 'GCN_E_REQUEST_UNSUPPORTED'
  | 'GCN_E_RUNTIMEKEYS_FAILED'
  | 'GCN_E_NETADAPTER_TIMEOUT'
  | 'GCN_E_NETADAPTER_NOT_FOUND'
  | 'GCN_E_NETCOMPARTMENT_NOT_FOUND'
  | 'GCN_E_NETINTERFACE_NOT_FOUND'
  | 'GCN_E_DEFAULTNAMESPACE_EXISTS'
  | 'HCN_E_ICS_DISABLED'
  | 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS'
  | 'HCN_E_ENTITY_HAS_REFERENCES'
  | 'HCN_E_INVALID_INTERNAL_PORT'
  | 'HCN_E_NAMESPACE_ATTACH_FAILED'
  | 'HCN_E_ADDR_INVALID_OR_RESERVED'
  | 'HCN_E_INVALID_PREFIX'
  | 'HCN_E_OBJECT_USED_AFTER_UNLOAD'
  | 'HCN_E_INVALID_SUBNET'
  | 'HCN_E_INVALID_IP_SUBNET'
  | 'HCN_E_ENDPOINT_NOT_ATTACHED'
  | 'HCN_E_ENDPOINT_NOT_LOCAL'
  | 'HCN_INTERFACEPARAMETERS_ALREADY_APPLIED'
  | 'HCN_E_VFP_NOT_ALLOWED'

/** Other HRESULTs the service answers with, by Windows' symbolic names. */
export type WindowsErrorCode =
  | 'E_NOTIMPL'
  | 'E_POINTER'
  | 'E_UNEXPECTED'
  | 'E_OUTOFMEMORY'
  | 'ERROR_ACCESS_DENIED'
  | 'ERROR_BAD_EXE_FORMAT'
  | 'ERROR_DISK_FULL'
  | 'ERROR_INVALID_HANDLE'
  | 'ERROR_MOD_NOT_FOUND'
  | 'ERROR_NOT_READY'
  | 'ERROR_PROC_NOT_FOUND'
  | 'ERROR_SHARING_VIOLATION'
  | 'ERROR_DUP_NAME'
  | 'ERROR_NOT_SUPPORTED'
  | 'ERROR_INVALID_PARAMETER'
  | 'ERROR_ALREADY_EXISTS'
  | 'ERROR_NOT_FOUND'
  | 'ERROR_TOO_MANY_NAMES'
  | 'ERROR_OBJECT_ALREADY_EXISTS'
  | 'RPC_S_SERVER_UNAVAILABLE'
  | 'RPC_S_SERVER_TOO_BUSY'
  | 'RPC_S_CALL_FAILED'
  | 'RPC_S_CALL_FAILED_DNE'
  | 'RPC_E_DISCONNECTED'
  | 'HCS_E_SYSTEM_NOT_FOUND'

/** Codes of the embedded host for which HCN has no name. */
export type EmbeddedErrorCode =
  | 'ERR_NAMESPACES_UNAVAILABLE'
  | 'ERR_PORT_DRIVER'
  | 'ERR_INVALID_FRAME'
  | 'ERR_DOCUMENT_TOO_LARGE'
  | 'ERR_STATE_UNAVAILABLE'
  | 'ERR_STATE_DAMAGED'
  | 'ERR_STATE_NEWER'

/**
 * Codes raised by this package before, after or instead of a call:
 *
 * - `ERR_HANDLE_CLOSED`: a method of a handle that was closed.
 * - `ERR_HOST_CLOSED`: a method of, or under, a `HostNetworking` that was closed.
 * - `ERR_INVALID_ARGUMENT`: a value of yours cannot mean anything; no call was made.
 * - `ERR_NOT_SUPPORTED`: this provider, port driver or platform cannot do it.
 * - `ERR_TIMEOUT`: a call that changes nothing did not answer within `timeout`, or
 *   the time was over before a change began: nothing was done.
 * - `ERR_OUTCOME_UNKNOWN`: a call that changes something was not waited for to
 *   its end; `reconcile()` tells what became of it.
 * - `ERR_INVALID_ANSWER`: the service answered with what is no document of HCN's; a change before it was made.
 * - `ERR_REPLAY_DIFFERS`: a host opened with `replay` was asked what its recording does not have.
 * - `ERR_RECORDING_INVALID`: a file given as `replay` is no recording this version reads.
 * - `ERR_PROGRAM_MISSING`: a program of Windows that the call needs (`vfpctrl.exe`) is not there.
 * - `ERR_PROGRAM_FAILED`: it ran, and said that it failed, or ended badly.
 * - `ERR_NATIVE_MISSING`: no addon for this platform, and none could be built.
 */
export type PackageErrorCode =
  | 'ERR_HANDLE_CLOSED'
  | 'ERR_HOST_CLOSED'
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_NOT_SUPPORTED'
  | 'ERR_TIMEOUT'
  | 'ERR_OUTCOME_UNKNOWN'
  | 'ERR_INVALID_ANSWER'
  | 'ERR_REPLAY_DIFFERS'
  | 'ERR_RECORDING_INVALID'
  | 'ERR_PROGRAM_MISSING'
  | 'ERR_PROGRAM_FAILED'
  | 'ERR_NATIVE_MISSING'

/** A failing HRESULT without a name here: `HRESULT_0x803B0041`, eight upper-case digits. */
export type UnnamedErrorCode = `HRESULT_0x${string}`

/** Every code that {@link errorCatalogue} has. */
export type NamedErrorCode = HcnServiceErrorCode | WindowsErrorCode | EmbeddedErrorCode | PackageErrorCode

/** Every `code` an {@link HcnError} can carry. */
export type HcnErrorCode = NamedErrorCode | UnnamedErrorCode

/**
 * What to do about an error:
 *
 * - `fix-input`: what was asked for is wrong, or does not fit what is there. The same call fails again.
 * - `retry`: nothing was done, and the same call may succeed a little later.
 * - `reconcile`: the object may or may not be as asked for; look at it before anything else.
 * - `unsupported`: this version, type of network or provider does not do it; the call will not do.
 * - `environment`: the machine must be changed first.
 * - `defect`: a program called wrongly; nothing at run time helps.
 */
export type ErrorCategory = 'fix-input' | 'retry' | 'reconcile' | 'unsupported' | 'environment' | 'defect'

export interface ErrorCatalogueEntry {
  /** Unsigned 32-bit HRESULT; absent for what no native call answers. */
  readonly hresult: number | undefined
  /** HNS' or Windows' own sentence, with its full stop; ours where they have none. */
  readonly text: string
  /** One clause: what it says about the call. */
  readonly meaning: string
  readonly category: ErrorCategory
  /** One clause: what to do. */
  readonly remedy: string
}

/** HNS' error record, as the service wrote it. */
export interface ErrorRecord {
  readonly Success: false
  /** The service's sentence. */
  readonly Error: string
  /** Unsigned HRESULT. */
  readonly ErrorCode: number
}

export interface HcnErrorOptions {
  /** Unsigned 32-bit HRESULT. */
  readonly hresult?: number | undefined
  readonly record?: ErrorRecord | undefined
  readonly object?: { readonly kind: string; readonly id: string } | undefined
  readonly cause?: unknown
}

/**
 * Registered, so that two copies of this package in one program recognise each
 * other's errors where `instanceof` would not.
 */
const brand = Symbol.for('hns-vfp.HcnError')

/**
 * The one error class of this package. Its `code` is part of the API; its
 * message is for people and may change.
 */
export class HcnError extends Error {
  override readonly name = 'HcnError'
  readonly code: HcnErrorCode
  /** What kind of answer it wants. `reconcile` for a code that nobody named. */
  readonly category: ErrorCategory
  /** What to do, in one clause; see {@link errorCatalogue}. */
  readonly remedy: string
  /** Unsigned 32-bit HRESULT; absent where no native call answered. */
  readonly hresult?: number
  /** What the service said, when it said something. */
  readonly record?: ErrorRecord
  /** With `ERR_OUTCOME_UNKNOWN`: what `reconcile(kind, id)` takes. */
  readonly object?: { readonly kind: string; readonly id: string }

  constructor(code: HcnErrorCode, message: string, options: HcnErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    const entry = catalogueEntry(code)
    this.category = entry?.category ?? 'reconcile'
    this.remedy = entry?.remedy ?? "look at what is there; the HRESULT says more in Windows' own lists"
    if (options.hresult !== undefined) this.hresult = options.hresult
    if (options.record !== undefined) this.record = options.record
    if (options.object !== undefined) this.object = options.object
    Object.defineProperty(this, brand, { value: true })
  }

  /** True for an error of any copy of this package, with `code` when given. */
  static is<Code extends HcnErrorCode = HcnErrorCode>(error: unknown, code?: Code): error is HcnError & { readonly code: Code } {
    if (typeof error !== 'object' || error === null) return false
    if ((error as Record<symbol, unknown>)[brand] !== true) return false
    return code === undefined || (error as HcnError).code === code
  }

  /**
   * True when the service says that an object is not there. Never for a service
   * that is stopping, restarting or out of reach: its objects come back with it.
   */
  static isNotFound(error: unknown): error is HcnError {
    return HcnError.is(error) && NOT_FOUND.includes(error.code)
  }
}

const NOT_FOUND: readonly HcnErrorCode[] = [
  'HCN_E_NETWORK_NOT_FOUND',
  'HCN_E_ENDPOINT_NOT_FOUND',
  'HCN_E_OBJECT_USED_AFTER_UNLOAD',
  'ERROR_NOT_FOUND',
]

function catalogueEntry(code: HcnErrorCode): ErrorCatalogueEntry | undefined {
  return Object.hasOwn(errorCatalogue, code) ? errorCatalogue[code as NamedErrorCode] : undefined
}

/** The code of an HRESULT; `symbols` is the addon's own table, keyed by unsigned decimal. */
export function codeOfHresult(hresult: number, symbols: Readonly<Record<string, string>>): HcnErrorCode {
  const unsigned = hresult >>> 0
  const symbol = symbols[String(unsigned)]
  if (symbol !== undefined) return symbol as HcnErrorCode
  return `HRESULT_0x${unsigned.toString(16).toUpperCase().padStart(8, '0')}`
}

/** Undefined when the text is not an error record. */
export function parseErrorRecord(text: string | null): ErrorRecord | undefined {
  if (text === null || text === '') return undefined
  try {
    const record: unknown = JSON.parse(text)
    if (typeof record !== 'object' || record === null) return undefined
    return typeof (record as ErrorRecord).Error === 'string' ? (record as ErrorRecord) : undefined
  } catch {
    return undefined
  }
}

/** The beginning of a text, for a message. */
export function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** `` `value` `` as a message shows it: JSON where that says more than `String`. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string') return `\`${clip(value)}\``
  if (typeof value === 'function' || typeof value === 'symbol') return `\`${typeof value}\``
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    text = String(value)
  }
  text ??= String(value)
  return `\`${clip(text)}\``
}

/** `ERR_INVALID_ARGUMENT`: which field, what it held, what would be right. */
export function invalidArgument(field: string, value: unknown, remedy: string): HcnError {
  return new HcnError('ERR_INVALID_ARGUMENT', `${field} is ${quoteValue(value)}: ${remedy}`)
}
