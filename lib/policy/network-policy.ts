import type { NetworkPolicyDocument } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import { checkMembers, checkObject, checkString } from './check.js'
import { encodeUnknownPolicy } from './codec.js'
import type { UnknownPolicy } from './endpoint-policy.js'

/** The interface of the machine an l2bridge is bound to: its uplink. HCN: `NetAdapterName`. */
export interface NetAdapterNamePolicy {
  readonly kind: 'netAdapterName'
  /** `Ethernet` on Windows, `eth0` on Linux. */
  readonly name: string
}

export type NetworkPolicy = NetAdapterNamePolicy | UnknownPolicy

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function netAdapterName(options: { readonly name: string }): NetAdapterNamePolicy {
  checkMembers('netAdapterName', checkObject('netAdapterName', options), ['name'])
  return { kind: 'netAdapterName', name: checkString('netAdapterName.name', options.name) }
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeNetworkPolicy(policy: NetworkPolicy, field = 'policy'): NetworkPolicyDocument {
  checkObject(field, policy)
  switch (policy.kind) {
    case 'netAdapterName':
      return { Type: 'NetAdapterName', Settings: { NetworkAdapterName: checkString(`${field}.name`, policy.name) } }
    case 'unknown':
      return encodeUnknownPolicy(policy, field)
    default:
      throw unknownKind(field, policy)
  }
}

function unknownKind(field: string, policy: never): Error {
  return invalidArgument(
    `${field}.kind`,
    (policy as { kind?: unknown }).kind,
    "netAdapterName() or { kind: 'unknown', type, settings } is wanted",
  )
}

/** What the document says; kept as `unknown` where this package has no form for it. */
export function decodeNetworkPolicy(document: NetworkPolicyDocument): NetworkPolicy {
  if (document.Type.toLowerCase() === 'netadaptername') {
    const { NetworkAdapterName, ...rest } = (document.Settings ?? {}) as { NetworkAdapterName?: unknown }
    if (typeof NetworkAdapterName === 'string' && NetworkAdapterName !== '' && Object.keys(rest).length === 0) {
      return { kind: 'netAdapterName', name: NetworkAdapterName }
    }
  }
  return { kind: 'unknown', type: document.Type, settings: document.Settings }
}
