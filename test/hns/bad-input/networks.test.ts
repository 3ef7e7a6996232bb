import { randomUUID } from 'node:crypto'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput, withMember } from './walk.js'

const SUBNET = {
  IpAddressPrefix: '10.1.0.0/16',
  Routes: [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0' }],
  Policies: [{ Type: 'VSID', Settings: { IsolationId: 5000 } }],
  IpSubnets: [{ IpAddressPrefix: '10.1.0.0/16', Flags: 3 }],
}
const NETWORK = {
  Name: 'pods',
  Type: 'Overlay',
  Owner: 'test',
  Flags: 8,
  SchemaVersion: { Major: 2, Minor: 0 },
  MacPool: { Ranges: [{ StartMacAddress: '00-15-5D-52-C0-00', EndMacAddress: '00-15-5D-52-CF-FF' }] },
  Dns: { Domain: 'a.test', Search: ['b.test'], ServerList: ['10.96.0.10'] },
  Ipams: [{ Type: 'Static', Subnets: [SUBNET] }],
  Policies: [{ Type: 'VxlanPort', Settings: { Port: 4789 } }],
}

const NETWORK_FIELDS: readonly BadInputRow[] = [
  ...eachValue('Name', 'HCN_E_INVALID_NETWORK', undefined, '', 5, ['pods'], 'x'.repeat(257)),
  ...eachValue('Owner', 'HCN_E_INVALID_NETWORK', 5, {}, 'x'.repeat(257)),
  ...eachValue('ID', 'HCN_E_GUID_CONVERSION_FAILURE', 'pods', `[${randomUUID()}]`),
  ...eachValue('ID', 'HCN_E_INVALID_NETWORK', 5),
  ...eachValue('Type', 'HCN_E_INVALID_NETWORK_TYPE', 'Bridge', 11, -1),
  ...eachValue('Flags', 'HCN_E_INVALID_NETWORK', 'Nonsense', -1, 2 ** 32, {}),
  ...eachValue('SchemaVersion', 'HCN_E_INVALID_NETWORK', 2, '2.0'),
  ...eachValue('SchemaVersion.Major', 'HCN_E_INVALID_NETWORK', 3),
  ...eachValue('MacPool', 'HCN_E_INVALID_NETWORK', 5, []),
  ...eachValue(
    'MacPool.Ranges.0.StartMacAddress',
    'HCN_E_INVALID_NETWORK',
    undefined,
    5,
    '00-15-5D',
    '00-15-5D-52-FF-FF',
    '01-00-5E-00-00-00',
  ),
  ...eachValue('MacPool.Ranges.0.EndMacAddress', 'HCN_E_INVALID_NETWORK', undefined, 'last', '00-15-5D-52-00-00'),
  ...eachValue('Dns', 'HCN_E_INVALID_NETWORK', 5),
  ...eachValue('Dns.Domain', 'HCN_E_INVALID_NETWORK', 5),
  ...eachValue('Dns.Search', 'HCN_E_INVALID_NETWORK', 5, [5]),
  ...eachValue('Ipams', 'HCN_E_INVALID_NETWORK', 5, [5]),
  ...eachValue('Ipams.0.Type', 'HCN_E_INVALID_NETWORK', 'Automatic', 2, 'Dhcp'),
  ...eachValue('Ipams.0.Subnets', 'HCN_E_INVALID_NETWORK', 5),
  ...eachValue('Ipams.0.Subnets', 'HCN_E_INVALID_PREFIX', [SUBNET, SUBNET]),
  ...eachValue('Policies', 'HCN_E_INVALID_NETWORK', 5),
]

const S = 'Ipams.0.Subnets.0'
const SUBNET_FIELDS: readonly BadInputRow[] = [
  ...eachValue(`${S}.IpAddressPrefix`, 'HCN_E_INVALID_SUBNET', undefined, '', 5),
  ...eachValue(`${S}.IpAddressPrefix`, 'HCN_E_INVALID_PREFIX', '10.1.0.0', '10.1.0.0/33', '10.1.2.3/16', '0.0.0.0/0', '224.0.0.0/8', 'ten'),
  ...eachValue(`${S}.Flags`, 'HCN_E_INVALID_SUBNET', 'Nonsense', -1),
  ...eachValue(`${S}.Routes.0.NextHop`, 'HCN_E_INVALID_IP', 'gateway', '10.1'),
  ...eachValue(`${S}.Routes.0.NextHop`, 'HCN_E_INVALID_SUBNET', '10.2.0.1', '10.1.0.0', '10.1.255.255', 'fd00::1'),
  ...eachValue(`${S}.Routes.0.DestinationPrefix`, 'HCN_E_INVALID_SUBNET', '::/0'),
  ...eachValue(`${S}.Policies`, 'HCN_E_INVALID_SUBNET', undefined, []),
  ...eachValue(`${S}.Policies.0.Type`, 'HCN_E_INVALID_POLICY_TYPE', undefined, 'QOS', 'VLAN'),
  ...eachValue(`${S}.Policies.0.Settings.IsolationId`, 'HCN_E_INVALID_POLICY', undefined, 'x', -1, 0, 4095, 2 ** 24, 2 ** 32),
  ...eachValue(`${S}.Policies`, 'HCN_E_POLICY_ALREADY_EXISTS', [SUBNET.Policies[0], SUBNET.Policies[0]]),
  ...eachValue(`${S}.IpSubnets.0.IpAddressPrefix`, 'HCN_E_INVALID_IP_SUBNET', undefined, '10.2.0.0/24', '10.0.0.0/8'),
  ...eachValue(`${S}.IpSubnets.0.Flags`, 'HCN_E_INVALID_IP_SUBNET', 'Nonsense', -1),
]

const ROUTE = {
  DestinationPrefix: '10.2.0.0/24',
  IsolationId: 5000,
  ProviderAddress: '10.0.0.5',
  DistributedRouterMacAddress: '00-15-5D-00-00-05',
}
const policy = (Type: unknown, Settings?: unknown) => [{ Type, Settings }]
const bad = (Type: string, right: Readonly<Record<string, unknown>>, member: string, ...values: readonly unknown[]) =>
  values.flatMap((value) => eachValue('Policies', 'HCN_E_INVALID_POLICY', policy(Type, withMember(right, member, value))))
const POLICY_FIELDS: readonly BadInputRow[] = [
  ...eachValue(
    'Policies',
    'HCN_E_INVALID_POLICY_TYPE',
    policy(undefined, { Port: 1 }),
    policy('Nonsense'),
    policy(15),
    policy('PortMapping', {}),
  ),
  ...eachValue('Policies', 'HCN_E_POLICY_ALREADY_EXISTS', [...NETWORK.Policies, ...NETWORK.Policies]),
  ...bad('VxlanPort', { Port: 4789 }, 'Port', undefined, 'x', 0, -1, 65536),
  ...bad('SourceMacAddress', {}, 'SourceMacAddress', undefined, '', 5, '00-15', '01-00-5E-00-00-01', '00-00-00-00-00-00'),
  ...bad('NetAdapterName', {}, 'NetworkAdapterName', undefined, '', 5),
  ...bad('InterfaceConstraint', {}, 'InterfaceIndex', undefined, 'x', -1, 2 ** 32),
  ...bad('VSwitchExtension', { ExtensionID: 'e7c3b2f0-f3c5-48df-af2b-10fed6d72e7a', Enable: true }, 'Enable', undefined, 'perhaps'),
  ...bad('ProviderAddress', {}, 'ProviderAddress', undefined, '', '10.0.0', '0.0.0.0', '224.0.0.1'),
  ...bad('DrMacAddress', {}, 'Address', undefined, 'router', '01-00-5E-00-00-01'),
  ...bad('AutomaticDNS', {}, 'Enable', undefined, 'perhaps'),
  ...bad('RemoteSubnetRoute', ROUTE, 'DestinationPrefix', undefined, '10.2.0.0', '10.2.0.1/24', '10.2.0.0/33'),
  ...bad('RemoteSubnetRoute', ROUTE, 'IsolationId', undefined, 'x', 0, 2 ** 24),
  ...bad('RemoteSubnetRoute', ROUTE, 'ProviderAddress', undefined, 'node'),
  ...bad('RemoteSubnetRoute', ROUTE, 'DistributedRouterMacAddress', undefined, 'router'),
  ...bad('SetPolicy', { Id: 'a', Name: 'a', PolicyType: 'IPSET' }, 'Id', undefined, '', 5),
  ...bad('SetPolicy', { Id: 'a', Name: 'a', PolicyType: 'IPSET' }, 'PolicyType', undefined, 'LIST', 2),
  ...bad('SetPolicy', { Id: 'a', Name: 'a', PolicyType: 'IPSET' }, 'Values', 5, 'web', '10.1.0.0/33'),
  ...bad('L4Proxy', { Port: '8080' }, 'Port', undefined, '0', 'x', '65536'),
  ...bad('L4Proxy', { Port: '8080' }, 'Protocol', -1, 256),
  ...bad('L4Proxy', { Port: '8080' }, 'ExceptionList', ['everything']),
  ...bad('NetworkACL', { Action: 'Block', Direction: 'In' }, 'Action', undefined, 'Perhaps'),
  ...bad('NetworkACL', { Action: 'Block', Direction: 'In' }, 'Direction', undefined, 'Up'),
  ...bad('NetworkACL', { Action: 'Block', Direction: 'In' }, 'RemoteAddresses', 'Any'),
  ...bad('NeighborDiscovery', { TargetIpPrefix: '10.1.0.0/24', SenderIpAddress: '10.1.0.1' }, 'SenderMacAddress', undefined, 'x'),
  ...eachValue('Policies', 'HCN_E_GUID_CONVERSION_FAILURE', policy('LayerConstraint', { LayerId: 'first' })),
  ...eachValue('Policies', 'HCN_E_SWITCH_EXTENSION_NOT_FOUND', policy('VSwitchExtension', { ExtensionID: randomUUID(), Enable: true })),
]

describe('bad input in network documents', () => {
  let host: WireHost

  beforeEach(async () => {
    host = await WireHost.open('latest')
  })
  afterEach(() => host.close())

  walkBadInput(
    () => NETWORK,
    [...NETWORK_FIELDS, ...SUBNET_FIELDS, ...POLICY_FIELDS],
    (document) => codeOf(host.native.createNetwork(randomUUID(), JSON.stringify(document))),
    () => host.native.enumerateNetworks(''),
  )
})
