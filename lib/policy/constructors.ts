import { invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkInteger,
  checkList,
  checkMembers,
  checkObject,
  checkOneOf,
  checkPort,
  checkPortRange,
  checkPrefix,
  checkProtocol,
  checkString,
  type Protocol,
  protocolNumber,
} from './check.js'
import type {
  AclPolicy,
  InterfaceParametersPolicy,
  OutboundNatPolicy,
  PortMappingPolicy,
  PortNamePolicy,
  UnknownPolicy,
} from './endpoint-policy.js'

/** What {@link acl} takes. All lists: absent or empty is any; within a list one member suffices; the lists are ANDed. */
export interface AclOptions {
  readonly action: 'allow' | 'block'
  /** As seen from the endpoint. */
  readonly direction: 'in' | 'out'
  readonly protocol?: Protocol | readonly Protocol[] | undefined
  /** `'10.1.0.4'` or `'10.1.0.0/16'`. */
  readonly localAddresses?: readonly string[] | undefined
  readonly remoteAddresses?: readonly string[] | undefined
  /** Instead of addresses: ids of address sets that the packet's source, or its destination, is in each of. */
  readonly sourceSets?: readonly string[] | undefined
  readonly destinationSets?: readonly string[] | undefined
  /** `80`, `'80'` or `'8000-8080'`. */
  readonly localPorts?: readonly (string | number)[] | undefined
  readonly remotePorts?: readonly (string | number)[] | undefined
  /** 0 to 65535, lower is asked first. */
  readonly priority?: number | undefined
  readonly ruleType?: 'switch' | 'host' | undefined
  readonly id?: string | undefined
}

const ACL_MEMBERS = [
  'action',
  'direction',
  'protocol',
  'localAddresses',
  'remoteAddresses',
  'sourceSets',
  'destinationSets',
  'localPorts',
  'remotePorts',
  'priority',
  'ruleType',
  'id',
] as const

const PROTOCOLS_WITH_PORTS = new Set([6, 17, 33, 132])

/**
 * A 5-tuple rule.
 *
 * @example acl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: ['10.1.0.66'], localPorts: [8080], priority: 100 })
 * @throws HcnError `ERR_INVALID_ARGUMENT` names the member, what it held and what would be right.
 */
export function acl(options: AclOptions): AclPolicy {
  const given = checkObject('acl', options)
  checkMembers('acl', given, ACL_MEMBERS)
  return checkAcl('acl', options, listOf(options.protocol))
}

function listOf(protocol: AclOptions['protocol']): readonly Protocol[] {
  if (protocol === undefined) return []
  return typeof protocol === 'object' ? protocol : [checkProtocol('acl.protocol', protocol)]
}

const ACTIONS = ['allow', 'block'] as const
const DIRECTIONS = ['in', 'out'] as const
const RULE_TYPES = ['switch', 'host'] as const

/**
 * The policy in its one form: members that mean any are left out. Rules come by
 * the hundred thousand, so it is written member by member.
 */
export function checkAcl(field: string, policy: object, givenProtocols?: readonly Protocol[]): AclPolicy {
  const given = checkObject(field, policy) as { readonly [Member in keyof AclPolicy]?: unknown }
  const checked: { -readonly [Member in keyof AclPolicy]: AclPolicy[Member] } = {
    kind: 'acl',
    action: checkOneOf(`${field}.action`, given.action, ACTIONS),
    direction: checkOneOf(`${field}.direction`, given.direction, DIRECTIONS),
  }
  const protocols = checkAnyOf(field, 'protocols', givenProtocols ?? given.protocols, protocolIn)
  if (protocols !== undefined) checked.protocols = protocols
  const localAddresses = checkAnyOf(field, 'localAddresses', given.localAddresses, prefixOrAddress)
  if (localAddresses !== undefined) checked.localAddresses = localAddresses
  const remoteAddresses = checkAnyOf(field, 'remoteAddresses', given.remoteAddresses, prefixOrAddress)
  if (remoteAddresses !== undefined) checked.remoteAddresses = remoteAddresses
  const sourceSets = checkAnyOf(field, 'sourceSets', given.sourceSets, checkSetId)
  if (sourceSets !== undefined) checked.sourceSets = sourceSets
  const destinationSets = checkAnyOf(field, 'destinationSets', given.destinationSets, checkSetId)
  if (destinationSets !== undefined) checked.destinationSets = destinationSets
  if ((sourceSets ?? destinationSets) !== undefined && (localAddresses ?? remoteAddresses) !== undefined) {
    const place = localAddresses === undefined ? 'remoteAddresses' : 'localAddresses'
    throw invalidArgument(`${field}.${place}`, given[place], 'a rule has either addresses or sets')
  }
  const localPorts = checkAnyOf(field, 'localPorts', given.localPorts, checkPortRange)
  if (localPorts !== undefined) checked.localPorts = localPorts
  const remotePorts = checkAnyOf(field, 'remotePorts', given.remotePorts, checkPortRange)
  if (remotePorts !== undefined) checked.remotePorts = remotePorts
  if (given.priority !== undefined) checked.priority = checkInteger(`${field}.priority`, given.priority, 0, 65535)
  if (given.ruleType !== undefined) checked.ruleType = checkOneOf(`${field}.ruleType`, given.ruleType, RULE_TYPES)
  if (given.id !== undefined) checked.id = checkString(`${field}.id`, given.id)

  const portless = protocols?.find((protocol) => !PROTOCOLS_WITH_PORTS.has(protocolNumber(protocol)))
  if (portless !== undefined && (localPorts ?? remotePorts) !== undefined) {
    throw invalidArgument(
      `${field}.protocol`,
      portless,
      'it has no ports: leave localPorts and remotePorts out, or make a rule of its own for it',
    )
  }
  return checked
}

/** A list any of whose items will do; undefined for any at all. */
function checkAnyOf<Item>(
  field: string,
  member: string,
  value: unknown,
  check: (field: string, item: unknown) => Item,
): readonly Item[] | undefined {
  if (value === undefined) return undefined
  const items = checkList(`${field}.${member}`, value, check)
  return items.length === 0 ? undefined : items
}

function checkSetId(field: string, value: unknown): string {
  const id = checkString(field, value)
  if (isSetId(id)) return id
  throw invalidArgument(field, id, 'the id of an address set is wanted: no address, and without commas')
}

/** @internal Where a document has either, a text with nothing of an address is the id of a set. */
export function isSetId(text: string): boolean {
  const isAddressLike = /^[\da-f.:/]+$/i.test(text) && /[\d.:/]/.test(text)
  return text !== '' && !isAddressLike && !/[,/]/.test(text) && !/^any$/i.test(text)
}

function protocolIn(name: string, value: unknown): Protocol {
  try {
    return checkProtocol(name, value)
  } catch {
    return checkProtocol(name.replace('.protocols', '.protocol'), value)
  }
}

function prefixOrAddress(name: string, value: unknown): string {
  return checkPrefix(name, value, 'allow address')
}

export type OutboundNatOptions = Omit<OutboundNatPolicy, 'kind'>

/**
 * Source translation of what the endpoint sends.
 *
 * @example outboundNat({ exceptions: ['10.244.0.0/16', '10.96.0.0/12'] })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function outboundNat(options: OutboundNatOptions = {}): OutboundNatPolicy {
  const given = checkObject('outboundNat', options)
  checkMembers('outboundNat', given, ['vip', 'exceptions', 'destinations', 'ipv6', 'localRoutedVip', 'maxPortPoolUsage'])
  return checkOutboundNat('outboundNat', given)
}

export function checkOutboundNat(field: string, policy: object): OutboundNatPolicy {
  const given = policy as Readonly<Record<string, unknown>>
  const prefixes = (member: string) => {
    const value = given[member]
    const list = value === undefined ? [] : checkList(`${field}.${member}`, value, (name, item) => checkPrefix(name, item, 'allow address'))
    return list.length === 0 ? undefined : list
  }
  return compact({
    kind: 'outboundNat' as const,
    vip: given.vip === undefined ? undefined : checkAddress(`${field}.vip`, given.vip),
    exceptions: prefixes('exceptions'),
    destinations: prefixes('destinations'),
    ipv6: checkFlag(field, given, 'ipv6'),
    localRoutedVip: checkFlag(field, given, 'localRoutedVip'),
    maxPortPoolUsage:
      given.maxPortPoolUsage === undefined ? undefined : checkInteger(`${field}.maxPortPoolUsage`, given.maxPortPoolUsage, 0, 65535),
  })
}

export type PortMappingOptions = Omit<PortMappingPolicy, 'kind'>

/**
 * A port of the host that leads to the endpoint.
 *
 * @example portMapping({ protocol: 'tcp', external: 8080, internal: 80 })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function portMapping(options: PortMappingOptions): PortMappingPolicy {
  const given = checkObject('portMapping', options)
  checkMembers('portMapping', given, ['protocol', 'internal', 'external', 'vip', 'localRoutedVip', 'ipv6', 'externalPortReserved'])
  return checkPortMapping('portMapping', given)
}

export function checkPortMapping(field: string, policy: object): PortMappingPolicy {
  const given = policy as Readonly<Record<string, unknown>>
  const protocol = checkProtocol(`${field}.protocol`, given.protocol)
  if (protocol !== 'tcp' && protocol !== 'udp') throw invalidArgument(`${field}.protocol`, protocol, "'tcp' or 'udp' is wanted")
  return compact({
    kind: 'portMapping' as const,
    protocol,
    internal: checkPort(`${field}.internal`, given.internal),
    external: checkPort(`${field}.external`, given.external),
    vip: given.vip === undefined ? undefined : checkAddress(`${field}.vip`, given.vip),
    localRoutedVip: checkFlag(field, given, 'localRoutedVip'),
    ipv6: checkFlag(field, given, 'ipv6'),
    externalPortReserved: checkFlag(field, given, 'externalPortReserved'),
  })
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function interfaceParameters(options: { readonly mtu: number }): InterfaceParametersPolicy {
  checkMembers('interfaceParameters', checkObject('interfaceParameters', options), ['mtu'])
  // RFC 791 asks every link for 68 bytes; the wire's member is 16 bits.
  return { kind: 'interfaceParameters', mtu: checkInteger('interfaceParameters.mtu', options.mtu, 68, 65535) }
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function portName(options: { readonly name: string }): PortNamePolicy {
  checkMembers('portName', checkObject('portName', options, '{ name } is wanted'), ['name'])
  return { kind: 'portName', name: checkString('portName.name', options.name) }
}

/** A policy this package has no form for, sent as it is. A type that the service does not know is its `HCN_E_INVALID_POLICY_TYPE`. */
export function unknownPolicy(type: string, settings?: unknown): UnknownPolicy {
  return { kind: 'unknown', type: checkString('type', type), settings }
}

/** False and absent are the same flag; one of them is written. */
function checkFlag(field: string, given: Readonly<Record<string, unknown>>, member: string): true | undefined {
  const value = given[member]
  return value !== undefined && checkBoolean(`${field}.${member}`, value) ? true : undefined
}

type Compact<Value> = {
  [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key]
} & {
  [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>
}

/** Without the members that are undefined, so that two equal policies are deeply equal. */
export function compact<Value extends object>(value: Value): Compact<Value> {
  const result: Record<string, unknown> = {}
  for (const name in value) {
    const member: unknown = value[name]
    if (member === undefined) continue
    // Assigned, it would be lost: documents come from JSON, where it is a name like any other.
    if (name === '__proto__') Object.defineProperty(result, name, { value: member, enumerable: true, configurable: true, writable: true })
    else result[name] = member
  }
  return result as Compact<Value>
}
