import type { PolicyDocument, SdnRoutePolicySettings } from '../../types/index.js'
import { checkAddress, checkBoolean, checkInteger, checkMembers, checkObject, checkPrefix } from './check.js'
import { compact } from './constructors.js'
import type {
  EncapOverheadPolicy,
  L2DriverPolicy,
  ProviderAddressPolicy,
  QosPolicy,
  SdnRoutePolicy,
  VlanPolicy,
} from './endpoint-policy.js'
import { isEmpty } from './wire-text.js'

/** Policies whose settings are a few plain values: made, checked, written and read by one row each. */
export type PlainPolicy = QosPolicy | EncapOverheadPolicy | ProviderAddressPolicy | VlanPolicy | SdnRoutePolicy | L2DriverPolicy

interface PlainMember {
  readonly name: string
  /** HCN's. */
  readonly wire: string
  readonly required: boolean
  readonly check: (field: string, value: unknown) => unknown
}

interface PlainForm {
  /** HCN's `Type`. */
  readonly type: string
  readonly members: readonly PlainMember[]
}

const flag = (field: string, value: unknown) => (checkBoolean(field, value) ? true : undefined)
const whole = (high: number) => (field: string, value: unknown) => checkInteger(field, value, 0, high)
const required = (name: string, wire: string, check: PlainMember['check']): PlainMember => ({ name, wire, required: true, check })
const optional = (name: string, wire: string, check: PlainMember['check']): PlainMember => ({ name, wire, required: false, check })

const FORMS: { readonly [Kind in PlainPolicy['kind']]: PlainForm } = {
  qos: {
    type: 'QOS',
    members: [required('maximumOutgoingBandwidth', 'MaximumOutgoingBandwidthInBytes', whole(Number.MAX_SAFE_INTEGER))],
  },
  encapOverhead: { type: 'EncapOverhead', members: [required('overhead', 'Overhead', whole(65535))] },
  providerAddress: { type: 'ProviderAddress', members: [required('address', 'ProviderAddress', checkAddress)] },
  vlan: { type: 'VLAN', members: [required('id', 'IsolationId', whole(4094))] },
  sdnRoute: {
    type: 'SDNRoute',
    members: [
      required('destination', 'DestinationPrefix', (field, value) => checkPrefix(field, value)),
      optional('nextHop', 'NextHop', checkAddress),
      optional('needEncap', 'NeedEncap', flag),
      optional('automaticEndpointMonitor', 'AutomaticEndpointMonitor', flag),
    ],
  },
  l2Driver: { type: 'L2Driver', members: [] },
}

/** The policy in its one form. */
function checkPlain<Policy extends PlainPolicy>(field: string, kind: Policy['kind'], given: Readonly<Record<string, unknown>>): Policy {
  const { members } = FORMS[kind]
  const checked = members.map(({ name, required, check }) => {
    const value = given[name]
    return [name, value === undefined && !required ? undefined : check(`${field}.${name}`, value)] as const
  })
  return compact({ kind, ...Object.fromEntries(checked) }) as unknown as Policy
}

function make<Policy extends PlainPolicy>(kind: Policy['kind'], options: object): Policy {
  const given = checkObject(kind, options)
  const known = FORMS[kind].members.map(({ name }) => name)
  checkMembers(kind, given, known)
  return checkPlain<Policy>(kind, kind, given)
}

/**
 * A limit on what the endpoint sends. HCN: `QOS`.
 *
 * @param options.maximumOutgoingBandwidth bytes per second, to 2^53 - 1.
 * @throws HcnError `ERR_INVALID_ARGUMENT`. A second one is the service's `HCN_E_POLICY_ALREADY_EXISTS`.
 */
export function qos(options: Omit<QosPolicy, 'kind'>): QosPolicy {
  return make('qos', options)
}

/**
 * What a tunnel adds to each packet; the interface's MTU is smaller by it. HCN: `EncapOverhead`.
 *
 * @param options.overhead bytes.
 * @throws HcnError `ERR_INVALID_ARGUMENT`. More than 924 bytes is the embedded host's `HCN_E_INVALID_POLICY`.
 */
export function encapOverhead(options: Omit<EncapOverheadPolicy, 'kind'>): EncapOverheadPolicy {
  return make('encapOverhead', options)
}

/**
 * The host that a remote endpoint is on. HCN: `ProviderAddress`.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT`. On a network without providers the service's `HCN_E_INVALID_POLICY_TYPE`.
 */
export function providerAddress(options: Omit<ProviderAddressPolicy, 'kind'>): ProviderAddressPolicy {
  return make('providerAddress', options)
}

/** The VLAN of the endpoint's frames. HCN: `VLAN`. @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function vlan(options: Omit<VlanPolicy, 'kind'>): VlanPolicy {
  return make('vlan', options)
}

/**
 * A route of the switch for what the endpoint sends. HCN: `SDNRoute`.
 *
 * @example sdnRoutePolicy({ destination: '10.0.0.0/8', needEncap: true })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function sdnRoutePolicy(options: Omit<SdnRoutePolicy, 'kind'>): SdnRoutePolicy {
  return make('sdnRoute', options)
}

/** HCN: `L2Driver`. */
export function l2Driver(): L2DriverPolicy {
  return { kind: 'l2Driver' }
}

export function encodePlain(policy: PlainPolicy, field: string): PolicyDocument {
  const { type, members } = FORMS[policy.kind]
  const checked = checkPlain(field, policy.kind, policy as unknown as Readonly<Record<string, unknown>>) as object
  if (members.length === 0) return { Type: type }
  return {
    Type: type,
    Settings: compact(Object.fromEntries(members.map(({ name, wire }) => [wire, Reflect.get(checked, name) as unknown]))),
  }
}

/** Undefined when this form cannot hold the document whole. */
export function decodePlain(type: string, settings: unknown): PlainPolicy | undefined {
  const found = Object.entries(FORMS).find(([, form]) => form.type.toLowerCase() === type.toLowerCase())
  if (found === undefined) return undefined
  const [kind, { members }] = found as [PlainPolicy['kind'], PlainForm]
  const rest: Record<string, unknown> = { ...(settings as SdnRoutePolicySettings | undefined) }
  const given: Record<string, unknown> = {}
  for (const { name, wire } of members) {
    given[name] = rest[wire] === '' || rest[wire] === null ? undefined : rest[wire]
    delete rest[wire]
  }
  return isEmpty(rest) ? checkPlain('policy', kind, given) : undefined
}
