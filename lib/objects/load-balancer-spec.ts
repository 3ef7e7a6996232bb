import type { HostComputeLoadBalancer, LoadBalancerPortMapping } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import {
  checkAddress,
  checkBoolean,
  checkList,
  checkMembers,
  checkObject,
  checkOneOf,
  checkPort,
  checkProtocol,
  checkString,
  protocolNumber,
} from '../policy/check.js'
import { compact } from '../policy/constructors.js'
import { type EndpointReference, endpointId } from './endpoint.js'

export interface LoadBalancerPort {
  readonly protocol: 'tcp' | 'udp'
  /** 1 to 65535: where clients connect. */
  readonly external: number
  /** 1 to 65535: where backends listen. Default: the external one. */
  readonly internal?: number | undefined
  /** What picks the backend. Default `connection`: each 5-tuple anew. */
  readonly distribution?: 'connection' | 'sourceAddress' | 'sourceAddressAndProtocol' | undefined
  /** For clients inside: a ClusterIP. Default false. */
  readonly internalLoadBalancer?: boolean | undefined
  /** For clients on this host, too. Default false. */
  readonly localRoutedVip?: boolean | undefined
  readonly useMux?: boolean | undefined
  /** The backend sees the VIP as destination. Default false. */
  readonly preserveDip?: boolean | undefined
  readonly vipExternalIp?: boolean | undefined
}

export interface LoadBalancerSpec {
  /** All of one family. Empty: the host's own addresses, a NodePort. */
  readonly frontendVips: readonly string[]
  /** May be empty: then new connections are dropped. */
  readonly backends: readonly EndpointReference[]
  readonly ports: readonly LoadBalancerPort[]
  /** What backends see as client, where it is not the client. Default: none. */
  readonly sourceVip?: string | undefined
  /** Direct server return: balanced at the client's own port. Default false. */
  readonly dsr?: boolean | undefined
  /** Default: whether the VIPs are IPv6. */
  readonly ipv6?: boolean | undefined
  readonly name?: string | undefined
  readonly owner?: string | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

const MEMBERS = ['frontendVips', 'backends', 'ports', 'sourceVip', 'dsr', 'ipv6', 'name', 'owner', 'id'] as const
const DSR = 1
const IPV6 = 2

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeLoadBalancer(spec: LoadBalancerSpec): HostComputeLoadBalancer {
  const field = 'loadBalancer'
  checkMembers(field, checkObject(field, spec), MEMBERS)
  const FrontendVIPs = checkList(`${field}.frontendVips`, spec.frontendVips, checkAddress)
  checkOneFamily(`${field}.frontendVips`, FrontendVIPs)
  const dsr = spec.dsr !== undefined && checkBoolean(`${field}.dsr`, spec.dsr)
  const sourceVip = spec.sourceVip === undefined ? undefined : checkAddress(`${field}.sourceVip`, spec.sourceVip)
  const ipv6 = spec.ipv6 === undefined ? (FrontendVIPs[0] ?? sourceVip ?? '').includes(':') : checkBoolean(`${field}.ipv6`, spec.ipv6)
  const Flags = (dsr ? DSR : 0) | (ipv6 ? IPV6 : 0)
  return compact({
    SchemaVersion: { Major: 2, Minor: 0 },
    Name: spec.name === undefined ? undefined : checkString(`${field}.name`, spec.name),
    Owner: spec.owner === undefined ? undefined : checkString(`${field}.owner`, spec.owner),
    HostComputeEndpoints: checkList(`${field}.backends`, spec.backends, endpointIdOf),
    SourceVIP: sourceVip,
    FrontendVIPs,
    PortMappings: encodePorts(`${field}.ports`, spec.ports),
    Flags: Flags === 0 ? undefined : Flags,
  })
}

/** The document with what `changes` names, everything else as the service had it. */
export function changeLoadBalancer(
  document: HostComputeLoadBalancer,
  changes: Partial<Omit<LoadBalancerSpec, 'id' | 'owner' | 'name'>>,
): HostComputeLoadBalancer {
  const field = 'changes'
  checkMembers(field, checkObject(field, changes), ['frontendVips', 'backends', 'ports', 'sourceVip', 'dsr', 'ipv6'])
  const FrontendVIPs =
    changes.frontendVips === undefined ? document.FrontendVIPs : checkList(`${field}.frontendVips`, changes.frontendVips, checkAddress)
  checkOneFamily(`${field}.frontendVips`, FrontendVIPs ?? [])
  return compact({
    ...document,
    FrontendVIPs,
    HostComputeEndpoints:
      changes.backends === undefined ? document.HostComputeEndpoints : checkList(`${field}.backends`, changes.backends, endpointIdOf),
    PortMappings: changes.ports === undefined ? document.PortMappings : encodePorts(`${field}.ports`, changes.ports),
    SourceVIP: changes.sourceVip === undefined ? document.SourceVIP : checkAddress(`${field}.sourceVip`, changes.sourceVip),
    Flags: withBit(
      withBit(document.Flags ?? 0, DSR, changes.dsr),
      IPV6,
      changes.ipv6 ?? (changes.frontendVips === undefined ? undefined : (FrontendVIPs?.[0] ?? '').includes(':')),
    ),
  })
}

function withBit(flags: number, bit: number, set: boolean | undefined): number {
  return set === undefined ? flags : set ? flags | bit : flags & ~bit
}

function checkOneFamily(field: string, addresses: readonly string[]): void {
  const other = addresses.find((address) => address.includes(':') !== addresses[0]?.includes(':'))
  if (other !== undefined)
    throw invalidArgument(field, other, `\`${addresses[0]}\` is of the other family; each family has a load balancer of its own`)
}

function endpointIdOf(field: string, backend: unknown): string {
  return endpointId(field, backend)
}

const DISTRIBUTIONS = { connection: 0, sourceAddressAndProtocol: 1, sourceAddress: 2 } as const
const FLAG_BITS = { internalLoadBalancer: 1, localRoutedVip: 2, useMux: 4, preserveDip: 8, vipExternalIp: 16 } as const

function encodePorts(field: string, ports: unknown): readonly LoadBalancerPortMapping[] {
  const checked = checkList(field, ports, encodePort)
  if (checked.length === 0) throw invalidArgument(field, ports, 'a load balancer has at least one port')
  return checked
}

function encodePort(field: string, port: unknown): LoadBalancerPortMapping {
  const given = checkObject(field, port)
  const flagNames = Object.keys(FLAG_BITS) as readonly (keyof typeof FLAG_BITS)[]
  checkMembers(field, given, ['protocol', 'external', 'internal', 'distribution', ...flagNames])
  const protocol = checkProtocol(`${field}.protocol`, given.protocol)
  if (protocol !== 'tcp' && protocol !== 'udp') throw invalidArgument(`${field}.protocol`, given.protocol, "'tcp' or 'udp' is wanted")
  const external = checkPort(`${field}.external`, given.external)
  const distribution =
    given.distribution === undefined
      ? 'connection'
      : checkOneOf(`${field}.distribution`, given.distribution, ['connection', 'sourceAddress', 'sourceAddressAndProtocol'] as const)
  const flags = flagNames.reduce((bits, name) => {
    const value = given[name]
    return value !== undefined && checkBoolean(`${field}.${name}`, value) ? bits | FLAG_BITS[name] : bits
  }, 0)
  return compact({
    Protocol: protocolNumber(protocol),
    ExternalPort: external,
    InternalPort: given.internal === undefined ? external : checkPort(`${field}.internal`, given.internal),
    DistributionType: distribution === 'connection' ? undefined : DISTRIBUTIONS[distribution],
    Flags: flags === 0 ? undefined : flags,
  })
}
