import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, walkBadInput } from './walk.js'

describe('bad input in load-balancer documents', () => {
  let host: WireHost
  let network: NativeHandle
  const web = randomUUID()

  beforeEach(async () => {
    host = await WireHost.open()
    network = await host.network()
    await host.native.createEndpoint(network, web, '{}')
  })
  afterEach(() => host.close())

  const WRONG = 'ERROR_INVALID_PARAMETER'
  const sound = () => ({
    SchemaVersion: { Major: 2, Minor: 0 },
    HostComputeEndpoints: [web],
    SourceVIP: '10.1.0.2',
    FrontendVIPs: ['10.96.0.10'],
    PortMappings: [{ Protocol: 6, InternalPort: 8080, ExternalPort: 80, DistributionType: 0, Flags: 0 }],
    Flags: 0,
  })
  const vips = (count: number) => Array.from({ length: count }, (_, i) => `10.97.0.${i + 1}`)
  const ports = (count: number) => Array.from({ length: count }, (_, i) => ({ Protocol: 6, InternalPort: 1, ExternalPort: i + 1 }))
  const rows: readonly BadInputRow[] = [
    ['Name', 'of 257 bytes', 'n'.repeat(257), WRONG],
    ['Owner', 'of 257 bytes', 'n'.repeat(257), WRONG],
    ['ID', 'that is no GUID', 'web', 'HCN_E_GUID_CONVERSION_FAILURE'],
    ['Name', 'that is a number', 5, WRONG],
    ['HostComputeEndpoints', 'that are a number', 5, WRONG],
    ['HostComputeEndpoints', 'that are no GUIDs', ['web'], 'HCN_E_GUID_CONVERSION_FAILURE'],
    ['HostComputeEndpoints', 'that nobody has', [randomUUID()], 'HCN_E_ENDPOINT_NOT_FOUND'],
    ['HostComputeNetwork', 'that is no GUID', 'pods', 'HCN_E_GUID_CONVERSION_FAILURE'],
    ['SourceVIP', 'that is none', 'node', 'HCN_E_INVALID_IP'],
    ['SourceVIP', 'of nobody', '0.0.0.0', WRONG],
    ['SourceVIP', 'of the other family', 'fd00::2', WRONG],
    ['FrontendVIPs', 'that are a number', 10, WRONG],
    ['FrontendVIPs', 'that are none', ['10.96.0'], 'HCN_E_INVALID_IP'],
    ['FrontendVIPs', 'of nobody', ['0.0.0.0'], WRONG],
    ['FrontendVIPs', 'of a group', ['224.0.0.1'], WRONG],
    ['FrontendVIPs', 'named twice', ['10.96.0.10', '10.96.0.10'], 'ERROR_ALREADY_EXISTS'],
    ['FrontendVIPs', 'beyond 64', vips(65), WRONG],
    ['PortMappings', 'left out', undefined, WRONG],
    ['PortMappings', 'that are none', [], WRONG],
    ['PortMappings', 'beyond 256', ports(257), WRONG],
    ['PortMappings', 'named twice', [...ports(1), ...ports(1)], 'ERROR_ALREADY_EXISTS'],
    ['PortMappings.0.Protocol', 'left out', undefined, WRONG],
    ['PortMappings.0.Protocol', 'without ports', 1, WRONG],
    ['PortMappings.0.Protocol', 'of an unknown name', 'SCTP', WRONG],
    ['PortMappings.0.InternalPort', 'left out', undefined, 'HCN_E_INVALID_INTERNAL_PORT'],
    ['PortMappings.0.InternalPort', '0', 0, 'HCN_E_INVALID_INTERNAL_PORT'],
    ['PortMappings.0.InternalPort', 'beyond 65535', 65536, WRONG],
    ['PortMappings.0.ExternalPort', '0', 0, WRONG],
    ['PortMappings.0.ExternalPort', 'that is a text', '80', WRONG],
    ['PortMappings.0.DistributionType', 'of an unknown number', 3, WRONG],
    ['PortMappings.0.Flags', 'of an unknown name', 'Fast', WRONG],
    ['Flags', 'that are a list', [], WRONG],
  ]
  walkBadInput(
    sound,
    rows,
    (document) => codeOf(host.native.createLoadBalancer(randomUUID(), JSON.stringify(document))),
    () => host.native.enumerateLoadBalancers(''),
  )

  it('a frontend that another one has is ERROR_ALREADY_EXISTS', async () => {
    await host.native.createLoadBalancer(randomUUID(), JSON.stringify(sound()))

    assert.equal(await codeOf(host.native.createLoadBalancer(randomUUID(), JSON.stringify(sound()))), 'ERROR_ALREADY_EXISTS')
  })
})
