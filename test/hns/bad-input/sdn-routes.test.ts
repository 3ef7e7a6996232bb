import { randomUUID } from 'node:crypto'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput } from './walk.js'

const WRONG = 'ERROR_INVALID_PARAMETER'
const NO_GUID = 'HCN_E_GUID_CONVERSION_FAILURE'
const long = 'n'.repeat(257)

describe('bad input in SDN route documents', () => {
  let host: WireHost
  const web = randomUUID()
  const elsewhere = randomUUID()
  beforeEach(async () => {
    host = await WireHost.open()
    await host.native.createEndpoint(await host.network(), web, '{}')
    await host.native.createEndpoint(await host.network('other'), elsewhere, '{}')
  })
  afterEach(() => host.close())

  const sound = () => ({
    Name: 'metadata',
    SchemaVersion: { Major: 2, Minor: 0 },
    HostComputeEndpoints: [web],
    Routes: [{ DestinationPrefix: '169.254.169.254/24', NextHop: '10.1.0.9', NeedEncap: false, AutomaticEndpointMonitor: false }],
  })
  const rows: readonly BadInputRow[] = [
    ...eachValue('ID', WRONG, 5),
    ...eachValue('ID', NO_GUID, 'metadata'),
    ...eachValue('Name', WRONG, 5, long),
    ...eachValue('Owner', WRONG, 5, long),
    ...eachValue('HostComputeNetwork', NO_GUID, 'pods'),
    ...eachValue('HostComputeEndpoints', WRONG, 5, [5]),
    ...eachValue('HostComputeEndpoints', NO_GUID, ['web']),
    ['HostComputeEndpoints', 'that nobody has', [randomUUID()], 'HCN_E_ENDPOINT_NOT_FOUND'],
    ['HostComputeEndpoints', 'of two networks', [web, elsewhere], WRONG],
    ...eachValue('Routes', WRONG, undefined, [], 5, [5]),
    ['Setting', 'that says something else than Routes', [{ DestinationPrefix: '10.8.0.0/16' }], WRONG],
    ...eachValue('Routes.0.DestinationPrefix', 'HCN_E_INVALID_PREFIX', undefined, '', '10.9.0.0/33', 'all'),
    ...eachValue('Routes.0.DestinationPrefix', WRONG, 5),
    ...eachValue('Routes.0.NextHop', 'HCN_E_INVALID_IP', 'gateway', 'fd00::1', '224.0.0.1', '0.0.0.0', '255.255.255.255'),
    ...eachValue('Routes.0.NextHop', WRONG, 5),
    ...eachValue('Routes.0.NeedEncap', WRONG, 'perhaps', 2),
    ...eachValue('Routes.0.AutomaticEndpointMonitor', WRONG, 'perhaps', 2),
  ]
  walkBadInput(
    sound,
    rows,
    (document) => codeOf(host.native.createSdnRoute(randomUUID(), JSON.stringify(document))),
    () => host.native.enumerateSdnRoutes(''),
  )
})
