import type { OutboundNatPolicy } from '../../lib/index.js'
import { contains } from './prefix.js'
import { hasPorts, type Tuple } from './tuple.js'

const TRANSLATES = (policy: OutboundNatPolicy, address: string) => policy.destinations?.some((prefix) => contains(prefix, address))

/**
 * The source address an endpoint's OutBoundNAT policies give a packet (vfp.md
 * 3.6): policies with destinations first, then exceptions, then the others.
 * `node` stands for a policy without address.
 */
export function outboundNatAddress(policies: readonly OutboundNatPolicy[], tuple: Tuple, node: string | undefined): string | undefined {
  if (!isTranslated(tuple)) return undefined
  const ofFamily = policies.filter((policy) => isOfFamily(policy, tuple))
  const named = ofFamily.find((policy) => TRANSLATES(policy, tuple.destination) === true)
  if (named !== undefined) return named.vip ?? node
  if (ofFamily.some(({ exceptions = [] }) => exceptions.some((prefix) => contains(prefix, tuple.destination)))) return undefined
  const any = ofFamily.find(({ destinations }) => destinations === undefined)
  return any === undefined ? undefined : (any.vip ?? node)
}

/** Whether the packet meets an exception: a rule that keeps state, as a translation does. */
export function isExcepted(policies: readonly OutboundNatPolicy[], tuple: Tuple): boolean {
  return policies.some(
    (policy) =>
      isTranslated(tuple) && isOfFamily(policy, tuple) && (policy.exceptions ?? []).some((prefix) => contains(prefix, tuple.destination)),
  )
}

/** Whether some policy still translates to `address`: then a connection keeps the source it has. */
export function stillTranslates(policies: readonly OutboundNatPolicy[], address: string, node: string | undefined): boolean {
  return policies.some((policy) => (policy.vip ?? node) === address)
}

/** TCP, UDP and ICMP echoes (docs/support.md); what has no port to tell connections apart by leaves as it is. */
function isTranslated({ protocol, sourcePort }: Tuple): boolean {
  return hasPorts(protocol) || sourcePort !== 0
}

function isOfFamily(policy: OutboundNatPolicy, { source }: Tuple): boolean {
  return (policy.ipv6 === true || policy.vip?.includes(':') === true) === source.includes(':')
}
