import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { symbolOf } from '../../binding/support/binding.js'
import { WireHost } from '../../support/wire-host.js'

const NO_GUID = 'HCN_E_GUID_CONVERSION_FAILURE'

type Call = (id: string) => Promise<unknown>

describe('bad input in ids', () => {
  let host: WireHost
  before(async () => {
    host = await WireHost.open('latest')
  })
  after(() => host.close())

  const frame = new Uint8Array(60)
  // Every call that is given the id of something, and the code for an id that nobody has.
  const calls: readonly [string, string, Call][] = [
    ['openNetwork', 'HCN_E_NETWORK_NOT_FOUND', (id) => host.native.openNetwork(id)],
    ['deleteNetwork', 'HCN_E_NETWORK_NOT_FOUND', (id) => host.native.deleteNetwork(id)],
    ['openEndpoint', 'HCN_E_ENDPOINT_NOT_FOUND', (id) => host.native.openEndpoint(id)],
    ['deleteEndpoint', 'HCN_E_ENDPOINT_NOT_FOUND', (id) => host.native.deleteEndpoint(id)],
    ['openNamespace', 'ERROR_NOT_FOUND', (id) => host.native.openNamespace(id)],
    ['deleteNamespace', 'ERROR_NOT_FOUND', (id) => host.native.deleteNamespace(id)],
    ['openLoadBalancer', 'ERROR_NOT_FOUND', (id) => host.native.openLoadBalancer(id)],
    ['deleteLoadBalancer', 'ERROR_NOT_FOUND', (id) => host.native.deleteLoadBalancer(id)],
    ['openSdnRoute', 'ERROR_NOT_FOUND', (id) => host.native.openSdnRoute(id)],
    ['deleteSdnRoute', 'ERROR_NOT_FOUND', (id) => host.native.deleteSdnRoute(id)],
    ['openGuestNetworkService', 'ERROR_NOT_FOUND', (id) => host.native.openGuestNetworkService(id)],
    ['deleteGuestNetworkService', 'ERROR_NOT_FOUND', (id) => host.native.deleteGuestNetworkService(id)],
    ['describeCompartment', 'ERROR_NOT_FOUND', (id) => host.native.describeCompartment(id)],
    ['listLayers', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.listLayers(id)],
    ['listFlows', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.listFlows(id, '{}')],
    ['getPortCounters', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.getPortCounters(id)],
    ['explain', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.explain(id, frame)],
    ['sendFrames', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.sendFrames(id, new Uint8Array(0))],
    ['receiveFrames', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.receiveFrames(id)],
    ['startCapture', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.startCapture(id, 1000)],
    ['readCapture', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.readCapture(id)],
    ['stopCapture', 'HCN_E_PORT_NOT_FOUND', (id) => host.native.stopCapture(id)],
  ]
  const id = randomUUID()
  const malformed: readonly unknown[] = ['', 'web', id.slice(1), `${id}0`, `{${id}`, `${id}\0`, 'x'.repeat(100_000), 5, {}, Symbol('id')]
  for (const [name, notFound, call] of calls) {
    it(`${name} is ${notFound} for an id that nobody has, however it is written`, async () => {
      const unknown = randomUUID()
      for (const written of [unknown, unknown.toUpperCase(), `{${unknown}}`, '00000000-0000-0000-0000-000000000000'])
        assert.equal(await symbolOf(call(written)), notFound, written)
    })

    it(`${name} is ${NO_GUID} for what is no GUID`, async () => {
      for (const wrong of malformed) assert.equal(await symbolOf(call(wrong as string)), NO_GUID, String(wrong))
    })
  }

  it('an id in upper case is the same object', async () => {
    const network = randomUUID()
    await host.native.createNetwork(network.toUpperCase(), JSON.stringify({ Name: 'upper', Type: 'NAT' }))

    await host.native.closeNetwork(await host.native.openNetwork(network))
    await host.native.deleteNetwork(network.toUpperCase())

    assert.equal(await symbolOf(host.native.openNetwork(network)), 'HCN_E_NETWORK_NOT_FOUND')
  })

  it('an id that is taken is ERROR_OBJECT_ALREADY_EXISTS, in either case', async () => {
    const taken = randomUUID()
    await host.native.createNamespace(taken, '{}')

    for (const written of [taken, taken.toUpperCase()])
      assert.equal(await symbolOf(host.native.createNamespace(written, '{}')), 'ERROR_OBJECT_ALREADY_EXISTS')
  })
})

describe('bad input in handles', () => {
  let host: WireHost
  let handles: Readonly<Record<string, NativeHandle>>
  before(async () => {
    host = await WireHost.open('latest')
    const { native } = host
    const network = await host.network()
    const service = await native.createGuestNetworkService(randomUUID(), '{}')
    handles = {
      network,
      endpoint: await native.createEndpoint(network, randomUUID(), '{}'),
      namespace: await native.createNamespace(randomUUID(), '{}'),
      sdnRoute: await native.createSdnRoute(randomUUID(), '{"Routes":[{"DestinationPrefix":"10.9.0.0/16"}]}'),
      guestNetworkService: service,
      portReservation: await native.reserveGuestNetworkServicePort(service, 1, 1, 80),
      callback: await native.registerServiceCallback(() => undefined),
    }
  })
  after(() => host.close())

  // Every call that is given a handle, with the kind it is of.
  const calls: readonly [string, string, (handle: NativeHandle) => Promise<unknown>][] = [
    ['modifyNetwork', 'network', (handle) => host.native.modifyNetwork(handle, '{}')],
    ['queryNetworkProperties', 'network', (handle) => host.native.queryNetworkProperties(handle, '')],
    ['closeNetwork', 'network', (handle) => host.native.closeNetwork(handle)],
    ['createEndpoint', 'network', (handle) => host.native.createEndpoint(handle, randomUUID(), '{}')],
    ['modifyEndpoint', 'endpoint', (handle) => host.native.modifyEndpoint(handle, '{}')],
    ['queryEndpointProperties', 'endpoint', (handle) => host.native.queryEndpointProperties(handle, '')],
    ['queryEndpointStats', 'endpoint', (handle) => host.native.queryEndpointStats(handle, '')],
    ['queryEndpointAddresses', 'endpoint', (handle) => host.native.queryEndpointAddresses(handle, '')],
    ['closeEndpoint', 'endpoint', (handle) => host.native.closeEndpoint(handle)],
    ['modifyNamespace', 'namespace', (handle) => host.native.modifyNamespace(handle, '{}')],
    ['queryNamespaceProperties', 'namespace', (handle) => host.native.queryNamespaceProperties(handle, '')],
    ['closeNamespace', 'namespace', (handle) => host.native.closeNamespace(handle)],
    ['modifyLoadBalancer', 'loadBalancer', (handle) => host.native.modifyLoadBalancer(handle, '{}')],
    ['queryLoadBalancerProperties', 'loadBalancer', (handle) => host.native.queryLoadBalancerProperties(handle, '')],
    ['closeLoadBalancer', 'loadBalancer', (handle) => host.native.closeLoadBalancer(handle)],
    ['modifySdnRoute', 'sdnRoute', (handle) => host.native.modifySdnRoute(handle, '{}')],
    ['querySdnRouteProperties', 'sdnRoute', (handle) => host.native.querySdnRouteProperties(handle, '')],
    ['closeSdnRoute', 'sdnRoute', (handle) => host.native.closeSdnRoute(handle)],
    ['modifyGuestNetworkService', 'guestNetworkService', (handle) => host.native.modifyGuestNetworkService(handle, '{}')],
    ['closeGuestNetworkService', 'guestNetworkService', (handle) => host.native.closeGuestNetworkService(handle)],
    ['queryGuestNetworkServiceProperties', 'guestNetworkService', (handle) => host.native.queryGuestNetworkServiceProperties(handle, '')],
    [
      'registerGuestNetworkServiceCallback',
      'guestNetworkService',
      (handle) => host.native.registerGuestNetworkServiceCallback(handle, () => undefined),
    ],
    ['reserveGuestNetworkServicePort', 'guestNetworkService', (handle) => host.native.reserveGuestNetworkServicePort(handle, 1, 1, 81)],
    ['reserveGuestNetworkServicePortRange', 'guestNetworkService', (handle) => host.native.reserveGuestNetworkServicePortRange(handle, 2)],
    [
      'releaseGuestNetworkServicePortReservationHandle',
      'portReservation',
      (handle) => host.native.releaseGuestNetworkServicePortReservationHandle(handle),
    ],
    ['unregisterServiceCallback', 'callback', (handle) => host.native.unregisterServiceCallback(handle)],
    [
      'unregisterGuestNetworkServiceCallback',
      'guestNetworkServiceCallback',
      (handle) => host.native.unregisterGuestNetworkServiceCallback(handle),
    ],
  ]
  for (const [name, kind, call] of calls) {
    it(`${name} is ERROR_INVALID_HANDLE for the handle of any other kind, and for what is none`, async () => {
      for (const [other, handle] of Object.entries(handles))
        if (other !== kind) assert.equal(await symbolOf(call(handle)), 'ERROR_INVALID_HANDLE', other)
      for (const none of [undefined, null, 5, 'network', {}, { kind }])
        assert.equal(await symbolOf(call(none as NativeHandle)), 'ERROR_INVALID_HANDLE', String(none))
    })
  }

  it('a handle that is closed is ERROR_INVALID_HANDLE', async () => {
    const { native } = host
    const namespace = await native.createNamespace(randomUUID(), '{}')
    await native.closeNamespace(namespace)

    for (const call of [native.queryNamespaceProperties(namespace, ''), native.modifyNamespace(namespace, '{}')])
      assert.equal(await symbolOf(call), 'ERROR_INVALID_HANDLE')
    assert.equal(await symbolOf(native.closeNamespace(namespace)), 'ERROR_INVALID_HANDLE')
  })

  it('the handle of another host is ERROR_INVALID_HANDLE', async () => {
    const other = await WireHost.open()
    const network = await other.network()

    assert.equal(await symbolOf(host.native.queryNetworkProperties(network, '')), 'ERROR_INVALID_HANDLE')

    await other.close()
  })

  it('a handle does not reach another thread: a copy of it is none', async () => {
    const program = new URL('../support/foreign-handle-worker.js', import.meta.url)
    const worker = new Worker(program, { workerData: { handle: { ...handles.network } } })

    // Heard together: a worker that is done at once tells its message and its exit in one turn.
    const [[code]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[string], unknown]

    assert.equal(code, 'ERROR_INVALID_HANDLE')
    assert.throws(() => structuredClone(handles.network, { transfer: [handles.network as never] }))
  })
})
