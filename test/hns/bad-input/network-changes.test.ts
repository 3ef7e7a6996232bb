import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput } from './walk.js'

const WRONG = 'HCN_E_INVALID_NETWORK'
const NO_GUID = 'HCN_E_GUID_CONVERSION_FAILURE'
const UNSUPPORTED = 'HCN_E_REQUEST_UNSUPPORTED'
const OVERLAPPING = { IpAddressPrefix: '10.1.2.0/24', Routes: [{ NextHop: '10.1.2.1', DestinationPrefix: '0.0.0.0/0' }] }
const VFP = 'f74f241b-440f-4433-bb28-00f89ead20d8'

describe('bad input in changes of a network', () => {
  let host: WireHost
  let network: NativeHandle
  let subnetId: string
  beforeEach(async () => {
    host = await WireHost.open()
    network = await host.network()
    const [ipam] = (await host.networkDocument(network)).Ipams ?? []
    const subnet = ipam?.Subnets?.[0]
    subnetId = subnet?.ID ?? ''
    // The IP subnet that a subnet is made with is all of it, and leaves no room for another.
    const Settings = { SubnetId: subnetId, IpSubnets: [{ ID: subnet?.IpSubnets?.[0]?.ID }] }
    await host.native.modifyNetwork(network, JSON.stringify({ ResourceType: 'IPSubnet', RequestType: 'Remove', Settings }))
  })
  afterEach(() => host.close())

  const sound = (ResourceType: string, RequestType: string, Settings: object) => () => ({ ResourceType, RequestType, Settings })
  const envelope: readonly BadInputRow[] = [
    ...eachValue('ResourceType', UNSUPPORTED, undefined, 'Disk', 5),
    ...eachValue('RequestType', UNSUPPORTED, undefined, 'Replace', 5),
    ...eachValue('Settings', WRONG, 5, []),
  ]
  const walk = (what: string, good: () => object, rows: readonly BadInputRow[]) =>
    describe(what, () => {
      walkBadInput(
        good as () => Readonly<Record<string, unknown>>,
        [...envelope, ...rows],
        (document) => codeOf(host.native.modifyNetwork(network, JSON.stringify(document))),
        () => host.native.queryNetworkProperties(network, ''),
      )
    })

  walk('of its policies', sound('Policy', 'Add', { Policies: [{ Type: 'AutomaticDNS', Settings: { Enable: true } }] }), [
    ...eachValue('RequestType', UNSUPPORTED, 'Refresh', 'Reset'),
    ['RequestType', 'Remove of what is not there', 'Remove', 'HCN_E_POLICY_NOT_FOUND'],
    ['Settings', 'left out', undefined, 'HCN_E_INVALID_POLICY'],
    ...eachValue('Settings.Policies', 'HCN_E_INVALID_POLICY', undefined),
    ...eachValue('Settings.Policies', WRONG, 5),
    ...eachValue('Settings.Policies.0.Type', 'HCN_E_INVALID_POLICY_TYPE', 'Magic', 'ACL'),
    ...eachValue('Settings.Policies.0.Settings', 'HCN_E_INVALID_POLICY', undefined, 5, {}),
  ])
  walk('of its DNS settings', sound('DNS', 'Update', { Domain: 'a.test', Search: ['b.test'], ServerList: ['10.96.0.10'] }), [
    ...eachValue('RequestType', UNSUPPORTED, 'Add', 'Remove', 'Refresh', 'Reset'),
    ['Settings', 'left out', undefined, WRONG],
    ...eachValue('Settings.Domain', WRONG, 5),
    ...eachValue('Settings.Search', WRONG, 5, [5]),
    ...eachValue('Settings.ServerList', WRONG, 5, [5]),
    ...eachValue('Settings.ServerList', 'HCN_E_INVALID_IP', ['dns']),
    ...eachValue('Settings.Options', WRONG, 5),
  ])
  walk(
    'of its subnets',
    sound('Subnet', 'Add', {
      Subnets: [{ IpAddressPrefix: '10.2.0.0/16', Routes: [{ NextHop: '10.2.0.1', DestinationPrefix: '0.0.0.0/0' }] }],
    }),
    [
      ...eachValue('RequestType', UNSUPPORTED, 'Update', 'Refresh', 'Reset'),
      ['RequestType', 'Remove of what is not there', 'Remove', 'HCN_E_SUBNET_NOT_FOUND'],
      ['Settings', 'left out', undefined, 'HCN_E_INVALID_SUBNET'],
      ...eachValue('Settings.Subnets', 'HCN_E_INVALID_SUBNET', undefined, [], [{}]),
      ...eachValue('Settings.Subnets', WRONG, 5),
      ...eachValue('Settings.Subnets.0.ID', NO_GUID, 'first'),
      ...eachValue('Settings.Subnets.0.IpAddressPrefix', 'HCN_E_INVALID_PREFIX', 'ten', '10.2.0.0/33'),
      ['Settings.Subnets', 'that overlap another', [OVERLAPPING], 'HCN_E_INVALID_PREFIX'],
      ...eachValue('Settings.Subnets.0.Routes.0.NextHop', 'HCN_E_INVALID_SUBNET', '10.3.0.1'),
    ],
  )
  walk('of its IP subnets', () => sound('IPSubnet', 'Add', { SubnetId: subnetId, IpSubnets: [{ IpAddressPrefix: '10.1.2.0/24' }] })(), [
    ...eachValue('RequestType', UNSUPPORTED, 'Update', 'Refresh', 'Reset'),
    ['RequestType', 'Remove of what is not there', 'Remove', 'HCN_E_INVALID_IP_SUBNET'],
    ['Settings', 'left out', undefined, WRONG],
    ...eachValue('Settings.SubnetId', WRONG, undefined, 5),
    ...eachValue('Settings.SubnetId', NO_GUID, 'first'),
    ['Settings.SubnetId', 'that nobody has', randomUUID(), 'HCN_E_SUBNET_NOT_FOUND'],
    ...eachValue('Settings.IpSubnets', 'HCN_E_INVALID_IP_SUBNET', undefined, []),
    ...eachValue('Settings.IpSubnets', WRONG, 5),
    ...eachValue('Settings.IpSubnets.0.ID', NO_GUID, 'first'),
    ...eachValue('Settings.IpSubnets.0.IpAddressPrefix', 'HCN_E_INVALID_IP_SUBNET', undefined, '10.2.2.0/24', '10.0.0.0/8'),
    ...eachValue('Settings.IpSubnets.0.Flags', 'HCN_E_INVALID_IP_SUBNET', 'Nonsense', -1),
  ])
  walk('of its extensions', sound('Extension', 'Update', { Id: VFP, IsEnabled: true }), [
    ...eachValue('RequestType', UNSUPPORTED, 'Add', 'Remove', 'Refresh', 'Reset'),
    ['Settings', 'left out', undefined, WRONG],
    ...eachValue('Settings.Id', WRONG, undefined, 5),
    ...eachValue('Settings.Id', NO_GUID, 'vfp'),
    ['Settings.Id', 'that nobody has', randomUUID(), 'HCN_E_SWITCH_EXTENSION_NOT_FOUND'],
    ...eachValue('Settings.IsEnabled', WRONG, undefined, 'perhaps', 5),
    ['Settings.IsEnabled', 'false for VFP', false, UNSUPPORTED],
  ])
})
