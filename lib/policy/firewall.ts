import type { FirewallSettings } from '../../types/index.js'
import { checkBoolean, checkGuidText, checkMembers, checkObject, checkOneOf } from './check.js'
import { compact } from './constructors.js'
import type { FirewallPolicy } from './machine-policy.js'
import { isEmpty, word } from './wire-text.js'

const CONSTRAINED_INTERFACE = 1
const VM_TYPES = { host: 'Host', wsa: 'WSA', wsl: 'WSL' } as const

/**
 * Whose firewall rules apply. HCN: `Firewall`.
 *
 * @example firewall({ vmType: 'wsl', constrainedInterface: true })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function firewall(options: Omit<FirewallPolicy, 'kind'>): FirewallPolicy {
  checkMembers('firewall', checkObject('firewall', options), ['vmType', 'vmCreatorId', 'constrainedInterface'])
  return checkFirewall('firewall', options)
}

export function checkFirewall(field: string, policy: object): FirewallPolicy {
  const { vmType, vmCreatorId, constrainedInterface } = policy as Readonly<Record<string, unknown>>
  const constrained = constrainedInterface !== undefined && checkBoolean(`${field}.constrainedInterface`, constrainedInterface)
  return compact({
    kind: 'firewall' as const,
    vmType: vmType === undefined ? undefined : checkOneOf(`${field}.vmType`, vmType, ['host', 'wsa', 'wsl'] as const),
    vmCreatorId: vmCreatorId === undefined ? undefined : checkGuidText(`${field}.vmCreatorId`, vmCreatorId),
    constrainedInterface: constrained ? true : undefined,
  })
}

/** WSL names the creator and its flags otherwise than the schema page names the type and its. */
export function encodeFirewall({ vmType, vmCreatorId, constrainedInterface }: FirewallPolicy): FirewallSettings {
  const flags = constrainedInterface === true ? CONSTRAINED_INTERFACE : undefined
  return compact({
    VmType: vmType && VM_TYPES[vmType],
    VmCreatorId: vmCreatorId,
    ...(vmCreatorId === undefined ? { FirewallPolicyFlags: flags } : { PolicyFlags: flags }),
  })
}

/** Undefined when this form cannot hold the document whole. */
export function decodeFirewall(settings: FirewallSettings): FirewallPolicy | undefined {
  const { VmType, VmCreatorId, FirewallPolicyFlags, PolicyFlags, ...rest } = settings
  const flags = FirewallPolicyFlags ?? PolicyFlags ?? 0
  if (!isEmpty(rest) || (FirewallPolicyFlags !== undefined && PolicyFlags !== undefined)) return undefined
  if (flags !== 0 && flags !== CONSTRAINED_INTERFACE) return undefined
  return checkFirewall('firewall', {
    vmType: VmType === undefined ? undefined : word(VmType),
    vmCreatorId: VmCreatorId,
    constrainedInterface: flags === CONSTRAINED_INTERFACE,
  })
}
