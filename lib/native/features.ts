import { HcnError, invalidArgument } from '../errors.js'
import { parseAnswer } from './answer.js'

/** A version of the Host Networking Service: 13.3 is Windows Server 2022's. */
export interface HnsVersion {
  readonly major: number
  readonly minor: number
}

/**
 * What a version of HNS can do. The names are those of HCN's clients; some
 * features were carried back to older lines, so never compare versions instead.
 */
export interface HnsFeatures {
  readonly acl: {
    /** Comma lists in the addresses of an ACL. */
    readonly addressLists: boolean
    /** ACLs with `ruleType: 'host'` and no priority. */
    readonly noHostRulePriority: boolean
    /** Lists and ranges in the ports of an ACL. */
    readonly portRanges: boolean
    /** The id of an ACL. */
    readonly ruleId: boolean
    /** ACLs for protocol 252 (VXLAN). */
    readonly protocol252: boolean
  }
  readonly api: { readonly v1: boolean; readonly v2: boolean }
  /** Network policy RemoteSubnetRoute. */
  readonly remoteSubnet: boolean
  /** Network policy HostRoute. */
  readonly hostRoute: boolean
  /** Load balancers with direct server return. */
  readonly dsr: boolean
  /** Endpoints with a prefix length of 32. */
  readonly slash32EndpointPrefixes: boolean
  /** Network policy VxlanPort. */
  readonly vxlanPort: boolean
  /** IPv6 beside IPv4, and load balancers for IPv6. */
  readonly ipv6DualStack: boolean
  /** Load balancers that keep a client on its backend. */
  readonly sessionAffinity: boolean
  /** Network policy SetPolicy. */
  readonly setPolicy: boolean
  /** Network policy L4Proxy. */
  readonly l4Proxy: boolean
  /** Endpoint policy L4WFPPROXY. */
  readonly l4WfpProxy: boolean
  /** Endpoint policy TierAcl. */
  readonly tierAcl: boolean
  /** Network policy NetworkACL. */
  readonly networkAcl: boolean
  /** SetPolicy of PolicyType NESTEDIPSET. */
  readonly nestedIpSet: boolean
  /** Network flag DisableHostPort. */
  readonly disableHostPort: boolean
  /** Changing a load balancer in place; without, `update()` makes it anew. */
  readonly modifyLoadBalancer: boolean
  /** `/accelnet/` of HNSCall. */
  readonly accelnet: boolean
}

/** What the addon says of versions; see `src-native/compose/versions.h`. */
export interface VersionTable {
  readonly profiles: Readonly<Record<string, string>>
  readonly defaultProfile: string
  readonly features: readonly VersionTableFeature[]
}

export interface VersionTableFeature {
  readonly name: string
  readonly about: string
  readonly versions: readonly { readonly first: readonly [number, number]; readonly last: readonly [number, number] }[]
  readonly versionsText: string
  readonly refusedWith: string
  readonly isCodeKnown: boolean
}

export function readVersionTable(text: string): VersionTable {
  return JSON.parse(text) as VersionTable
}

/**
 * The version of a profile: of a release by its name, or itself.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT`.
 */
export function versionOfProfile(table: VersionTable, profile: string): HnsVersion {
  const text = Object.hasOwn(table.profiles, profile) ? table.profiles[profile] : profile
  const match = /^(\d{1,5})\.(\d{1,5})$/.exec(text ?? '')
  const version = { major: Number(match?.[1]), minor: Number(match?.[2]) }
  if (match !== null && version.major <= 0xffff && version.minor <= 0xffff && featuresOf(table, version).api.v2) return version
  const names = Object.keys(table.profiles).map((name) => `\`${name}\``)
  throw invalidArgument('profile', profile, `expected ${names.join(', ')} or the version of an HNS from 9.2 on, such as \`13.2\``)
}

/**
 * The version in HNS' answer to `GET /globals/version`.
 *
 * @throws HcnError `ERR_INVALID_ANSWER`.
 */
export function readSystemVersion(what: string, answer: string): HnsVersion {
  const { Output } = parseAnswer<{ readonly Output?: { readonly Major?: unknown; readonly Minor?: unknown } }>(what, answer)
  const [major, minor] = [Output?.Major, Output?.Minor]
  if (Number.isInteger(major) && Number.isInteger(minor)) return { major: Number(major), minor: Number(minor) }
  throw new HcnError('ERR_INVALID_ANSWER', `${what}: HNS answered no version, but ${answer.slice(0, 200)}`)
}

/** What `version` has, by the table. */
export function featuresOf(table: VersionTable, version: HnsVersion): HnsFeatures {
  const has = (name: string): boolean => {
    const feature = table.features.find((row) => row.name === name)
    return feature?.versions.some(({ first, last }) => compare(first, version) <= 0 && compare(last, version) >= 0) ?? false
  }
  return {
    acl: {
      addressLists: has('ACL.AclAddressLists'),
      noHostRulePriority: has('ACL.AclNoHostRulePriority'),
      portRanges: has('ACL.AclPortRanges'),
      ruleId: has('ACL.AclRuleId'),
      protocol252: has('AclSupportForProtocol252'),
    },
    api: { v1: has('API.V1'), v2: has('API.V2') },
    remoteSubnet: has('RemoteSubnet'),
    hostRoute: has('HostRoute'),
    dsr: has('DSR'),
    slash32EndpointPrefixes: has('Slash32EndpointPrefixes'),
    vxlanPort: has('VxlanPort'),
    ipv6DualStack: has('IPv6DualStack'),
    sessionAffinity: has('SessionAffinity'),
    setPolicy: has('SetPolicy'),
    l4Proxy: has('L4Proxy'),
    l4WfpProxy: has('L4WfpProxy'),
    tierAcl: has('TierAcl'),
    networkAcl: has('NetworkACL'),
    nestedIpSet: has('NestedIpSet'),
    disableHostPort: has('DisableHostPort'),
    modifyLoadBalancer: has('ModifyLoadbalancer'),
    accelnet: has('Accelnet'),
  }
}

function compare([major, minor]: readonly [number, number], version: HnsVersion): number {
  return major - version.major || minor - version.minor
}
