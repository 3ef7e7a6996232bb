import type { L4WfpProxySettings, ProxyExceptionsSettings } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import {
  checkInteger,
  checkList,
  checkMembers,
  checkObject,
  checkPort,
  checkPortRange,
  checkPrefix,
  checkProtocol,
  checkString,
  protocolNumber,
} from './check.js'
import { compact } from './constructors.js'
import type { L4WfpProxyFilter, L4WfpProxyPolicy, ProxyExceptions } from './machine-policy.js'
import { isEmpty, splitList, splitProtocols } from './wire-text.js'

const MEMBERS = ['inboundPort', 'outboundPort', 'filter', 'userSid', 'inboundExceptions', 'outboundExceptions'] as const
const FILTER_MEMBERS = ['protocols', 'localAddresses', 'remoteAddresses', 'localPorts', 'remotePorts', 'priority'] as const

/**
 * Connections of the endpoint's own stack are sent to a proxy. HCN: `L4WFPPROXY`, since HNS 13.2.
 *
 * @example l4WfpProxy({ outboundPort: 15001, filter: { protocols: ['tcp'] }, userSid: 'S-1-5-32-556' })
 * @throws HcnError `ERR_INVALID_ARGUMENT`. On an older service later its `HCN_E_INVALID_POLICY_TYPE`.
 */
export function l4WfpProxy(options: Omit<L4WfpProxyPolicy, 'kind'>): L4WfpProxyPolicy {
  checkMembers('l4WfpProxy', checkObject('l4WfpProxy', options), MEMBERS)
  return checkL4WfpProxy('l4WfpProxy', options)
}

export function checkL4WfpProxy(field: string, policy: object): L4WfpProxyPolicy {
  const given = policy as Readonly<Record<string, unknown>>
  const port = (member: string) => (given[member] === undefined ? undefined : checkPort(`${field}.${member}`, given[member]))
  const [inboundPort, outboundPort] = [port('inboundPort'), port('outboundPort')]
  if (inboundPort === undefined && outboundPort === undefined)
    throw invalidArgument(`${field}.outboundPort`, undefined, 'it or `inboundPort` is wanted: the port the proxy listens at')
  const exceptions = (member: string) => (given[member] === undefined ? undefined : checkExceptions(`${field}.${member}`, given[member]))
  return compact({
    kind: 'l4WfpProxy' as const,
    inboundPort,
    outboundPort,
    filter: given.filter === undefined ? undefined : checkFilter(`${field}.filter`, given.filter),
    userSid: given.userSid === undefined ? undefined : checkString(`${field}.userSid`, given.userSid),
    inboundExceptions: exceptions('inboundExceptions'),
    outboundExceptions: exceptions('outboundExceptions'),
  })
}

function address(field: string, value: unknown): string {
  return checkPrefix(field, value, 'allow address')
}

function checkFilter(field: string, filter: unknown): L4WfpProxyFilter {
  const given = checkObject(field, filter)
  checkMembers(field, given, FILTER_MEMBERS)
  return compact({
    protocols: listOf(field, 'protocols', given, checkProtocol),
    localAddresses: listOf(field, 'localAddresses', given, address),
    remoteAddresses: listOf(field, 'remoteAddresses', given, address),
    localPorts: listOf(field, 'localPorts', given, checkPortRange),
    remotePorts: listOf(field, 'remotePorts', given, checkPortRange),
    priority: given.priority === undefined ? undefined : checkInteger(`${field}.priority`, given.priority, 0, 65535),
  })
}

function checkExceptions(field: string, exceptions: unknown): ProxyExceptions {
  const given = checkObject(field, exceptions)
  checkMembers(field, given, ['addresses', 'ports'])
  return compact({ addresses: listOf(field, 'addresses', given, address), ports: listOf(field, 'ports', given, checkPortRange) })
}

/** An empty list says as much as none. */
function listOf<Item>(
  field: string,
  member: string,
  given: Readonly<Record<string, unknown>>,
  check: (field: string, item: unknown) => Item,
): readonly Item[] | undefined {
  const value = given[member]
  const list = value === undefined ? [] : checkList(`${field}.${member}`, value, check)
  return list.length === 0 ? undefined : list
}

export function encodeL4WfpProxy(policy: L4WfpProxyPolicy): L4WfpProxySettings {
  const { filter } = policy
  return compact({
    InboundProxyPort: policy.inboundPort?.toString(),
    OutboundProxyPort: policy.outboundPort?.toString(),
    FilterTuple:
      filter &&
      compact({
        Protocols: filter.protocols?.map(protocolNumber).join(','),
        LocalAddresses: filter.localAddresses?.join(','),
        RemoteAddresses: filter.remoteAddresses?.join(','),
        LocalPorts: filter.localPorts?.join(','),
        RemotePorts: filter.remotePorts?.join(','),
        Priority: filter.priority,
      }),
    UserSID: policy.userSid,
    InboundExceptions: policy.inboundExceptions && encodeExceptions(policy.inboundExceptions),
    OutboundExceptions: policy.outboundExceptions && encodeExceptions(policy.outboundExceptions),
  })
}

function encodeExceptions({ addresses, ports }: ProxyExceptions): ProxyExceptionsSettings {
  return compact({ IpAddressExceptions: addresses, PortExceptions: ports })
}

/** Undefined when this form cannot hold the document whole. */
export function decodeL4WfpProxy(settings: L4WfpProxySettings): L4WfpProxyPolicy | undefined {
  const { InboundProxyPort, OutboundProxyPort, FilterTuple, UserSID, InboundExceptions, OutboundExceptions, ...rest } = settings
  if (!isEmpty(rest)) return undefined
  return checkL4WfpProxy('l4WfpProxy', {
    inboundPort: decodePort(InboundProxyPort),
    outboundPort: decodePort(OutboundProxyPort),
    filter: FilterTuple === undefined ? undefined : decodeFilter(checkObject('l4WfpProxy.filter', FilterTuple)),
    userSid: UserSID === '' ? undefined : UserSID,
    inboundExceptions: InboundExceptions === undefined ? undefined : decodeExceptions(InboundExceptions),
    outboundExceptions: OutboundExceptions === undefined ? undefined : decodeExceptions(OutboundExceptions),
  })
}

function decodePort(text: unknown): unknown {
  return text === undefined || text === null || text === '' ? undefined : typeof text === 'string' ? Number(text) : text
}

/** A member this form has no place for goes along, and is refused by its name. */
function decodeFilter(settings: NonNullable<L4WfpProxySettings['FilterTuple']>): object {
  const { Protocols, LocalAddresses, RemoteAddresses, LocalPorts, RemotePorts, Priority, ...rest } = settings
  return {
    ...rest,
    protocols: splitProtocols(Protocols),
    localAddresses: splitList(LocalAddresses),
    remoteAddresses: splitList(RemoteAddresses),
    localPorts: splitList(LocalPorts),
    remotePorts: splitList(RemotePorts),
    priority: Priority,
  }
}

function decodeExceptions({ IpAddressExceptions, PortExceptions, ...rest }: ProxyExceptionsSettings): object {
  return { ...rest, addresses: IpAddressExceptions ?? undefined, ports: PortExceptions ?? undefined }
}
