import type { AclPolicy, NetworkAclPolicy, TierAclPolicy, TierAclRule } from '../../lib/index.js'
import type { AddressSets } from './address-sets.js'
import { contains } from './prefix.js'
import { hasPorts, type Tuple } from './tuple.js'

export type Direction = 'in' | 'out'
export type Acl = AclPolicy | NetworkAclPolicy

/** `undecided`: no rule spoke of the packet. */
export type AclVerdict = 'allow' | 'block' | 'undecided'

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 }
/** Calico's "any" (vfp.md 3.10). */
const ANY_PROTOCOL = 256

/** vfp.md 3.10: inbound the destination is local and the source remote, outbound the other way round. */
function matches(rule: Acl | TierAclRule, direction: Direction, tuple: Tuple, sets: AddressSets): boolean {
  const source = { address: tuple.source, port: tuple.sourcePort }
  const destination = { address: tuple.destination, port: tuple.destinationPort }
  const [local, remote] = direction === 'in' ? [destination, source] : [source, destination]
  return (
    anyOf(rule.protocols, (protocol) => protocolHas(protocol, tuple.protocol)) &&
    anyOf(rule.localAddresses, (prefix) => contains(prefix, local.address)) &&
    anyOf(rule.remoteAddresses, (prefix) => contains(prefix, remote.address)) &&
    ('sourceSets' in rule ? (rule.sourceSets ?? []).every((id) => sets.has(id, source.address)) : true) &&
    ('destinationSets' in rule ? (rule.destinationSets ?? []).every((id) => sets.has(id, destination.address)) : true) &&
    anyOf(rule.localPorts, (range) => hasPorts(tuple.protocol) && rangeHas(range, local.port)) &&
    anyOf(rule.remotePorts, (range) => hasPorts(tuple.protocol) && rangeHas(range, remote.port))
  )
}

/** An absent list is any. */
function anyOf<Item>(list: readonly Item[] | undefined, test: (item: Item) => boolean): boolean {
  return list === undefined || list.some(test)
}

function protocolHas(protocol: string | number, number: number): boolean {
  const wanted = typeof protocol === 'number' ? protocol : (PROTOCOL_NUMBERS[protocol] ?? Number(protocol))
  return wanted === ANY_PROTOCOL || wanted === number
}

function rangeHas(range: string, port: number): boolean {
  const [first = '', last = first] = range.split('-')
  return Number(first) <= port && port <= Number(last)
}

/** Lower priority first; Block before Allow where numbers are equal (vfp.md 3.10). */
export function judge(acls: readonly Acl[], direction: Direction, tuple: Tuple, sets: AddressSets): AclVerdict {
  const [first] = acls
    .filter((acl) => acl.direction === direction && matches(acl, direction, tuple, sets))
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || Number(a.action === 'allow') - Number(b.action === 'allow'))
  return first === undefined ? 'undecided' : first.action
}

/** Tiers by `order`, their rules by `priority`: Allow and Block are final, Pass and no match ask the next tier. */
export function judgeTiers(tiers: readonly TierAclPolicy[], direction: Direction, tuple: Tuple, sets: AddressSets): AclVerdict {
  const ordered = tiers.filter((tier) => tier.direction === direction).sort((a, b) => a.order - b.order)
  for (const { rules } of ordered) {
    const [first] = rules
      .filter((rule) => matches(rule, direction, tuple, sets))
      .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || Number(a.action !== 'block') - Number(b.action !== 'block'))
    if (first !== undefined && first.action !== 'pass') return first.action
  }
  return 'undecided'
}

/**
 * Why a stage of ACLs drops the packet, any of several reasons; undefined when it
 * lets it pass. Without any rule there is no stage, and all passes.
 */
export function stageDrop(
  acls: readonly Acl[],
  tiers: readonly TierAclPolicy[],
  direction: Direction,
  tuple: Tuple,
  sets: AddressSets,
): readonly string[] | undefined {
  if (acls.length === 0 && tiers.length === 0) return undefined
  const ofTiers = judgeTiers(tiers, direction, tuple, sets)
  const verdict = ofTiers === 'undecided' ? judge(acls, direction, tuple, sets) : ofTiers
  if (verdict === 'allow') return undefined
  if (verdict === 'block') return ['acl-blocked']
  // Whether what ends the tiers is a rule, the reference does not say.
  return tiers.length === 0 ? ['acl-default'] : ['acl-default', 'acl-blocked']
}
