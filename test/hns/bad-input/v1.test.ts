import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { codeOfHresult } from '../../../lib/errors.js'
import { loadBinding } from '../../../lib/native/load.js'
import { WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput } from './walk.js'

interface Envelope {
  readonly Success: boolean
  readonly Error?: string
  readonly ErrorCode?: number
  readonly Output?: Readonly<Record<string, unknown>>
}

describe('bad input in HNSCall', () => {
  let host: WireHost
  let network: string
  let endpoint: string

  const answer = async (method: string, path: string, body: unknown = '') =>
    JSON.parse(await host.native.hnsCall(method, path, typeof body === 'string' ? body : JSON.stringify(body))) as Envelope
  const call = async (method: string, path: string, body: unknown = '') => {
    const { Success, ErrorCode, Error: text } = await answer(method, path, body)
    if (Success) return 'OK'
    assert.ok(text !== undefined && text !== '')
    return codeOfHresult(ErrorCode ?? 0, loadBinding().errorSymbols)
  }
  const inventory = async () => {
    const all = await Promise.all(['/networks', '/endpoints', '/policylists', '/namespaces'].map((path) => answer('GET', path)))
    return JSON.stringify(all)
  }

  beforeEach(async () => {
    host = await WireHost.open()
    const made = await answer('POST', '/networks', {
      Name: 'pods',
      Type: 'L2Bridge',
      Subnets: [{ AddressPrefix: '10.1.0.0/16', GatewayAddress: '10.1.0.1' }],
    })
    network = String(made.Output?.ID)
    endpoint = String((await answer('POST', '/endpoints', { VirtualNetwork: network, IPAddress: '10.1.0.20' })).Output?.ID)
  })
  afterEach(() => host.close())

  describe('in methods and paths', () => {
    const unknown = '11111111-2222-3333-4444-55555555abcd'
    const rows: readonly (readonly [method: string, path: string, body: string, code: string])[] = [
      ['', '/networks', '', 'ERROR_INVALID_PARAMETER'],
      ['PUT', '/networks', '', 'ERROR_INVALID_PARAMETER'],
      ['GET', '', '', 'ERROR_NOT_FOUND'],
      ['GET', '/', '', 'ERROR_NOT_FOUND'],
      ['GET', '/containers', '', 'ERROR_NOT_FOUND'],
      ['GET', '//networks', '', 'ERROR_NOT_FOUND'],
      ['GET', `/networks/${unknown}/detailed/more`, '', 'ERROR_NOT_FOUND'],
      ['GET', `/networks/${unknown}/attach`, '', 'ERROR_NOT_FOUND'],
      ['GET', '/globals/uptime', '', 'ERROR_NOT_FOUND'],
      ['GET', '/activities/1', '', 'ERROR_NOT_FOUND'],
      ['POST', '/globals/version', '', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['POST', '/activities', '{}', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['POST', '/endpointstats', '{}', 'HCN_E_REQUEST_UNSUPPORTED'],
      ...['networks', 'endpoints', 'policylists', 'namespaces'].map(
        (name) => ['DELETE', `/${name}`, '', 'HCN_E_REQUEST_UNSUPPORTED'] as const,
      ),
      ...['networks', 'endpoints', 'policylists', 'namespaces', 'endpointstats'].map(
        (name) => ['GET', `/${name}/web`, '', 'HCN_E_GUID_CONVERSION_FAILURE'] as const,
      ),
      ...['GET', 'DELETE'].flatMap((method) => [
        [method, `/networks/${unknown}`, '', 'HCN_E_NETWORK_NOT_FOUND'] as const,
        [method, `/networks/${unknown.toUpperCase()}`, '', 'HCN_E_NETWORK_NOT_FOUND'] as const,
        [method, `/endpoints/${unknown}`, '', 'HCN_E_ENDPOINT_NOT_FOUND'] as const,
        [method, `/policylists/${unknown}`, '', 'ERROR_NOT_FOUND'] as const,
      ]),
      ['GET', `/endpointstats/${unknown}`, '', 'HCN_E_ENDPOINT_NOT_FOUND'],
      ['POST', `/endpoints/${unknown}/attach`, '{"ContainerId":"web"}', 'HCN_E_ENDPOINT_NOT_FOUND'],
      ['POST', `/endpoints/${unknown}/detach`, '{"ContainerId":"web"}', 'HCN_E_ENDPOINT_NOT_FOUND'],
      ['GET', `/endpoints/${unknown}/attach`, '', 'HCN_E_REQUEST_UNSUPPORTED'],
      ['POST', '/networks', '{', 'HCN_E_INVALID_JSON'],
      ['POST', '/networks', '[]', 'HCN_E_INVALID_JSON'],
      ['POST', '/networks', '"pods"', 'HCN_E_INVALID_JSON'],
      ['POST', '/endpoints', '{"Name":"web"', 'HCN_E_INVALID_JSON'],
      ['POST', '/policylists', '5', 'HCN_E_INVALID_JSON'],
      ['POST', '/namespaces', '{}}', 'HCN_E_INVALID_JSON'],
    ]
    for (const [method, path, body, code] of rows) {
      it(`${method} ${path} ${body} is ${code}`, async () => {
        const before = await inventory()

        assert.equal(await call(method, path, body), code)

        assert.equal(await inventory(), before)
      })
    }

    it('an id is found in upper and lower case', async () => {
      assert.equal(await call('GET', `/networks/${network.toUpperCase()}`), 'OK')
      assert.equal(await call('GET', `/NETWORKS/${network.toLowerCase()}/`), 'OK')
    })
  })

  describe('in networks', () => {
    const sound = () => ({
      Name: 'more',
      Type: 'L2Bridge',
      Subnets: [{ AddressPrefix: '10.2.0.0/16', GatewayAddress: '10.2.0.1', Policies: [{ Type: 'VLAN', VLAN: 7 }] }],
      MacPools: [{ StartMacAddress: '00-15-5D-01-00-00', EndMacAddress: '00-15-5D-01-0F-FF' }],
      DNSSuffix: 'a.local,b.local',
      DNSServerList: '10.96.0.10',
    })
    const rows: readonly BadInputRow[] = [
      ['ID', 'that is no GUID', 'pods', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ...eachValue('Name', 'HCN_E_INVALID_NETWORK', 5, {}, 'n'.repeat(257)),
      ...eachValue('Type', 'HCN_E_INVALID_NETWORK_TYPE', 'Bridge', 11, -1),
      ...eachValue('Subnets', 'HCN_E_INVALID_NETWORK', 'all', 5),
      ...eachValue('Subnets.0.AddressPrefix', 'HCN_E_INVALID_SUBNET', 5),
      ...eachValue('Subnets.0.AddressPrefix', 'HCN_E_INVALID_PREFIX', '10.2.0.0/33', 'all'),
      ...eachValue('Subnets.0.GatewayAddress', 'HCN_E_INVALID_SUBNET', 5),
      ...eachValue('Subnets.0.GatewayAddress', 'HCN_E_INVALID_IP', 'first'),
      ...eachValue('MacPools', 'HCN_E_INVALID_NETWORK', 'all', 5),
      ...eachValue('MacPools.0.StartMacAddress', 'HCN_E_INVALID_NETWORK', 5, 'first'),
      ...eachValue('DNSServerList', 'HCN_E_INVALID_NETWORK', 5),
      ...eachValue('DNSSuffix', 'HCN_E_INVALID_NETWORK', 5),
      ...eachValue('Policies', 'HCN_E_INVALID_NETWORK', 'ACL'),
      ...eachValue('Policies', 'HCN_E_INVALID_POLICY_TYPE', [{ VLAN: 7 }], [{ Type: 'Magic' }]),
      ...eachValue('SchemaVersion', 'HCN_E_INVALID_NETWORK', 2, '2.0'),
    ]
    walkBadInput(sound, rows, (document) => call('POST', '/networks', document), inventory)
  })

  describe('in endpoints', () => {
    const sound = () => ({
      Name: 'web',
      VirtualNetworkName: 'pods',
      IPAddress: '10.1.0.9',
      PrefixLength: 16,
      GatewayAddress: '10.1.0.1',
      MacAddress: '00-15-5D-01-02-03',
      DNSServerList: '10.96.0.10',
      EncapOverhead: 50,
      Policies: [{ Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 }],
    })
    const rows: readonly BadInputRow[] = [
      ['ID', 'that is no GUID', 'web', 'HCN_E_GUID_CONVERSION_FAILURE'],
      ...eachValue('Name', 'HCN_E_INVALID_ENDPOINT', 5),
      ...eachValue('VirtualNetworkName', 'HCN_E_INVALID_ENDPOINT', undefined, '', 5),
      ...eachValue('VirtualNetworkName', 'HCN_E_NETWORK_NOT_FOUND', 'none'),
      ...eachValue('VirtualNetwork', 'HCN_E_INVALID_ENDPOINT', 5),
      ...eachValue('VirtualNetwork', 'HCN_E_GUID_CONVERSION_FAILURE', 'pods'),
      ...eachValue('VirtualNetwork', 'HCN_E_NETWORK_NOT_FOUND', randomUUID()),
      ...eachValue('IPAddress', 'HCN_E_INVALID_ENDPOINT', 5),
      ...eachValue('IPAddress', 'HCN_E_INVALID_IP', '10.1.0', '10.3.0.9'),
      ...eachValue('IPAddress', 'HCN_E_ADDR_INVALID_OR_RESERVED', '10.1.0.0', '10.1.0.1'),
      ...eachValue('PrefixLength', 'HCN_E_INVALID_ENDPOINT', '16', -1),
      ...eachValue('PrefixLength', 'HCN_E_INVALID_PREFIX', 33),
      ...eachValue('GatewayAddress', 'HCN_E_INVALID_ENDPOINT', 5),
      ...eachValue('GatewayAddress', 'HCN_E_INVALID_IP', 'first'),
      ...eachValue('MacAddress', 'HCN_E_INVALID_ENDPOINT', 5, 'first'),
      ...eachValue('DNSServerList', 'HCN_E_INVALID_ENDPOINT', 5),
      ...eachValue('EncapOverhead', 'HCN_E_INVALID_POLICY', 'much', -1),
      ...eachValue('DisableICC', 'HCN_E_REQUEST_UNSUPPORTED', true),
      ...eachValue('Policies', 'HCN_E_INVALID_ENDPOINT', 'NAT', 5),
      ...eachValue('Policies', 'HCN_E_INVALID_POLICY_TYPE', [{ VLAN: 7 }], [{ Type: 'Magic' }]),
      ...eachValue('Policies.0.Protocol', 'HCN_E_INVALID_POLICY', 'ICMP', {}),
      ...eachValue('Policies.0.InternalPort', 'HCN_E_INVALID_POLICY', '80', 65536),
    ]
    walkBadInput(sound, rows, (document) => call('POST', '/endpoints', document), inventory)
  })

  describe('in what comes back to an endpoint', () => {
    const rows: readonly BadInputRow[] = [
      ...eachValue('Policies', 'HCN_E_INVALID_ENDPOINT', 'NAT'),
      ...eachValue('Policies', 'HCN_E_INVALID_POLICY_TYPE', [{ Type: 'Magic' }]),
      ...eachValue('Name', 'HCN_E_REQUEST_UNSUPPORTED', 'other', 5),
      ...eachValue('IPAddress', 'HCN_E_REQUEST_UNSUPPORTED', '10.1.0.21'),
      ...eachValue('MacAddress', 'HCN_E_REQUEST_UNSUPPORTED', '00-15-5D-01-02-03'),
      ...eachValue('GatewayAddressV6', 'HCN_E_REQUEST_UNSUPPORTED', 'fd00::1'),
      ...eachValue('IsRemoteEndpoint', 'HCN_E_REQUEST_UNSUPPORTED', true),
      ...eachValue('ID', 'HCN_E_REQUEST_UNSUPPORTED', randomUUID()),
      ...eachValue('Colour', 'HCN_E_REQUEST_UNSUPPORTED', 'green'),
    ]
    walkBadInput(
      () => ({ IPAddress: '10.1.0.20', Policies: [{ Type: 'ACL', Action: 'Allow', Direction: 'In', Priority: 5 }] }),
      rows,
      (document) => call('POST', `/endpoints/${endpoint}`, document),
      inventory,
    )
  })

  describe('in what comes back to a network', () => {
    const rows: readonly BadInputRow[] = [
      ...eachValue('Name', 'HCN_E_REQUEST_UNSUPPORTED', 'other'),
      ...eachValue('Subnets', 'HCN_E_REQUEST_UNSUPPORTED', [{ AddressPrefix: '10.9.0.0/16' }]),
      ...eachValue('Extensions', 'HCN_E_REQUEST_UNSUPPORTED', undefined, [], 'all'),
    ]
    walkBadInput(
      () => ({ Name: 'pods', Extensions: [{ Id: 'E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A', IsEnabled: true }] }),
      rows,
      (document) => call('POST', `/networks/${network}`, document),
      inventory,
    )
  })

  describe('in attachments', () => {
    const rows: readonly BadInputRow[] = [
      ...eachValue('ContainerId', 'ERROR_INVALID_PARAMETER', undefined, '', 5),
      ...eachValue('SystemType', 'ERROR_INVALID_PARAMETER', 'Pod', 5, 'Host'),
      ...eachValue('SystemType', 'HCN_E_REQUEST_UNSUPPORTED', 'VirtualMachine'),
      ...eachValue('VirtualNicName', 'HCN_E_REQUEST_UNSUPPORTED', 'nic0'),
      ...eachValue('CompartmentId', 'ERROR_INVALID_PARAMETER', '1', -1, 65536),
      ...eachValue('CompartmentId', 'GCN_E_NETCOMPARTMENT_NOT_FOUND', 77),
      ...eachValue('Colour', 'ERROR_INVALID_PARAMETER', 'green'),
    ]
    walkBadInput(
      () => ({ ContainerId: 'web', SystemType: 'Container' }),
      rows,
      (document) => call('POST', `/endpoints/${endpoint}/attach`, document),
      inventory,
    )
  })

  describe('in policy lists', () => {
    const sound = () => ({
      References: [`/endpoints/${endpoint}`],
      Policies: [{ Type: 'ELB', Protocol: 6, InternalPort: 8080, ExternalPort: 80, VIPs: ['10.96.0.80'] }],
    })
    const rows: readonly BadInputRow[] = [
      ...eachValue('References', 'HCN_E_GUID_CONVERSION_FAILURE', ['/endpoints/web'], ['web']),
      ...eachValue('Policies', 'HCN_E_INVALID_POLICY_TYPE', undefined, [], 5, 'ELB', [{ Type: 'ACL' }], [{}]),
      ...eachValue('Policies.1', 'HCN_E_INVALID_POLICY_TYPE', { Type: 'ROUTE' }, 5),
      ...eachValue('Policies.1', 'HCN_E_INVALID_POLICY', { Type: 'ELB', VIPs: ['10.96.0.81'] }),
      ...eachValue('Policies.0.VIPs', 'HCN_E_INVALID_IP', ['first']),
    ]
    walkBadInput(sound, rows, (document) => call('POST', '/policylists', document), inventory)
  })

  describe('in resources of a namespace', () => {
    let path: string
    beforeEach(async () => {
      path = `/namespaces/${String((await answer('POST', '/namespaces', {})).Output?.ID)}/addresource`
    })
    const rows: readonly BadInputRow[] = [
      ...eachValue('Type', 'ERROR_INVALID_PARAMETER', undefined, 5),
      ...eachValue('Data', 'ERROR_INVALID_PARAMETER', undefined, 'web', {}),
      ...eachValue('Data.Id', 'HCN_E_GUID_CONVERSION_FAILURE', 'web'),
      ...eachValue('Data.Id', 'HCN_E_ENDPOINT_NOT_FOUND', randomUUID()),
      ...eachValue('Data.Colour', 'ERROR_INVALID_PARAMETER', 'green'),
      ...eachValue('Colour', 'ERROR_INVALID_PARAMETER', 'green'),
    ]
    walkBadInput(
      () => ({ Type: 'Endpoint', Data: { Id: endpoint } }),
      rows,
      (document) => call('POST', path, document),
      inventory,
    )
  })
})
