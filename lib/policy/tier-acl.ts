import type { TierAclRuleSettings, TierAclSettings } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import { checkInteger, checkList, checkMembers, checkObject, checkOneOf, checkString, type Protocol, protocolNumber } from './check.js'
import { checkAcl, compact } from './constructors.js'
import type { TierAclPolicy, TierAclRule } from './endpoint-policy.js'
import { isEmpty, splitList, splitProtocols, word } from './wire-text.js'

/** What {@link tierAcl} takes for each rule. */
export interface TierAclRuleOptions {
  /** `'pass'` asks the next tier; the others decide. */
  readonly action: 'allow' | 'block' | 'pass'
  readonly protocol?: Protocol | readonly Protocol[] | undefined
  readonly localAddresses?: readonly string[] | undefined
  readonly remoteAddresses?: readonly string[] | undefined
  readonly localPorts?: readonly (string | number)[] | undefined
  readonly remotePorts?: readonly (string | number)[] | undefined
  /** 0 to 65535, lower is asked first. Default 0. */
  readonly priority?: number | undefined
  readonly id?: string | undefined
}

export interface TierAclOptions {
  readonly name?: string | undefined
  readonly direction: 'in' | 'out'
  /** 0 to 65535; the lower tier is asked first. */
  readonly order: number
  readonly rules: readonly TierAclRuleOptions[]
}

const RULE_MEMBERS = ['action', 'protocol', 'localAddresses', 'remoteAddresses', 'localPorts', 'remotePorts', 'priority', 'id'] as const

/**
 * One tier of rules, asked before the endpoint's ACLs. HCN: `TierAcl`, from HNS 14.0 on.
 *
 * @example tierAcl({ direction: 'in', order: 1000, rules: [{ action: 'pass', protocol: 'tcp', localPorts: [80], priority: 10 }] })
 * @throws HcnError `ERR_INVALID_ARGUMENT` names the member, what it held and what would be right. From the service later:
 * `HCN_E_INVALID_POLICY_TYPE` (its version has no tiers), `HCN_E_VFP_NOT_ALLOWED` (the network's type has none).
 */
export function tierAcl(options: TierAclOptions): TierAclPolicy {
  const given = checkObject('tierAcl', options)
  checkMembers('tierAcl', given, ['name', 'direction', 'order', 'rules'])
  const rules = checkList('tierAcl.rules', given.rules, (field, rule) => {
    const { protocol, ...rest } = checkObject(field, rule)
    checkMembers(field, rule as object, RULE_MEMBERS)
    return { ...rest, protocols: protocol === undefined || Array.isArray(protocol) ? protocol : [protocol] }
  })
  return checkTierAcl('tierAcl', { ...given, rules })
}

/** The policy in its one form: members that mean any are left out. */
export function checkTierAcl(field: string, policy: object): TierAclPolicy {
  const given = policy as Readonly<Record<string, unknown>>
  const direction = checkOneOf(`${field}.direction`, given.direction, ['in', 'out'] as const)
  return compact({
    kind: 'tierAcl' as const,
    name: given.name === undefined ? undefined : checkString(`${field}.name`, given.name),
    direction,
    order: checkInteger(`${field}.order`, given.order, 0, 65535),
    rules: checkList(`${field}.rules`, given.rules, (name, rule) => checkRule(name, rule, direction)),
  })
}

const NO_SETS = 'rules of a tier name addresses, not sets'

// A rule is an ACL but for its action and what its tier says for it.
function checkRule(field: string, rule: unknown, direction: 'in' | 'out'): TierAclRule {
  const given = checkObject(field, rule)
  const action = checkOneOf(`${field}.action`, given.action, ['allow', 'block', 'pass'] as const)
  const { kind: _, direction: __, ruleType: ___, ...rest } = checkAcl(field, { ...given, action: 'allow', direction, ruleType: undefined })
  const { sourceSets, destinationSets, ...known } = rest
  if (sourceSets !== undefined) throw invalidArgument(`${field}.sourceSets`, sourceSets, NO_SETS)
  if (destinationSets !== undefined) throw invalidArgument(`${field}.destinationSets`, destinationSets, NO_SETS)
  return { ...known, action }
}

const ACTIONS = { allow: 'Allow', block: 'Block', pass: 'Pass' } as const

export function encodeTierAcl(tier: TierAclPolicy): TierAclSettings {
  return compact({
    Name: tier.name,
    Direction: tier.direction === 'in' ? ('In' as const) : ('Out' as const),
    Order: tier.order,
    TierAclRules: tier.rules.map(encodeRule),
  })
}

function encodeRule(rule: TierAclRule): TierAclRuleSettings {
  return compact({
    Id: rule.id,
    Protocols: rule.protocols?.map(protocolNumber).join(','),
    TierAclRuleAction: ACTIONS[rule.action],
    LocalAddresses: rule.localAddresses?.join(','),
    RemoteAddresses: rule.remoteAddresses?.join(','),
    LocalPorts: rule.localPorts?.join(','),
    RemotePorts: rule.remotePorts?.join(','),
    Priority: rule.priority,
  })
}

export function decodeTierAcl(settings: Partial<TierAclSettings>): TierAclPolicy | undefined {
  const { Name, Direction, Order, TierAclRules = [], ...rest } = settings
  if (!isEmpty(rest) || !Array.isArray(TierAclRules)) return undefined
  const rules = TierAclRules.map((rule: Partial<TierAclRuleSettings>, i) => decodeRule(checkObject(`tierAcl.rules[${i}]`, rule)))
  if (rules.includes(undefined)) return undefined
  return checkTierAcl('tierAcl', { name: Name === '' ? undefined : Name, direction: word(Direction), order: Order, rules })
}

function decodeRule(rule: Partial<TierAclRuleSettings>): object | undefined {
  const { Id, Protocols, TierAclRuleAction, LocalAddresses, RemoteAddresses, LocalPorts, RemotePorts, Priority, ...rest } = rule
  if (!isEmpty(rest)) return undefined
  return {
    id: Id === '' ? undefined : Id,
    action: word(TierAclRuleAction),
    protocols: splitProtocols(Protocols),
    localAddresses: splitList(LocalAddresses),
    remoteAddresses: splitList(RemoteAddresses),
    localPorts: splitList(LocalPorts),
    remotePorts: splitList(RemotePorts),
    priority: Priority,
  }
}
