import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput } from './walk.js'

const WRONG = 'ERROR_INVALID_PARAMETER'
const NO_GUID = 'HCN_E_GUID_CONVERSION_FAILURE'
const UNSUPPORTED = 'HCN_E_REQUEST_UNSUPPORTED'
const long = 'n'.repeat(257)

describe('bad input in namespace documents', () => {
  let host: WireHost
  beforeEach(async () => {
    host = await WireHost.open()
  })
  afterEach(() => host.close())

  describe('of the object itself', () => {
    const sound = () => ({
      Name: 'web',
      Owner: 'test',
      Type: 'Host',
      SchemaVersion: { Major: 2, Minor: 0 },
      NamespaceId: 5,
      NamespaceGuid: randomUUID(),
      CreateWithCompartment: true,
      Resources: [{ Type: 'Container', Data: { Id: 'nginx' } }],
    })
    const rows: readonly BadInputRow[] = [
      ...eachValue('ID', WRONG, 5, {}),
      ...eachValue('ID', NO_GUID, 'web'),
      ...eachValue('Name', WRONG, 5, long),
      ...eachValue('Owner', WRONG, 5, long),
      ...eachValue('Type', WRONG, 'Pod', 4, -1, []),
      ...eachValue('SchemaVersion', WRONG, 5, '2.0'),
      ...eachValue('SchemaVersion.Major', WRONG, 3, '2'),
      ...eachValue('NamespaceId', WRONG, '5', -1, 2 ** 32),
      ...eachValue('NamespaceGuid', WRONG, 5),
      ...eachValue('NamespaceGuid', NO_GUID, 'web'),
      ...eachValue('CreateWithCompartment', WRONG, 'yes', 5),
      ...eachValue('Resources', WRONG, 5, {}, [5]),
      ...eachValue('Resources.0.Type', WRONG, undefined, 'Pod', 2),
      ...eachValue('Resources.0.Data', WRONG, undefined, 5),
      ...eachValue('Resources.0.Data.Id', WRONG, undefined, '', 5),
      ...eachValue('Resources.0.Data.Id', 'HCN_E_NAMESPACE_ATTACH_FAILED', long),
      ...eachValue('Resources', NO_GUID, [{ Type: 'Endpoint', Data: { Id: 'web' } }]),
      ...eachValue('Resources', 'HCN_E_ENDPOINT_NOT_FOUND', [{ Type: 'Endpoint', Data: { Id: randomUUID() } }]),
    ]
    walkBadInput(
      sound,
      rows,
      (document) => codeOf(host.native.createNamespace(randomUUID(), JSON.stringify(document))),
      () => host.native.enumerateNamespaces(''),
    )
  })

  describe('of a change', () => {
    let namespace: NativeHandle
    let endpoint: string
    beforeEach(async () => {
      endpoint = randomUUID()
      await host.native.createEndpoint(await host.network(), endpoint, '{}')
      namespace = await host.native.createNamespace(randomUUID(), '{}')
    })
    const call = (document: unknown) => codeOf(host.native.modifyNamespace(namespace, JSON.stringify(document)))
    const inventory = () => host.native.queryNamespaceProperties(namespace, '')

    const envelope: readonly BadInputRow[] = [
      ...eachValue('ResourceType', UNSUPPORTED, undefined, 'Disk', 5),
      ...eachValue('RequestType', UNSUPPORTED, undefined, 'Replace', 'Update', 'Refresh', 'Reset'),
      ...eachValue('Settings', WRONG, undefined, [], 5),
    ]
    describe('of its endpoints', () => {
      walkBadInput(
        () => ({ ResourceType: 'Endpoint', RequestType: 'Add', Settings: { EndpointId: endpoint } }),
        [
          ...envelope,
          ['RequestType', 'Remove of what is not attached', 'Remove', 'HCN_E_ENDPOINT_NOT_ATTACHED'],
          ...eachValue('Settings.EndpointId', WRONG, undefined, '', 5),
          ...eachValue('Settings.EndpointId', NO_GUID, 'web'),
          ...eachValue('Settings.EndpointId', 'HCN_E_ENDPOINT_NOT_FOUND', randomUUID()),
        ],
        call,
        inventory,
      )
    })
    describe('of its containers', () => {
      walkBadInput(
        () => ({ ResourceType: 'Container', RequestType: 'Add', Settings: { ContainerId: 'nginx' } }),
        [
          ...envelope,
          ['RequestType', 'Remove of what is not there', 'Remove', 'ERROR_NOT_FOUND'],
          ...eachValue('Settings.ContainerId', WRONG, undefined, '', 5),
          ...eachValue('Settings.ContainerId', 'HCN_E_NAMESPACE_ATTACH_FAILED', long),
        ],
        call,
        inventory,
      )
    })
  })
})
