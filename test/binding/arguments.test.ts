import assert from 'node:assert/strict'
import type { NativeHandle, NativeHost } from '../../lib/native/hcn-calls.js'
import { binding, endpointDocument, failureOf, memoryHost, NO_ID, namespaceDocument, networkDocument } from './support/binding.js'

type Parameter =
  | 'text'
  | 'optional text'
  | 'id'
  | 'port'
  | 'optional port'
  | 'bytes'
  | 'size'
  | 'uint16'
  | 'uint32'
  | NativeHandle['kind']
  | 'object kind'
  | 'ids'

/** Every method that takes something, and what. */
const signatures: Readonly<Record<string, readonly Parameter[]>> = {
  enumerateNetworks: ['optional text'],
  createNetwork: ['id', 'text'],
  openNetwork: ['id'],
  modifyNetwork: ['network', 'text'],
  queryNetworkProperties: ['network', 'optional text'],
  deleteNetwork: ['id'],
  closeNetwork: ['network'],
  enumerateEndpoints: ['optional text'],
  createEndpoint: ['network', 'id', 'text'],
  openEndpoint: ['id'],
  modifyEndpoint: ['endpoint', 'text'],
  queryEndpointProperties: ['endpoint', 'optional text'],
  deleteEndpoint: ['id'],
  closeEndpoint: ['endpoint'],
  queryEndpointStats: ['endpoint', 'optional text'],
  queryEndpointAddresses: ['endpoint', 'optional text'],
  enumerateNamespaces: ['optional text'],
  createNamespace: ['id', 'text'],
  openNamespace: ['id'],
  modifyNamespace: ['namespace', 'text'],
  queryNamespaceProperties: ['namespace', 'optional text'],
  deleteNamespace: ['id'],
  closeNamespace: ['namespace'],
  enumerateLoadBalancers: ['optional text'],
  createLoadBalancer: ['id', 'text'],
  openLoadBalancer: ['id'],
  modifyLoadBalancer: ['loadBalancer', 'text'],
  queryLoadBalancerProperties: ['loadBalancer', 'optional text'],
  deleteLoadBalancer: ['id'],
  closeLoadBalancer: ['loadBalancer'],
  enumerateSdnRoutes: ['optional text'],
  createSdnRoute: ['id', 'text'],
  openSdnRoute: ['id'],
  modifySdnRoute: ['sdnRoute', 'text'],
  querySdnRouteProperties: ['sdnRoute', 'optional text'],
  deleteSdnRoute: ['id'],
  closeSdnRoute: ['sdnRoute'],
  enumerateGuestNetworkServices: ['optional text'],
  createGuestNetworkService: ['id', 'text'],
  openGuestNetworkService: ['id'],
  modifyGuestNetworkService: ['guestNetworkService', 'text'],
  queryGuestNetworkServiceProperties: ['guestNetworkService', 'optional text'],
  deleteGuestNetworkService: ['id'],
  closeGuestNetworkService: ['guestNetworkService'],
  unregisterGuestNetworkServiceCallback: ['guestNetworkServiceCallback'],
  reserveGuestNetworkServicePort: ['guestNetworkService', 'uint32', 'uint32', 'uint16'],
  reserveGuestNetworkServicePortRange: ['guestNetworkService', 'uint16'],
  releaseGuestNetworkServicePortReservationHandle: ['portReservation'],
  unregisterServiceCallback: ['callback'],
  hnsCall: ['text', 'text', 'optional text'],
  listLayers: ['port'],
  listFlows: ['optional port', 'optional text'],
  getPortCounters: ['port'],
  explain: ['port', 'bytes'],
  sendFrames: ['port', 'bytes'],
  receiveFrames: ['port'],
  startCapture: ['port', 'size'],
  readCapture: ['port'],
  stopCapture: ['port'],
  describeCompartment: ['id'],
  queryEach: ['object kind', 'ids', 'text'],
  advanceClock: ['size'],
}

const INVALID_PARAMETER = 0x80070057
const INVALID_HANDLE = 0x80070006
const GUID_CONVERSION_FAILURE = 0x803b0019

const noText: readonly unknown[] = [undefined, null, 5, 5n, true, {}, [], () => 'x', Symbol('x'), Object('boxed'), 'cut\0off']
const noSize: readonly unknown[] = [undefined, null, '5', 5n, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, {}]
const noBytes: readonly unknown[] = [
  undefined,
  null,
  'text',
  [1],
  {},
  new ArrayBuffer(4),
  new Uint16Array(2),
  new DataView(new ArrayBuffer(4)),
]
const noId: readonly unknown[] = [
  undefined,
  null,
  5,
  {},
  '',
  'x',
  '{}',
  NO_ID.slice(1),
  `${NO_ID}0`,
  `{${NO_ID}`,
  `${NO_ID}}`,
  NO_ID.replace('0', 'g'),
].concat(`${NO_ID}\0`, 'é'.repeat(36), '\ud800'.repeat(36), '0'.repeat(1_000_000))

describe('arguments of native calls', () => {
  let host: NativeHost
  let other: NativeHost
  let handles: Record<NativeHandle['kind'], NativeHandle>
  let foreign: NativeHandle
  let closed: NativeHandle

  before(async () => {
    host = await binding.openEmbeddedHost(memoryHost)
    other = await binding.openEmbeddedHost(memoryHost)
    const network = await host.createNetwork(NO_ID, networkDocument('arguments'))
    const guestNetworkService = await host.createGuestNetworkService(NO_ID, '{}')
    closed = await host.createNamespace(NO_ID, namespaceDocument)
    await host.closeNamespace(closed)
    foreign = await other.createNetwork(NO_ID, networkDocument('foreign'))
    handles = {
      network,
      endpoint: await host.createEndpoint(network, NO_ID, endpointDocument),
      namespace: await host.createNamespace(NO_ID, namespaceDocument),
      loadBalancer: await host.createLoadBalancer(
        NO_ID,
        JSON.stringify({
          SchemaVersion: { Major: 2, Minor: 0 },
          FrontendVIPs: ['10.96.0.1'],
          PortMappings: [{ Protocol: 6, InternalPort: 80, ExternalPort: 80 }],
          HostComputeEndpoints: [],
        }),
      ),
      sdnRoute: await host.createSdnRoute(NO_ID, JSON.stringify({ Routes: [{ DestinationPrefix: '10.2.0.0/16' }] })),
      guestNetworkService,
      guestNetworkServiceCallback: await host.registerGuestNetworkServiceCallback(guestNetworkService, () => undefined),
      portReservation: await host.reserveGuestNetworkServicePort(guestNetworkService, 1, 1, 8080),
      callback: await host.registerServiceCallback(() => undefined),
    }
  })
  after(async () => {
    await host.close()
    await other.close()
  })

  function right(parameter: Parameter): unknown {
    if (parameter === 'text' || parameter === 'optional text' || parameter === 'port' || parameter === 'optional port') return '{}'
    if (parameter === 'id') return NO_ID
    if (parameter === 'bytes') return new Uint8Array(4)
    if (parameter === 'object kind') return 'endpoint'
    if (parameter === 'ids') return [NO_ID]
    if (parameter === 'size' || parameter === 'uint16' || parameter === 'uint32') return 1
    return handles[parameter]
  }

  function wrong(parameter: Parameter): { readonly code: number; readonly values: readonly unknown[] } {
    if (parameter === 'port') return { code: GUID_CONVERSION_FAILURE, values: noText }
    if (parameter === 'optional port') return { code: GUID_CONVERSION_FAILURE, values: noText.slice(2) }
    if (parameter === 'text') return { code: INVALID_PARAMETER, values: noText }
    if (parameter === 'optional text') return { code: INVALID_PARAMETER, values: noText.slice(2) }
    if (parameter === 'id') return { code: GUID_CONVERSION_FAILURE, values: noId }
    if (parameter === 'bytes') return { code: INVALID_PARAMETER, values: noBytes }
    if (parameter === 'size') return { code: INVALID_PARAMETER, values: noSize }
    if (parameter === 'object kind') return { code: INVALID_PARAMETER, values: [...noText, '', 'pod', 'Endpoint', 'callback'] }
    if (parameter === 'ids')
      return { code: INVALID_PARAMETER, values: [undefined, null, 5, '', NO_ID, {}, { length: 1 }, Array(1025).fill(NO_ID)] }
    if (parameter === 'uint16') return { code: INVALID_PARAMETER, values: [...noSize, 2 ** 16] }
    if (parameter === 'uint32') return { code: INVALID_PARAMETER, values: [...noSize, 2 ** 32] }
    const otherKinds = Object.values(handles).filter(({ kind }) => kind !== parameter)
    const lookalikes = [{}, { kind: parameter }, Object.create(handles[parameter]), new Proxy(handles[parameter], {}), host]
    return { code: INVALID_HANDLE, values: [undefined, null, 0, 'x', ...lookalikes, ...otherKinds, foreign, closed] }
  }

  function call(method: string, values: readonly unknown[]): Promise<unknown> {
    return (host as unknown as Record<string, (...values: readonly unknown[]) => Promise<unknown>>)[method]!(...values)
  }

  it('are listed here for every method that has some', () => {
    const registering = ['registerServiceCallback', 'registerGuestNetworkServiceCallback']
    const none = ['constructor', 'listPorts', 'enumerateGuestNetworkPortReservations', 'close', ...registering]
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(host)).filter((name) => !none.includes(name))
    assert.deepEqual(Object.keys(signatures).sort(), methods.sort())
  })

  for (const [method, parameters] of Object.entries(signatures)) {
    it(`that are wrong make ${method} reject, and nothing else`, async () => {
      for (const [position, parameter] of parameters.entries()) {
        const { code, values } = wrong(parameter)
        for (const value of values) {
          const given = parameters.map((one, index) => (index === position ? value : right(one)))
          const failure = await failureOf(call(method, given))
          assert.equal(failure.hresult, code, `${String(given[position])} as argument ${position + 1}: ${failure.message}`)
          assert.equal(failure.record, null)
          assert.ok(failure.message.includes(`Argument ${position + 1}: `), failure.message)
        }
      }
      const ids = JSON.parse(await host.enumerateNetworks('')) as unknown[]
      assert.equal(ids.length, 1)
    })
  }

  it('that are wrong for registerServiceCallback make it reject', async () => {
    for (const value of [undefined, null, {}, 'x', 5]) {
      assert.equal((await failureOf(call('registerServiceCallback', [value]))).hresult, INVALID_PARAMETER)
    }
  })

  it('that are wrong for registerGuestNetworkServiceCallback make it reject', async () => {
    const hear = () => undefined
    for (const value of [undefined, null, {}, 'x', handles.network]) {
      assert.equal((await failureOf(call('registerGuestNetworkServiceCallback', [value, hear]))).hresult, INVALID_HANDLE)
    }
    for (const value of [undefined, null, {}, 'x', 5]) {
      const failure = await failureOf(call('registerGuestNetworkServiceCallback', [handles.guestNetworkService, value]))
      assert.equal(failure.hresult, INVALID_PARAMETER)
      assert.ok(failure.message.includes('Argument 2: '), failure.message)
    }
  })

  it('of openEmbeddedHost name the member that is wrong', async () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, '`options`'],
      [5, '`options`'],
      [{}, '`ports`'],
      [{ ...memoryHost, ports: 'fibre' }, '`ports`'],
      [{ ...memoryHost, clock: null }, '`clock`'],
      [{ ...memoryHost, flowCache: 1 }, '`flowCache`'],
      [{ ...memoryHost, seed: -1 }, '`seed`'],
      [{ ...memoryHost, maxConnections: 1e300 }, '`maxConnections`'],
      [{ ...memoryHost, profile: 'server2025' }, '`profile`'],
      [{ ...memoryHost, helperPath: undefined }, '`helperPath`'],
      [{ ...memoryHost, helperPath: '\ud800' }, '`helperPath`'],
      [Object.defineProperty({ ...memoryHost }, 'seed', { get: () => assert.fail('read') }), '`seed`'],
    ]
    for (const [options, name] of cases) {
      const failure = await failureOf(binding.openEmbeddedHost(options as typeof memoryHost))
      assert.equal(failure.hresult, INVALID_PARAMETER)
      assert.ok(failure.message.includes(name), failure.message)
    }
    assert.equal((await failureOf(binding.openSharedEmbeddedHost(5 as unknown as string, memoryHost))).hresult, INVALID_PARAMETER)
  })

  it('may be more than a method takes', async () => {
    assert.equal(await call('enumerateLoadBalancers', ['', 1, 2, 3, 4, 5]), await host.enumerateLoadBalancers(''))
  })

  it('may be null or missing where a query is', async () => {
    assert.equal(await call('enumerateNetworks', [null]), await host.enumerateNetworks(''))
    assert.equal(await call('enumerateNetworks', []), await host.enumerateNetworks(''))
  })

  it('are texts of any Unicode', async () => {
    const document = JSON.parse(networkDocument('', 77)) as object
    const name = 'Netz é 網 \u{1f5a7}'
    const network = await host.createNetwork(NO_ID, JSON.stringify({ ...document, Name: name }))
    const properties = JSON.parse(await host.queryNetworkProperties(network, '')) as { readonly ID: string; readonly Name: string }
    assert.equal(properties.Name, name)
    await host.closeNetwork(network)
    await host.deleteNetwork(properties.ID)
  })

  it('are bytes as they were when the call was made', async () => {
    const endpoint = JSON.parse(await host.queryEndpointProperties(handles.endpoint, '')) as { readonly ID: string }
    const frame = new Uint8Array(60).fill(0xff)
    const explained = host.explain(endpoint.ID, frame)
    frame.fill(0)
    const { steps, finalTuple } = JSON.parse(await explained) as { steps: unknown[]; finalTuple: { destinationMac: string } }
    assert.ok(Array.isArray(steps))
    assert.equal(finalTuple.destinationMac.toLowerCase().replaceAll('-', ':'), 'ff:ff:ff:ff:ff:ff')
  })

  it('are refused by constructor and prototype with a TypeError, as JavaScript has it', () => {
    const NativeHostClass = host.constructor as new () => NativeHost
    assert.throws(() => new NativeHostClass(), TypeError)
    assert.throws(() => host.listPorts.call({} as NativeHost), TypeError)
    assert.throws(() => host.listPorts.call(handles.network as unknown as NativeHost), TypeError)
    assert.throws(() => host.listPorts.call(Object.create(host) as NativeHost), TypeError)
  })
})
