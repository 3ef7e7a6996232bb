import type {
  AclSettings,
  EncryptionSettings,
  EndpointPolicyDocument,
  FirewallSettings,
  InterfaceParametersSettings,
  L4WfpProxySettings,
  OutboundNatSettings,
  PolicyDocument,
  PortMappingSettings,
  PortNameSettings,
  TierAclSettings,
} from '../../types/index.js'
import { HcnError, invalidArgument } from '../errors.js'
import { checkObject, checkString, protocolNumber } from './check.js'
import { checkAcl, checkOutboundNat, checkPortMapping, compact, interfaceParameters, isSetId, portName } from './constructors.js'
import { checkEncryption, decodeEncryption, encodeEncryption } from './encryption.js'
import type { AclPolicy, EndpointPolicy, OutboundNatPolicy, PortMappingPolicy } from './endpoint-policy.js'
import { checkFirewall, decodeFirewall, encodeFirewall } from './firewall.js'
import { checkL4WfpProxy, decodeL4WfpProxy, encodeL4WfpProxy } from './l4-wfp-proxy.js'
import { decodePlain, encodePlain } from './plain-policies.js'
import { checkTierAcl, decodeTierAcl, encodeTierAcl } from './tier-acl.js'
import { isEmpty, splitList, splitProtocols, word } from './wire-text.js'

const LOCAL_ROUTED_VIP = 1
const IPV6 = 2
const EXTERNAL_PORT_RESERVED = 4

/**
 * The policy as HCN writes it. Values are checked here too, since a policy may
 * be an object of the caller's own making.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT`; `field` is the way to the policy.
 */
export function encodeEndpointPolicy(policy: EndpointPolicy, field = 'policy'): EndpointPolicyDocument {
  checkObject(field, policy)
  switch (policy.kind) {
    case 'acl':
      return { Type: 'ACL', Settings: encodeAcl(checkAcl(field, policy)) }
    case 'outboundNat':
      return { Type: 'OutBoundNAT', Settings: encodeOutboundNat(checkOutboundNat(field, policy)) }
    case 'portMapping':
      return { Type: 'PortMapping', Settings: encodePortMapping(checkPortMapping(field, policy)) }
    case 'interfaceParameters':
      return { Type: 'InterfaceParameters', Settings: { Mtu: interfaceParameters({ mtu: policy.mtu }).mtu } }
    case 'portName':
      return { Type: 'PortName', Settings: { Name: portName({ name: policy.name }).name } }
    case 'tierAcl':
      return { Type: 'TierAcl', Settings: encodeTierAcl(checkTierAcl(field, policy)) }
    case 'l4WfpProxy':
      return { Type: 'L4WFPPROXY', Settings: encodeL4WfpProxy(checkL4WfpProxy(field, policy)) }
    case 'encryption':
      return { Type: 'Encryption', Settings: encodeEncryption(checkEncryption(field, policy)) }
    case 'firewall':
      return { Type: 'Firewall', Settings: encodeFirewall(checkFirewall(field, policy)) }
    case 'qos':
    case 'encapOverhead':
    case 'providerAddress':
    case 'vlan':
    case 'sdnRoute':
    case 'l2Driver':
    case 'l4Proxy':
    case 'interfaceConstraint':
    case 'iov':
    case 'vmNic':
      return encodePlain(policy, field)
    case 'unknown':
      return encodeUnknownPolicy(policy, field)
    default:
      throw unknownKind(field, policy)
  }
}

function unknownKind(field: string, policy: never): HcnError {
  return invalidArgument(
    `${field}.kind`,
    (policy as { kind?: unknown }).kind,
    "make policies with acl(), outboundNat(), portMapping(), …; of HCN's own document with decodeEndpointPolicy(); what has no form goes as { kind: 'unknown', type, settings }",
  )
}

export function encodeUnknownPolicy(policy: { readonly type: string; readonly settings: unknown }, field: string): PolicyDocument {
  const Type = checkString(`${field}.type`, policy.type)
  return policy.settings === undefined ? { Type } : { Type, Settings: policy.settings }
}

/** @internal A network's ACLs are written alike. */
export function encodeAcl(policy: AclPolicy): AclSettings {
  const settings: { -readonly [Member in keyof AclSettings]: AclSettings[Member] } = {
    Action: policy.action === 'allow' ? 'Allow' : 'Block',
    Direction: policy.direction === 'in' ? 'In' : 'Out',
  }
  if (policy.id !== undefined) settings.Id = policy.id
  if (policy.protocols !== undefined) settings.Protocols = policy.protocols.map(protocolNumber).join(',')
  if (policy.localAddresses !== undefined) settings.LocalAddresses = policy.localAddresses.join(',')
  if (policy.remoteAddresses !== undefined) settings.RemoteAddresses = policy.remoteAddresses.join(',')
  if (policy.sourceSets !== undefined) settings.LocalAddresses = policy.sourceSets.join(',')
  if (policy.destinationSets !== undefined) settings.RemoteAddresses = policy.destinationSets.join(',')
  if (policy.localPorts !== undefined) settings.LocalPorts = policy.localPorts.join(',')
  if (policy.remotePorts !== undefined) settings.RemotePorts = policy.remotePorts.join(',')
  if (policy.ruleType !== undefined) settings.RuleType = policy.ruleType === 'switch' ? 'Switch' : 'Host'
  if (policy.priority !== undefined) settings.Priority = policy.priority
  return settings
}

function encodeOutboundNat(policy: OutboundNatPolicy): OutboundNatSettings {
  return compact({
    VirtualIP: policy.vip,
    Exceptions: policy.exceptions,
    Destinations: policy.destinations,
    Flags: flagBits([policy.localRoutedVip, LOCAL_ROUTED_VIP], [policy.ipv6, IPV6]),
    MaxPortPoolUsage: policy.maxPortPoolUsage,
  })
}

function encodePortMapping(policy: PortMappingPolicy): PortMappingSettings {
  return compact({
    Protocol: protocolNumber(policy.protocol),
    InternalPort: policy.internal,
    ExternalPort: policy.external,
    VIP: policy.vip,
    Flags: flagBits([policy.localRoutedVip, LOCAL_ROUTED_VIP], [policy.ipv6, IPV6], [policy.externalPortReserved, EXTERNAL_PORT_RESERVED]),
  })
}

function flagBits(...flags: readonly (readonly [boolean | undefined, number])[]): number | undefined {
  const bits = flags.reduce((sum, [set, bit]) => (set === true ? sum | bit : sum), 0)
  return bits === 0 ? undefined : bits
}

/**
 * What a document says, in this package's form. Anything that form cannot hold
 * whole (a type it does not know, a member it does not know, ids of address
 * sets, `Pass`) is kept as `unknown`, so that writing it back changes nothing.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` for what is no object with a `Type`.
 */
export function decodeEndpointPolicy(document: EndpointPolicyDocument): EndpointPolicy {
  checkString('document.Type', checkObject('document', document).Type)
  return decodeKnown(document) ?? { kind: 'unknown', type: document.Type, settings: document.Settings }
}

function decodeKnown(document: EndpointPolicyDocument): EndpointPolicy | undefined {
  const settings = document.Settings
  if (settings === undefined && document.Type.toLowerCase() === 'l2driver') return { kind: 'l2Driver' }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return undefined
  try {
    switch (document.Type.toLowerCase()) {
      case 'acl':
        return decodeAcl(settings as Partial<AclSettings>)
      case 'outboundnat':
        return decodeOutboundNat(settings as OutboundNatSettings)
      case 'portmapping':
        return decodePortMapping(settings as PortMappingSettings)
      case 'interfaceparameters': {
        const { Mtu, ...rest } = settings as InterfaceParametersSettings
        return Mtu === undefined || !isEmpty(rest) ? undefined : interfaceParameters({ mtu: Mtu })
      }
      case 'portname': {
        const { Name, ...rest } = settings as PortNameSettings
        return isEmpty(rest) ? portName({ name: Name }) : undefined
      }
      case 'tieracl':
        return decodeTierAcl(settings as Partial<TierAclSettings>)
      case 'l4wfpproxy':
        return decodeL4WfpProxy(settings as L4WfpProxySettings)
      case 'encryption':
        return decodeEncryption(settings as EncryptionSettings)
      case 'firewall':
        return decodeFirewall(settings as FirewallSettings)
      default:
        return decodePlain(document.Type, settings)
    }
  } catch (error) {
    if (HcnError.is(error, 'ERR_INVALID_ARGUMENT')) return undefined
    throw error
  }
}

/** @internal */
export function decodeAcl(settings: Partial<AclSettings>): AclPolicy | undefined {
  const { Id, Protocols, Action, Direction, LocalAddresses, RemoteAddresses, LocalPorts, RemotePorts, RuleType, Priority, ...rest } =
    settings
  if (!isEmpty(rest)) return undefined
  const local = splitList(LocalAddresses)
  const remote = splitList(RemoteAddresses)
  return checkAcl('acl', {
    kind: 'acl',
    action: word(Action),
    direction: word(Direction),
    protocols: splitProtocols(Protocols),
    ...(local?.every(isSetId) === true ? { sourceSets: local } : { localAddresses: local }),
    ...(remote?.every(isSetId) === true ? { destinationSets: remote } : { remoteAddresses: remote }),
    localPorts: splitList(LocalPorts),
    remotePorts: splitList(RemotePorts),
    priority: Priority,
    ruleType: RuleType === undefined ? undefined : word(RuleType),
    id: Id === '' ? undefined : Id,
  })
}

function decodeOutboundNat(settings: OutboundNatSettings): OutboundNatPolicy | undefined {
  const { VirtualIP, Exceptions, Destinations, Flags = 0, MaxPortPoolUsage, ...rest } = settings
  if (!isEmpty(rest) || (Flags & ~(LOCAL_ROUTED_VIP | IPV6)) !== 0) return undefined
  return checkOutboundNat('outboundNat', {
    vip: VirtualIP === '' ? undefined : VirtualIP,
    exceptions: Exceptions ?? undefined,
    destinations: Destinations ?? undefined,
    localRoutedVip: (Flags & LOCAL_ROUTED_VIP) !== 0,
    ipv6: (Flags & IPV6) !== 0,
    maxPortPoolUsage: MaxPortPoolUsage,
  })
}

function decodePortMapping(settings: PortMappingSettings): PortMappingPolicy | undefined {
  const { Protocol, InternalPort, ExternalPort, VIP, Flags = 0, ...rest } = settings
  if (!isEmpty(rest) || (Flags & ~(LOCAL_ROUTED_VIP | IPV6 | EXTERNAL_PORT_RESERVED)) !== 0) return undefined
  return checkPortMapping('portMapping', {
    protocol: Protocol,
    internal: InternalPort,
    external: ExternalPort,
    vip: VIP === '' ? undefined : VIP,
    localRoutedVip: (Flags & LOCAL_ROUTED_VIP) !== 0,
    ipv6: (Flags & IPV6) !== 0,
    externalPortReserved: (Flags & EXTERNAL_PORT_RESERVED) !== 0,
  })
}
