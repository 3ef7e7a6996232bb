import type { HostComputeEndpoint, IpConfiguration, Route } from '../../types/index.js'
import { canonicalIp, parsePrefix } from '../addresses.js'
import { invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkGuidText,
  checkInteger,
  checkList,
  checkMac,
  checkMembers,
  checkObject,
  checkPrefix,
  checkString,
} from '../policy/check.js'
import { encodeEndpointPolicy } from '../policy/codec.js'
import { compact } from '../policy/constructors.js'
import type { EndpointPolicy } from '../policy/endpoint-policy.js'
import { type DnsSettings, encodeDns } from './dns.js'
import { ENDPOINT_FLAGS, type EndpointFlag, encodeFlags } from './flags.js'
import type { Network } from './network.js'

export interface RouteSpec {
  /** `0.0.0.0/0` */
  readonly destination: string
  readonly nextHop: string
  /** 0 to 65535. Default 0. */
  readonly metric?: number | undefined
}

/** An address of the service's choice. */
export interface AddressFrom {
  /** A GUID: see `ipSubnets` of the network's `subnets`. */
  readonly ipSubnetId: string
}

export interface EndpointSpec {
  /** The network, or its id. */
  readonly network: Network | string
  /** Not unique. Default: none. */
  readonly name?: string | undefined
  /**
   * `10.244.1.4`, or with a prefix length of its own `10.244.1.4/32`; `{ ipSubnetId }` for any address of that IP subnet.
   * Default: the service picks one per subnet. HCN: `IpConfigurations`.
   */
  readonly addresses?: readonly (string | AddressFrom)[] | undefined
  /** Kept as written. Default: one of the network's pool. */
  readonly macAddress?: string | undefined
  /** Default: the network's. */
  readonly dns?: DnsSettings | undefined
  /** Default: a default route to the gateway of the address's subnet. */
  readonly routes?: readonly RouteSpec[] | undefined
  readonly policies?: readonly EndpointPolicy[] | undefined
  /**
   * A peer on another host: needs an address, a MAC and on an overlay a `providerAddress` policy, and has no port here. Default false.
   * HCN: flag 1.
   */
  readonly remote?: boolean | undefined
  /**
   * By HCN's names, or as its number. Default none. HCN: `Flags`. What this host cannot do is the service's
   * `HCN_E_REQUEST_UNSUPPORTED`.
   */
  readonly flags?: readonly EndpointFlag[] | number | undefined
  /** Free text: who made it. */
  readonly owner?: string | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

const MEMBERS = ['network', 'name', 'addresses', 'macAddress', 'dns', 'routes', 'policies', 'remote', 'flags', 'owner', 'id'] as const

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeEndpoint(spec: EndpointSpec, networkId: string): HostComputeEndpoint {
  checkMembers('endpoint', checkObject('endpoint', spec), MEMBERS)
  const remote = spec.remote !== undefined && checkBoolean('endpoint.remote', spec.remote)
  const flags = encodeFlags('endpoint.flags', spec.flags, ENDPOINT_FLAGS) | (remote ? ENDPOINT_FLAGS.RemoteEndpoint : 0)
  return compact({
    SchemaVersion: { Major: 2, Minor: 0 },
    Name: spec.name === undefined ? undefined : checkString('endpoint.name', spec.name),
    Owner: spec.owner === undefined ? undefined : checkString('endpoint.owner', spec.owner),
    HostComputeNetwork: networkId,
    IpConfigurations: spec.addresses === undefined ? undefined : checkList('endpoint.addresses', spec.addresses, encodeAddress),
    MacAddress: spec.macAddress === undefined ? undefined : checkMac('endpoint.macAddress', spec.macAddress),
    Dns: spec.dns === undefined ? undefined : encodeDns('endpoint.dns', spec.dns),
    Routes: spec.routes === undefined ? undefined : checkList('endpoint.routes', spec.routes, encodeRoute),
    Policies:
      spec.policies === undefined
        ? undefined
        : checkList('endpoint.policies', spec.policies, (field, policy) => encodeEndpointPolicy(policy as EndpointPolicy, field)),
    Flags: flags === 0 ? undefined : flags,
  })
}

function encodeAddress(field: string, value: unknown): IpConfiguration {
  if (typeof value === 'object' && value !== null) {
    checkMembers(field, checkObject(field, value), ['ipSubnetId'])
    return { IpSubnetId: checkGuidText(`${field}.ipSubnetId`, (value as Partial<AddressFrom>).ipSubnetId) }
  }
  const prefix = typeof value === 'string' ? parsePrefix(value) : undefined
  if (prefix !== undefined) return { IpAddress: canonicalIp((value as string).split('/')[0] ?? '') ?? '', PrefixLength: prefix.length }
  return { IpAddress: checkAddress(field, value) }
}

function encodeRoute(field: string, route: unknown): Route {
  const given = checkObject(field, route)
  checkMembers(field, given, ['destination', 'nextHop', 'metric'])
  const destination = checkPrefix(`${field}.destination`, given.destination)
  const nextHop = checkAddress(`${field}.nextHop`, given.nextHop)
  if (destination.includes(':') !== nextHop.includes(':'))
    throw invalidArgument(`${field}.nextHop`, given.nextHop, `\`${destination}\` is of the other family`)
  return compact({
    DestinationPrefix: destination,
    NextHop: nextHop,
    Metric: given.metric === undefined ? undefined : checkInteger(`${field}.metric`, given.metric, 0, 65535),
  })
}
