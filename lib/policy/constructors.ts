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
  const { protocol } = options
  return checkAcl('acl', { kind: 'acl', ...withoutProtocol(options), protocols: listOf(protocol) })
}

function listOf(protocol: AclOptions['protocol']): readonly Protocol[] {
  if (protocol === undefined) return []
  return typeof protocol === 'object' ? protocol : [checkProtocol('acl.protocol', protocol)]
}

function withoutProtocol({ protocol: _, ...rest }: AclOptions): Omit<AclOptions, 'protocol'> {
  return rest
}

/** The policy in its one form: members that mean any are left out. */
export function checkAcl(field: string, policy: object): AclPolicy {
  const given = checkObject(field, policy)
  const optional = <Value>(member: string, check: (field: string, value: unknown) => Value): Value | undefined => {
    const value = given[member]
    return value === undefined ? undefined : check(`${field}.${member}`, value)
  }
  const list = <Item>(member: string, check: (field: string, item: unknown) => Item): readonly Item[] | undefined => {
    const items = optional(member, (name, value) => checkList(name, value, check))
    return items === undefined || items.length === 0 ? undefined : items
  }
  const prefixOrAddress = (name: string, value: unknown) => checkPrefix(name, value, 'allow address')
  const checked: AclPolicy = compact({
    kind: 'acl' as const,
    action: checkOneOf(`${field}.action`, given.action, ['allow', 'block'] as const),
    direction: checkOneOf(`${field}.direction`, given.direction, ['in', 'out'] as const),
    protocols: list('protocols', (name, value) => checkProtocol(name.replace('.protocols', '.protocol'), value)),
    localAddresses: list('localAddresses', prefixOrAddress),
    remoteAddresses: list('remoteAddresses', prefixOrAddress),
    localPorts: list('localPorts', checkPortRange),
    remotePorts: list('remotePorts', checkPortRange),
    priority: optional('priority', (name, value) => checkInteger(name, value, 0, 65535)),
    ruleType: optional('ruleType', (name, value) => checkOneOf(name, value, ['switch', 'host'] as const)),
    id: optional('id', checkString),
  })
  const portless = checked.protocols?.find((protocol) => !PROTOCOLS_WITH_PORTS.has(protocolNumber(protocol)))
  if (portless !== undefined && (checked.localPorts ?? checked.remotePorts) !== undefined) {
    throw invalidArgument(
      `${field}.protocol`,
      portless,
      'it has no ports: leave localPorts and remotePorts out, or make a rule of its own for it',
    )
  }
  return checked
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
  checkMembers('portName', checkObject('portName', options), ['name'])
  return { kind: 'portName', name: checkString('portName.name', options.name) }
}

/** A policy this package has no form for, sent as it is. */
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
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Compact<Value>
}
