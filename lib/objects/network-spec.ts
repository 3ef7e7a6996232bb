import type { HostComputeNetwork, IpSubnet, NetworkMode, Subnet, SubnetPolicyDocument } from '../../types/index.js'
import { formatIp, isNetworkAddress, type Prefix, parseIp, parsePrefix, prefixContains, prefixesOverlap } from '../addresses.js'
import { invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkInteger,
  checkList,
  checkMac,
  checkMembers,
  checkObject,
  checkOneOf,
  checkPrefix,
  checkString,
} from '../policy/check.js'
import { compact } from '../policy/constructors.js'
import { encodeNetworkPolicy } from '../policy/network-codec.js'
import type { NetworkPolicy } from '../policy/network-policy.js'
import { checkGuid } from './collection.js'
import { type DnsSettings, encodeDns } from './dns.js'
import { encodeFlags, NETWORK_FLAGS, type NetworkFlag } from './flags.js'

export interface SubnetSpec {
  /** `10.244.1.0/24`. Prefixes must not overlap inside one network. */
  readonly prefix: string
  /** An address of the prefix; by custom its first. Reserved: no endpoint gets it. */
  readonly gateway: string
  /** A GUID. Default: the service makes one. */
  readonly id?: string | undefined
  /** 802.1Q: 1 to 4094, the VLAN of endpoints in the subnet. HCN: the subnet policy `VLAN`. */
  readonly vlan?: number | undefined
  /** The overlay's segment: 4096 to 16777215. An `Overlay` subnet needs one. HCN: the subnet policy `VSID`. */
  readonly vsid?: number | undefined
  /** Where addresses come from. Default: one that is all of the subnet. HCN: `IpSubnets`, since schema 2.3. */
  readonly ipSubnets?: readonly IpSubnetSpec[] | undefined
  /** Whether endpoints are kept off the gateway's address. Default true. HCN: flag 1 unset. */
  readonly reserveGateway?: boolean | undefined
}

/** A smaller range inside a subnet that addresses come from. HCN: `IpSubnet`, since schema 2.3. */
export interface IpSubnetSpec {
  /** Inside the subnet, apart from its other IP subnets. */
  readonly prefix: string
  /** A GUID. Default: the service makes one. */
  readonly id?: string | undefined
  /** Whether no endpoint gets the last address. Default true. HCN: flag 1. */
  readonly broadcast?: boolean | undefined
  /** Whether no endpoint gets the first address. Default true. HCN: flag 2. */
  readonly reserveNetworkAddress?: boolean | undefined
}

/** HCN's `Type`. What packets do on each is told in `docs/support.md`. */
export type NetworkType = NetworkMode

interface CommonNetworkSpec {
  /** Unique on the host. At most 256 bytes. */
  readonly name: string
  /** What endpoints get that say nothing of their own. */
  readonly dns?: DnsSettings | undefined
  /** Where endpoints' MACs come from, both ends inclusive. Default: 4096 addresses of the service's choice. */
  readonly macPool?: readonly { readonly start: string; readonly end: string }[] | undefined
  /** The interface of the machine that becomes the uplink: `Ethernet`, `eth0`. Default: none. */
  readonly adapter?: string | undefined
  readonly policies?: readonly NetworkPolicy[] | undefined
  /** By HCN's names, or as its number. Default none; the service adds `EnableNonPersistent` to a `NAT` network. HCN: `Flags`. */
  readonly flags?: readonly NetworkFlag[] | number | undefined
  /** Free text: who made it. */
  readonly owner?: string | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

interface RoutedNetworkSpec extends CommonNetworkSpec {
  /** Default `L2Bridge`. */
  readonly type?: 'L2Bridge' | 'L2Tunnel' | 'Overlay' | undefined
  readonly subnets: readonly SubnetSpec[]
}

interface OtherNetworkSpec extends CommonNetworkSpec {
  readonly type: Exclude<NetworkType, 'L2Bridge' | 'L2Tunnel' | 'Overlay'>
  /**
   * Default: `NAT`, `ICS` and `ConstrainedICS` get a free 172.x/20; the others have none, and an endpoint brings its
   * address. At most one of each address family, but for `Transparent`.
   */
  readonly subnets?: readonly SubnetSpec[] | undefined
  /** `dhcp`: on a `Transparent` network somebody else hands out addresses. Default `static`. HCN: `Ipams[0].Type`. */
  readonly ipam?: 'static' | 'dhcp' | undefined
}

export type NetworkSpec = RoutedNetworkSpec | OtherNetworkSpec

const MEMBERS = ['name', 'type', 'subnets', 'ipam', 'dns', 'macPool', 'adapter', 'policies', 'flags', 'owner', 'id'] as const
const TYPES = [
  'NAT',
  'ICS',
  'Transparent',
  'L2Bridge',
  'L2Tunnel',
  'Overlay',
  'Private',
  'Internal',
  'Mirrored',
  'Infiniband',
  'ConstrainedICS',
] as const satisfies readonly NetworkType[]
const WITH_SUBNETS: readonly NetworkType[] = ['L2Bridge', 'L2Tunnel', 'Overlay']

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeNetwork(spec: NetworkSpec): HostComputeNetwork {
  checkMembers('network', checkObject('network', spec), MEMBERS)
  const type = spec.type === undefined ? 'L2Bridge' : checkOneOf('network.type', spec.type, TYPES)
  const needsSubnets = WITH_SUBNETS.includes(type)
  const subnets = spec.subnets === undefined && !needsSubnets ? [] : encodeSubnets('network.subnets', spec.subnets)
  const ipam = 'ipam' in spec && spec.ipam !== undefined ? checkOneOf('network.ipam', spec.ipam, ['static', 'dhcp']) : 'static'
  const adapter: readonly NetworkPolicy[] =
    spec.adapter === undefined ? [] : [{ kind: 'netAdapterName', name: checkString('network.adapter', spec.adapter) }]
  const given = spec.policies === undefined ? [] : checkList('network.policies', spec.policies, (_, policy) => policy as NetworkPolicy)
  const policies = [...adapter, ...given].map((policy, i) => encodeNetworkPolicy(policy, `network.policies[${i - adapter.length}]`))
  return compact({
    SchemaVersion: { Major: 2, Minor: 0 },
    Name: checkString('network.name', spec.name),
    Owner: spec.owner === undefined ? undefined : checkString('network.owner', spec.owner),
    Type: type,
    Ipams: [{ Type: ipam === 'dhcp' ? ('Dhcp' as const) : ('Static' as const), Subnets: subnets }],
    Dns: spec.dns === undefined ? undefined : encodeDns('network.dns', spec.dns),
    MacPool: spec.macPool === undefined ? undefined : { Ranges: checkList('network.macPool', spec.macPool, checkMacRange) },
    Policies: policies.length === 0 ? undefined : policies,
    Flags: spec.flags === undefined ? undefined : encodeFlags('network.flags', spec.flags, NETWORK_FLAGS),
  })
}

/** The prefixes of one network must not overlap, and each holds its gateway. */
export function encodeSubnets(field: string, subnets: unknown): readonly Subnet[] {
  const checked = checkList(field, subnets, encodeSubnet, "a list such as `[{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }]` is wanted")
  const prefixes = checked.map(({ IpAddressPrefix }) => parsePrefix(IpAddressPrefix) as Prefix)
  prefixes.forEach((prefix, i) => {
    const other = prefixes.findIndex((earlier, j) => j < i && prefixesOverlap(earlier, prefix))
    if (other >= 0)
      throw invalidArgument(
        `${field}[${i}].prefix`,
        checked[i]?.IpAddressPrefix,
        `it overlaps \`${checked[other]?.IpAddressPrefix}\` of the same network`,
      )
  })
  return checked
}

function encodeSubnet(field: string, subnet: unknown): Subnet {
  const given = checkObject(field, subnet)
  checkMembers(field, given, ['prefix', 'gateway', 'id', 'vlan', 'vsid', 'ipSubnets', 'reserveGateway'])
  const text = checkPrefix(`${field}.prefix`, given.prefix)
  const prefix = parsePrefix(text) as Prefix
  if (!isNetworkAddress(prefix)) throw invalidArgument(`${field}.prefix`, given.prefix, `bits right of /${prefix.length} are set`)
  if (given.gateway === undefined)
    throw invalidArgument(`${field}.gateway`, given.gateway, `each subnet has one; by custom \`${firstAddress(prefix)}\``)
  const gateway = checkAddress(`${field}.gateway`, given.gateway)
  if (!prefixContains(prefix, parseIp(gateway) as Uint8Array))
    throw invalidArgument(`${field}.gateway`, given.gateway, `it is outside \`${text}\``)
  const policies: readonly SubnetPolicyDocument[] = [
    ...(given.vlan === undefined
      ? []
      : [{ Type: 'VLAN' as const, Settings: { IsolationId: checkInteger(`${field}.vlan`, given.vlan, 1, 4094) } }]),
    ...(given.vsid === undefined
      ? []
      : [{ Type: 'VSID' as const, Settings: { IsolationId: checkInteger(`${field}.vsid`, given.vsid, 4096, 0xffffff) } }]),
  ]
  return compact({
    ID: given.id === undefined ? undefined : checkGuid(`${field}.id`, given.id),
    IpAddressPrefix: text,
    Routes: [{ NextHop: gateway, DestinationPrefix: prefix.address.length === 4 ? '0.0.0.0/0' : '::/0' }],
    Policies: policies.length === 0 ? undefined : policies,
    IpSubnets: given.ipSubnets === undefined ? undefined : encodeIpSubnets(`${field}.ipSubnets`, given.ipSubnets),
    Flags: given.reserveGateway === undefined || checkBoolean(`${field}.reserveGateway`, given.reserveGateway) ? undefined : 1,
  })
}

const ENABLE_BROADCAST = 1
const RESERVE_NETWORK_ADDRESS = 2

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeIpSubnets(field: string, subnets: unknown): readonly IpSubnet[] {
  const checked = checkList(field, subnets, encodeIpSubnet)
  if (checked.length === 0) throw invalidArgument(field, subnets, 'at least one is wanted')
  return checked
}

function encodeIpSubnet(field: string, subnet: unknown): IpSubnet {
  const given = checkObject(field, subnet)
  checkMembers(field, given, ['prefix', 'id', 'broadcast', 'reserveNetworkAddress'])
  const is = (member: string) => given[member] === undefined || checkBoolean(`${field}.${member}`, given[member])
  return compact({
    ID: given.id === undefined ? undefined : checkGuid(`${field}.id`, given.id),
    IpAddressPrefix: checkPrefix(`${field}.prefix`, given.prefix),
    Flags: (is('broadcast') ? ENABLE_BROADCAST : 0) | (is('reserveNetworkAddress') ? RESERVE_NETWORK_ADDRESS : 0),
  })
}

function firstAddress(prefix: Prefix): string {
  const address = Uint8Array.from(prefix.address)
  const last = address.length - 1
  address[last] = (address[last] ?? 0) | 1
  return formatIp(address)
}

function checkMacRange(field: string, range: unknown) {
  const given = checkObject(field, range)
  checkMembers(field, given, ['start', 'end'])
  const start = checkMac(`${field}.start`, given.start)
  const end = checkMac(`${field}.end`, given.end)
  if (end.toLowerCase() < start.toLowerCase()) throw invalidArgument(`${field}.end`, given.end, `it comes before the start \`${start}\``)
  return { StartMacAddress: start, EndMacAddress: end }
}
