import type { PolicyDocument, SdnRoutePolicySettings } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkGuidText,
  checkInteger,
  checkList,
  checkMembers,
  checkObject,
  checkOneOf,
  checkPort,
  checkPrefix,
  checkString,
} from './check.js'
import { compact } from './constructors.js'
import type {
  EncapOverheadPolicy,
  L2DriverPolicy,
  ProviderAddressPolicy,
  QosPolicy,
  SdnRoutePolicy,
  VlanPolicy,
} from './endpoint-policy.js'
import type { IovPolicy, VmNicPolicy } from './machine-policy.js'
import type { InterfaceConstraintPolicy, L4ProxyPolicy } from './shared-policy.js'
import { isEmpty } from './wire-text.js'

/** Policies whose settings are a few plain values: made, checked, written and read by one row each. */
export type PlainPolicy =
  | QosPolicy
  | EncapOverheadPolicy
  | ProviderAddressPolicy
  | VlanPolicy
  | SdnRoutePolicy
  | L2DriverPolicy
  | L4ProxyPolicy
  | InterfaceConstraintPolicy
  | IovPolicy
  | VmNicPolicy

interface PlainMember {
  readonly name: string
  /** HCN's. */
  readonly wire: string
  readonly required: boolean
  readonly check: (field: string, value: unknown) => unknown
  /** Other names of HCN's for it, which are read and not written. */
  readonly alsoRead?: readonly string[]
  /** Where the wire says it otherwise. */
  readonly write?: (value: unknown) => unknown
  readonly read?: (value: unknown) => unknown
}

interface PlainForm {
  /** HCN's `Type`. */
  readonly type: string
  readonly members: readonly PlainMember[]
  /** Without any of its members it says nothing. */
  readonly needsOne?: true
}

const flag = (field: string, value: unknown) => (checkBoolean(field, value) ? true : undefined)
const whole = (high: number) => (field: string, value: unknown) => checkInteger(field, value, 0, high)
const required = (name: string, wire: string, check: PlainMember['check']): PlainMember => ({ name, wire, required: true, check })
const optional = (name: string, wire: string, check: PlainMember['check']): PlainMember => ({ name, wire, required: false, check })

const addresses = (field: string, value: unknown) => checkList(field, value, (place, item) => checkPrefix(place, item, 'allow address'))
const MODERATIONS = { default: 0, adaptive: 1, off: 2, low: 100, medium: 200, high: 300 } as const
const MODERATION_NAMES = Object.keys(MODERATIONS) as readonly (keyof typeof MODERATIONS)[]

const FORMS: { readonly [Kind in PlainPolicy['kind']]: PlainForm } = {
  qos: {
    type: 'QOS',
    members: [
      required('maximumOutgoingBandwidth', 'MaximumOutgoingBandwidthInBytes', whole(Number.MAX_SAFE_INTEGER)),
      optional('maximumIncomingBandwidth', 'MaximumIncomingBandwidthInBytes', whole(Number.MAX_SAFE_INTEGER)),
    ],
  },
  encapOverhead: { type: 'EncapOverhead', members: [required('overhead', 'Overhead', whole(65535))] },
  providerAddress: { type: 'ProviderAddress', members: [required('address', 'ProviderAddress', checkAddress)] },
  vlan: { type: 'VLAN', members: [required('id', 'IsolationId', whole(4094))] },
  sdnRoute: {
    type: 'SDNRoute',
    members: [
      required('destination', 'DestinationPrefix', (field, value) => checkPrefix(field, value)),
      optional('nextHop', 'NextHop', checkAddress),
      optional('encapsulate', 'NeedEncap', flag),
      optional('monitorEndpoints', 'AutomaticEndpointMonitor', flag),
    ],
  },
  l2Driver: { type: 'L2Driver', members: [] },
  l4Proxy: {
    type: 'L4Proxy',
    members: [
      { ...required('port', 'Port', checkPort), write: String, read: (text) => (typeof text === 'string' ? Number(text) : text) },
      optional('ip', 'IP', checkAddress),
      optional('protocol', 'Protocol', whole(255)),
      { ...optional('exceptions', 'ExceptionList', addresses), alsoRead: ['Exceptions'] },
      optional('destination', 'Destination', checkString),
      { ...optional('outboundNat', 'OutboundNAT', flag), alsoRead: ['OutboundNat'] },
    ],
  },
  interfaceConstraint: {
    type: 'InterfaceConstraint',
    members: [
      optional('guid', 'InterfaceGuid', checkGuidText),
      optional('luid', 'InterfaceLuid', whole(Number.MAX_SAFE_INTEGER)),
      optional('index', 'InterfaceIndex', whole(0xffffffff)),
      optional('mediaType', 'InterfaceMediaType', whole(0xffffffff)),
      optional('alias', 'InterfaceAlias', checkString),
      optional('description', 'InterfaceDescription', checkString),
    ],
    needsOne: true,
  },
  iov: {
    type: 'Iov',
    members: [
      optional('offloadWeight', 'IovOffloadWeight', whole(0xffffffff)),
      optional('queuePairs', 'QueuePairsRequested', whole(0xffffffff)),
      {
        ...optional('interruptModeration', 'InterruptModeration', (field, value) => checkOneOf(field, value, MODERATION_NAMES)),
        write: (name) => MODERATIONS[name as keyof typeof MODERATIONS],
        read: (number) => MODERATION_NAMES.find((name) => MODERATIONS[name] === number) ?? number,
      },
    ],
  },
  vmNic: {
    type: 'VmNic',
    members: [optional('deviceInstanceId', 'DeviceInstanceId', checkString), optional('vfInstanceId', 'VfInstanceId', checkString)],
  },
}

/** The policy in its one form. */
function checkPlain<Policy extends PlainPolicy>(field: string, kind: Policy['kind'], given: Readonly<Record<string, unknown>>): Policy {
  const { members, needsOne } = FORMS[kind]
  if (needsOne && members.every(({ name }) => given[name] === undefined))
    throw invalidArgument(field, given, `one of ${members.map(({ name }) => `\`${name}\``).join(', ')} is wanted`)
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
 * A limit on what the endpoint sends; as an extension of the embedded host, on what it is sent too. HCN: `QOS`.
 *
 * @param options.maximumOutgoingBandwidth bytes per second, to 2^53 - 1; 0: no limit.
 * @param options.maximumIncomingBandwidth the same the other way; the system's HNS has it not: `ERR_NOT_SUPPORTED`.
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
 * @example sdnRoutePolicy({ destination: '10.0.0.0/8', encapsulate: true })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function sdnRoutePolicy(options: Omit<SdnRoutePolicy, 'kind'>): SdnRoutePolicy {
  return make('sdnRoute', options)
}

/**
 * Connections are sent to a proxy. HCN: `L4Proxy`.
 *
 * @example l4Proxy({ port: 15001, protocol: 6, exceptions: ['10.96.0.10'] })
 * @throws HcnError `ERR_INVALID_ARGUMENT`. On a network without VFP the service's `HCN_E_VFP_NOT_ALLOWED`.
 */
export function l4Proxy(options: Omit<L4ProxyPolicy, 'kind'>): L4ProxyPolicy {
  return make('l4Proxy', options)
}

/** Which interface of the machine is meant. HCN: `InterfaceConstraint`. @throws HcnError `ERR_INVALID_ARGUMENT`, without any member, too. */
export function interfaceConstraint(options: Omit<InterfaceConstraintPolicy, 'kind'>): InterfaceConstraintPolicy {
  return make('interfaceConstraint', options)
}

/**
 * How much of an adapter's hardware the endpoint gets. HCN: `Iov`.
 *
 * @example iov({ offloadWeight: 100, interruptModeration: 'adaptive' })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function iov(options: Omit<IovPolicy, 'kind'>): IovPolicy {
  return make('iov', options)
}

/** The device of a virtual machine. HCN: `VmNic`. @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function vmNic(options: Omit<VmNicPolicy, 'kind'>): VmNicPolicy {
  return make('vmNic', options)
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
    Settings: compact(
      Object.fromEntries(
        members.map(({ name, wire, write }) => {
          const value = Reflect.get(checked, name) as unknown
          return [wire, write === undefined || value === undefined ? value : write(value)]
        }),
      ),
    ),
  }
}

/** Undefined when this form cannot hold the document whole. */
export function decodePlain(type: string, settings: unknown): PlainPolicy | undefined {
  const found = Object.entries(FORMS).find(([, form]) => form.type.toLowerCase() === type.toLowerCase())
  if (found === undefined) return undefined
  const [kind, { members }] = found as [PlainPolicy['kind'], PlainForm]
  const rest: Record<string, unknown> = { ...(settings as SdnRoutePolicySettings | undefined) }
  const given: Record<string, unknown> = {}
  for (const { name, wire, alsoRead = [], read } of members) {
    for (const spelling of [wire, ...alsoRead]) {
      const value = rest[spelling] === '' || rest[spelling] === null ? undefined : rest[spelling]
      delete rest[spelling]
      if (value === undefined) continue
      if (given[name] !== undefined) return undefined
      given[name] = read === undefined ? value : read(value)
    }
  }
  return isEmpty(rest) ? checkPlain('policy', kind, given) : undefined
}
