import type { AclSettings, NetworkPolicyDocument } from '../../types/index.js'
import { HcnError, invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkGuidText,
  checkInteger,
  checkList,
  checkMac,
  checkMembers,
  checkObject,
  checkOneOf,
  checkPort,
  checkPrefix,
  checkString,
} from './check.js'
import { decodeAcl, encodeAcl, encodeUnknownPolicy } from './codec.js'
import { type AclOptions, acl, checkAcl } from './constructors.js'
import type { NetAdapterNamePolicy, NetworkAclPolicy, NetworkPolicy } from './network-policy.js'
import { decodePlain, encodePlain } from './plain-policies.js'

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function netAdapterName(options: { readonly name: string }): NetAdapterNamePolicy {
  checkMembers('netAdapterName', checkObject('netAdapterName', options, '{ name } is wanted'), ['name'])
  return { kind: 'netAdapterName', name: checkString('netAdapterName.name', options.name) }
}

/**
 * As `acl()`, for all endpoints of a network. HCN: `NetworkACL`, since HNS 15.0.
 *
 * @example networkAcl({ action: 'block', direction: 'in', protocol: 'tcp', sourceSets: ['strangers'], priority: 100 })
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function networkAcl(options: AclOptions): NetworkAclPolicy {
  return { ...acl(options), kind: 'networkAcl' }
}

/** The members of each kind, beside `kind`; those of an ACL are checked with it. */
const MEMBERS: { readonly [Kind in Exclude<NetworkPolicy['kind'], 'networkAcl' | 'unknown'>]: readonly string[] } = {
  netAdapterName: ['name'],
  sourceMacAddress: ['macAddress'],
  interfaceConstraint: ['guid', 'luid', 'index', 'mediaType', 'alias', 'description'],
  switchExtension: ['id', 'enabled'],
  providerAddress: ['address'],
  routerMacAddress: ['macAddress'],
  automaticDns: ['enabled'],
  remoteSubnetRoute: ['destination', 'vsid', 'providerAddress', 'routerMacAddress'],
  vxlanPort: ['port'],
  hostRoute: [],
  addressSet: ['id', 'name', 'type', 'values'],
  l4Proxy: ['port', 'ip', 'protocol', 'exceptions', 'destination', 'outboundNat'],
  layerConstraint: ['layerId'],
  neighborDiscovery: ['target', 'senderAddress', 'senderMacAddress'],
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`; `field` is the way to the policy. */
export function encodeNetworkPolicy(policy: NetworkPolicy, field = 'policy'): NetworkPolicyDocument {
  checkObject(field, policy)
  if (Object.hasOwn(MEMBERS, policy.kind)) checkMembers(field, policy, ['kind', ...MEMBERS[policy.kind as keyof typeof MEMBERS]])
  switch (policy.kind) {
    case 'netAdapterName':
      return { Type: 'NetAdapterName', Settings: { NetworkAdapterName: checkString(`${field}.name`, policy.name) } }
    case 'sourceMacAddress':
      return { Type: 'SourceMacAddress', Settings: { SourceMacAddress: checkMac(`${field}.macAddress`, policy.macAddress) } }
    case 'switchExtension':
      return {
        Type: 'VSwitchExtension',
        Settings: { ExtensionID: checkGuidText(`${field}.id`, policy.id), Enable: checkBoolean(`${field}.enabled`, policy.enabled) },
      }
    case 'providerAddress':
      return { Type: 'ProviderAddress', Settings: { ProviderAddress: checkAddress(`${field}.address`, policy.address) } }
    case 'routerMacAddress':
      return { Type: 'DrMacAddress', Settings: { Address: checkMac(`${field}.macAddress`, policy.macAddress) } }
    case 'automaticDns':
      return { Type: 'AutomaticDNS', Settings: { Enable: checkBoolean(`${field}.enabled`, policy.enabled) } }
    case 'remoteSubnetRoute':
      return {
        Type: 'RemoteSubnetRoute',
        Settings: {
          DestinationPrefix: checkPrefix(`${field}.destination`, policy.destination),
          IsolationId: checkInteger(`${field}.vsid`, policy.vsid, 1, 0xffffff),
          ProviderAddress: checkAddress(`${field}.providerAddress`, policy.providerAddress),
          DistributedRouterMacAddress: checkMac(`${field}.routerMacAddress`, policy.routerMacAddress),
        },
      }
    case 'vxlanPort':
      return { Type: 'VxlanPort', Settings: { Port: checkPort(`${field}.port`, policy.port) } }
    case 'hostRoute':
      return { Type: 'HostRoute', Settings: {} }
    case 'addressSet': {
      const type = checkOneOf(`${field}.type`, policy.type, ['addresses', 'nested'])
      const value = (place: string, given: unknown) =>
        type === 'nested' ? checkString(place, given) : checkPrefix(place, given, 'allow address')
      return {
        Type: 'SetPolicy',
        Settings: {
          Id: checkString(`${field}.id`, policy.id),
          Name: checkString(`${field}.name`, policy.name),
          PolicyType: type === 'nested' ? 'NESTEDIPSET' : 'IPSET',
          Values: checkList(`${field}.values`, policy.values, value).join(','),
        },
      }
    }
    case 'interfaceConstraint':
    case 'l4Proxy':
      return encodePlain(policy, field)
    case 'layerConstraint':
      return { Type: 'LayerConstraint', Settings: { LayerId: checkGuidText(`${field}.layerId`, policy.layerId) } }
    case 'networkAcl':
      return { Type: 'NetworkACL', Settings: encodeAcl(checkAcl(field, { ...policy, kind: 'acl' })) }
    case 'neighborDiscovery':
      return {
        Type: 'NeighborDiscovery',
        Settings: {
          TargetIpPrefix: checkPrefix(`${field}.target`, policy.target),
          SenderIpAddress: checkAddress(`${field}.senderAddress`, policy.senderAddress),
          SenderMacAddress: checkMac(`${field}.senderMacAddress`, policy.senderMacAddress),
        },
      }
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
    `one of ${Object.keys(MEMBERS).join(', ')}, networkAcl, or { kind: 'unknown', type, settings } is wanted; decodeNetworkPolicy() makes one of HCN's own document`,
  )
}

/** Types that endpoints have in the same form. */
const SHARED = ['interfaceconstraint', 'l4proxy']

/**
 * What the document says; kept as `unknown` where this package's form cannot
 * hold it whole, so that writing it back changes nothing.
 */
export function decodeNetworkPolicy(document: NetworkPolicyDocument): NetworkPolicy {
  const unknown: NetworkPolicy = { kind: 'unknown', type: document.Type, settings: document.Settings }
  const settings = document.Settings
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return unknown
  try {
    const plain = SHARED.includes(document.Type.toLowerCase()) ? decodePlain(document.Type, settings) : undefined
    if (plain !== undefined) return plain as NetworkPolicy
    const policy = decodeKnown(document.Type.toLowerCase(), settings as Readonly<Record<string, unknown>>)
    return policy !== undefined && saysAll(policy, settings) ? policy : unknown
  } catch (error) {
    if (HcnError.is(error, 'ERR_INVALID_ARGUMENT')) return unknown
    throw error
  }
}

/** Encoding checks each value, so that what is cast below is what it says. */
function saysAll(policy: NetworkPolicy, settings: object): boolean {
  const again = encodeNetworkPolicy(policy).Settings as Readonly<Record<string, unknown>>
  return policy.kind === 'networkAcl' || Object.keys(settings).every((name) => name in again)
}

function decodeKnown(type: string, settings: Readonly<Record<string, unknown>>): NetworkPolicy | undefined {
  const text = (name: string) => settings[name] as string
  const number = (name: string) => settings[name] as number
  const boolean = (name: string) => settings[name] as boolean
  switch (type) {
    case 'netadaptername':
      return { kind: 'netAdapterName', name: text('NetworkAdapterName') }
    case 'sourcemacaddress':
      return { kind: 'sourceMacAddress', macAddress: text('SourceMacAddress') }
    case 'vswitchextension':
      return { kind: 'switchExtension', id: text('ExtensionID'), enabled: boolean('Enable') }
    case 'provideraddress':
      return { kind: 'providerAddress', address: text('ProviderAddress') }
    case 'drmacaddress':
      return { kind: 'routerMacAddress', macAddress: text('Address') }
    case 'automaticdns':
      return { kind: 'automaticDns', enabled: boolean('Enable') }
    case 'remotesubnetroute':
      return {
        kind: 'remoteSubnetRoute',
        destination: text('DestinationPrefix'),
        vsid: number('IsolationId'),
        providerAddress: text('ProviderAddress'),
        routerMacAddress: text('DistributedRouterMacAddress'),
      }
    case 'vxlanport':
      return { kind: 'vxlanPort', port: number('Port') }
    case 'hostroute':
      return { kind: 'hostRoute' }
    case 'setpolicy': {
      const values = text('Values')
      if (typeof values !== 'string') return undefined
      return {
        kind: 'addressSet',
        id: text('Id'),
        name: text('Name'),
        type: settings.PolicyType === 'NESTEDIPSET' ? 'nested' : 'addresses',
        values: values === '' ? [] : values.split(',').map((value) => value.trim()),
      }
    }
    case 'layerconstraint':
      return { kind: 'layerConstraint', layerId: text('LayerId') }
    case 'networkacl': {
      const acl = decodeAcl(settings as Partial<AclSettings>)
      return acl === undefined ? undefined : { ...acl, kind: 'networkAcl' }
    }
    case 'neighbordiscovery':
      return {
        kind: 'neighborDiscovery',
        target: text('TargetIpPrefix'),
        senderAddress: text('SenderIpAddress'),
        senderMacAddress: text('SenderMacAddress'),
      }
    default:
      return undefined
  }
}
