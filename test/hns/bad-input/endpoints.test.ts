import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, walkBadInput } from './walk.js'

describe('bad input in endpoint documents', () => {
  let host: WireHost
  let network: NativeHandle

  beforeEach(async () => {
    host = await WireHost.open()
    network = await host.network()
  })
  afterEach(() => host.close())

  const create = (document: unknown) => codeOf(host.native.createEndpoint(network, randomUUID(), JSON.stringify(document)))
  const inventory = async () => `${await host.native.enumerateEndpoints('')} ${await host.native.enumerateLoadBalancers('')}`
  const long = 'n'.repeat(257)
  const many = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i))

  describe('of the object itself', () => {
    const sound = () => ({
      Name: 'web',
      SchemaVersion: { Major: 2, Minor: 0 },
      MacAddress: '00-15-5D-01-02-03',
      IpConfigurations: [{ IpAddress: '10.1.0.9', PrefixLength: 16 }],
      Routes: [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0', Metric: 1 }],
      Dns: { Domain: 'shop.local', Search: ['svc.local'], ServerList: ['10.96.0.10'], Options: ['ndots:5'] },
      Policies: [],
      Flags: 0,
    })
    const rows: readonly BadInputRow[] = [
      ['ID', 'that is a number', 5, 'HCN_E_INVALID_ENDPOINT'],
      ['ID', 'that is no GUID', 'web', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ['Name', 'that is a number', 5, 'HCN_E_INVALID_ENDPOINT'],
      ['Name', 'of 257 bytes', long, 'HCN_E_INVALID_ENDPOINT'],
      ['Owner', 'of 257 bytes', long, 'HCN_E_INVALID_ENDPOINT'],
      ['HostComputeNetwork', 'that is no GUID', 'pods', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ['HostComputeNamespace', 'that is no GUID', 'web', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ['MacAddress', 'that is a number', 7, 'HCN_E_INVALID_ENDPOINT'],
      ['MacAddress', 'that is none', 'junk', 'HCN_E_INVALID_ENDPOINT'],
      ['MacAddress', 'of a group', '01-00-5E-00-00-01', 'HCN_E_INVALID_ENDPOINT'],
      ['MacAddress', 'of zeros', '00-00-00-00-00-00', 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations', 'that are a text', '10.1.0.9', 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations', 'beyond sixteen', many(17, () => ({})), 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations', 'that name an address twice', many(2, () => ({ IpAddress: '10.1.0.9' })), 'ERROR_OBJECT_ALREADY_EXISTS'],
      ['IpConfigurations.0.IpAddress', 'that is a number', 10, 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations.0.IpAddress', 'that is none', '10.1.0', 'HCN_E_INVALID_IP'],
      ['IpConfigurations.0.IpAddress', 'outside every subnet', '10.2.0.9', 'HCN_E_INVALID_IP'],
      ['IpConfigurations.0.IpAddress', 'of the network', '10.1.0.0', 'HCN_E_ADDR_INVALID_OR_RESERVED'],
      ['IpConfigurations.0.IpAddress', 'of the gateway', '10.1.0.1', 'HCN_E_ADDR_INVALID_OR_RESERVED'],
      ['IpConfigurations.0.IpAddress', 'of broadcast', '10.1.255.255', 'HCN_E_ADDR_INVALID_OR_RESERVED'],
      ['IpConfigurations.0.PrefixLength', 'that is a text', '16', 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations.0.PrefixLength', 'below zero', -1, 'HCN_E_INVALID_ENDPOINT'],
      ['IpConfigurations.0.PrefixLength', 'of 33 bits', 33, 'HCN_E_INVALID_PREFIX'],
      ['IpConfigurations.0.IpSubnetId', 'that is no GUID', 'first', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ['Routes', 'that are a number', 1, 'HCN_E_INVALID_ENDPOINT'],
      [
        'Routes',
        'beyond 256',
        many(257, (i) => ({ NextHop: '10.1.0.1', DestinationPrefix: `10.9.${i % 256}.0/24` })),
        'HCN_E_INVALID_ENDPOINT',
      ],
      ['Routes.0.DestinationPrefix', 'left out', undefined, 'HCN_E_INVALID_ENDPOINT'],
      ['Routes.0.DestinationPrefix', 'that is none', '0.0.0.0/33', 'HCN_E_INVALID_PREFIX'],
      ['Routes.0.NextHop', 'that is none', 'gateway', 'HCN_E_INVALID_IP'],
      ['Routes.0.NextHop', 'of the other family', 'fd00::1', 'HCN_E_INVALID_ENDPOINT'],
      ['Routes.0.Metric', 'beyond 65535', 65536, 'HCN_E_INVALID_ENDPOINT'],
      ['Dns', 'that is a text', 'shop.local', 'HCN_E_INVALID_ENDPOINT'],
      ['Dns.Search', 'that is a number', 5, 'HCN_E_INVALID_ENDPOINT'],
      ['Flags', 'below zero', -1, 'HCN_E_INVALID_ENDPOINT'],
      ['Flags', 'of an unknown name', 'Fast', 'HCN_E_INVALID_ENDPOINT'],
      ['Flags', 'DisableInterComputeCommunication', 2, 'HCN_E_REQUEST_UNSUPPORTED'],
      ['Flags', 'EnableMirroring', 4, 'HCN_E_REQUEST_UNSUPPORTED'],
      ['Flags', 'EnableDhcp', 32, 'HCN_E_REQUEST_UNSUPPORTED'],
      ['Policies', 'that are a text', 'ACL', 'HCN_E_INVALID_ENDPOINT'],
      ['Policies', 'without a type', [{ Settings: {} }], 'HCN_E_INVALID_POLICY_TYPE'],
      ['Policies', 'of an unknown type', [{ Type: 'Magic' }], 'HCN_E_INVALID_POLICY_TYPE'],
      ['Policies', 'with settings that are a text', [{ Type: 'QOS', Settings: 'fast' }], 'HCN_E_INVALID_POLICY'],
    ]
    walkBadInput(sound, rows, create, inventory)
  })

  // The sound settings of each type, and what is wrong with each of its fields.
  const INVALID = 'HCN_E_INVALID_POLICY'
  const policies: readonly [string, object, readonly BadInputRow[]][] = [
    [
      'ACL',
      { Protocols: '6,17', Action: 'Allow', Direction: 'In', LocalAddresses: '10.1.0.0/16', LocalPorts: '80', Priority: 100 },
      [
        ['Action', 'left out', undefined, INVALID],
        ['Action', 'of an unknown name', 'Reject', INVALID],
        ['Action', 'Pass, which is for tiers', 'Pass', INVALID],
        ['Direction', 'left out', undefined, INVALID],
        ['Direction', 'of an unknown name', 'Both', INVALID],
        ['Protocols', 'that are a number', 6, INVALID],
        ['Protocols', 'by name', 'tcp', INVALID],
        ['Protocols', 'beyond 256', '257', INVALID],
        ['LocalAddresses', 'Any', 'Any', INVALID],
        ['RemoteAddresses', 'with a prefix of 33 bits', '10.0.0.0/33', INVALID],
        ['RemoteAddresses', 'beyond 1024 prefixes', many(1025, (i) => `10.${i >> 8}.${i & 255}.0/24`).join(','), INVALID],
        ['LocalPorts', 'beyond 65535', '65536', INVALID],
        ['LocalPorts', 'upside down', '90-80', INVALID],
        ['RemotePorts', 'beyond 256 ranges', many(257, (i) => String(2 * i)).join(','), INVALID],
        ['RuleType', 'of an unknown name', 'Both', INVALID],
        ['Priority', 'beyond 65535', 65536, INVALID],
        ['Priority', 'that is a text', 'high', INVALID],
      ],
    ],
    [
      'PortMapping',
      { Protocol: 6, InternalPort: 80, ExternalPort: 8080, VIP: '' },
      [
        ['Protocol', 'left out', undefined, INVALID],
        ['Protocol', 'without ports', 1, INVALID],
        ['InternalPort', 'left out', undefined, 'HCN_E_INVALID_INTERNAL_PORT'],
        ['InternalPort', '0', 0, 'HCN_E_INVALID_INTERNAL_PORT'],
        ['InternalPort', 'beyond 65535', 65536, INVALID],
        ['ExternalPort', 'that is a text', '8080', INVALID],
        ['VIP', 'that is no address', 'host', INVALID],
        ['Flags', 'of an unknown name', 'Fast', INVALID],
      ],
    ],
    [
      'OutBoundNAT',
      { VirtualIP: '', Exceptions: ['10.0.0.0/8'], MaxPortPoolUsage: 50 },
      [
        ['VirtualIP', 'that is none', 'node', INVALID],
        ['VirtualIP', 'of nobody', '0.0.0.0', INVALID],
        ['Exceptions', 'that are a number', 10, INVALID],
        ['Exceptions', 'that are no prefixes', ['all'], INVALID],
        ['Destinations', 'that are no prefixes', ['10.0.0.0/40'], INVALID],
        ['Destinations', 'beyond 1024', many(1025, (i) => `10.${i >> 8}.${i & 255}.0/24`), INVALID],
        ['MaxPortPoolUsage', 'beyond 100 percent', 101, INVALID],
      ],
    ],
    ['QOS', { MaximumOutgoingBandwidthInBytes: 1000 }, [['MaximumOutgoingBandwidthInBytes', 'that is a fraction', 1.5, INVALID]]],
    [
      'InterfaceParameters',
      { Mtu: 1400 },
      [
        ['Mtu', 'left out', undefined, INVALID],
        ['Mtu', 'below 576', 575, INVALID],
        ['Mtu', 'beyond 65535', 65536, INVALID],
      ],
    ],
    [
      'PortName',
      { Name: 'lan1' },
      [
        ['Name', 'that is empty', '', INVALID],
        ['Name', 'of 257 bytes', long, INVALID],
      ],
    ],
    ['EncapOverhead', { Overhead: 50 }, [['Overhead', 'beyond 924 bytes', 925, INVALID]]],
    ['VLAN', { IsolationId: 5 }, [['IsolationId', 'beyond 4094', 4095, INVALID]]],
    [
      'SDNRoute',
      { DestinationPrefix: '10.0.0.0/8', NextHop: '10.1.0.9', NeedEncap: true },
      [
        ['DestinationPrefix', 'left out', undefined, INVALID],
        ['NextHop', 'that is none', 'gateway', INVALID],
        ['NeedEncap', 'that is a number', 1, INVALID],
      ],
    ],
    [
      'L4WFPPROXY',
      { OutboundProxyPort: '15001', FilterTuple: { Protocols: '6' } },
      [
        ['OutboundProxyPort', 'left out', undefined, INVALID],
        ['OutboundProxyPort', '0', '0', INVALID],
        ['FilterTuple', 'that is a text', '6', INVALID],
        ['FilterTuple.RemotePorts', 'that are none', 'http', INVALID],
        ['UserSID', 'that is a number', 5, INVALID],
      ],
    ],
  ]
  for (const [type, settings, rows] of policies) {
    describe(`of the policy ${type}`, () => {
      walkBadInput(
        () => settings as Readonly<Record<string, unknown>>,
        rows,
        (changed) => create({ Policies: [{ Type: type, Settings: changed }] }),
        inventory,
      )
    })
  }

  describe('of a change', () => {
    const sound = () => ({
      ResourceType: 'Policy',
      RequestType: 'Add',
      Settings: { Policies: [{ Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1000 } }] },
    })
    const rows: readonly BadInputRow[] = [
      ['ResourceType', 'left out', undefined, 'HCN_E_REQUEST_UNSUPPORTED'],
      ['ResourceType', 'of an unknown name', 'Disk', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['RequestType', 'left out', undefined, 'HCN_E_REQUEST_UNSUPPORTED'],
      ['RequestType', 'of an unknown name', 'Replace', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['RequestType', 'Refresh', 'Refresh', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['RequestType', 'Reset', 'Reset', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['RequestType', 'Remove of what is not there', 'Remove', 'HCN_E_POLICY_NOT_FOUND'],
      ['Settings', 'left out', undefined, 'HCN_E_INVALID_POLICY'],
      ['Settings', 'that are a list', [], 'HCN_E_INVALID_ENDPOINT'],
      ['Settings.Policies', 'left out', undefined, 'HCN_E_INVALID_POLICY'],
      ['Settings.Policies.0.Type', 'of an unknown name', 'Magic', 'HCN_E_INVALID_POLICY_TYPE'],
    ]
    walkBadInput(
      sound,
      rows,
      async (document) => {
        const endpoint = await host.native.openEndpoint(await made())
        return codeOf(host.native.modifyEndpoint(endpoint, JSON.stringify(document)))
      },
      async () => JSON.stringify(await host.endpointDocument(await host.native.openEndpoint(await made()))),
    )

    /** The one endpoint; made when it is asked for first. */
    async function made(): Promise<string> {
      const [id] = JSON.parse(await host.native.enumerateEndpoints('')) as string[]
      if (id !== undefined) return id
      await host.native.createEndpoint(network, randomUUID(), '{}')
      return made()
    }
  })
})
