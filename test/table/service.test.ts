import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { HcnCalls } from '../../lib/native/hcn-calls.js'
import { QUERY_ALL, queryFor } from '../../lib/objects/kind.js'
import { codeOf } from './support/code-of.js'
import { type Document, NETWORK_DOCUMENT, SchemaVersion } from './support/specimens.js'
import { type OpenTable, tables } from './support/tables.js'

interface Notification {
  readonly type: number
  readonly status: number
  readonly id: string
}

/** Notifications as they come, and a wait for as many as are expected. */
class Listener {
  readonly heard: Notification[] = []
  #waiting: (() => void) | undefined
  readonly callback = (type: number, status: number, data: string | null) => {
    const id = data === null ? '' : String((JSON.parse(data) as Document).ID).toLowerCase()
    this.heard.push({ type, status, id })
    this.#waiting?.()
  }

  async first(count: number): Promise<readonly Notification[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => (this.#waiting = resolve))
    return this.heard.slice(0, count)
  }
}

for (const table of tables) {
  describe(`the service behind ${table.name}`, () => {
    let opened: OpenTable
    let calls: HcnCalls

    beforeEach(async () => {
      opened = await table.open()
      calls = opened.calls
    })
    afterEach(() => opened.close())

    const network = async (more: Document = {}, id: string = randomUUID()) =>
      calls.createNetwork(id, JSON.stringify({ ...NETWORK_DOCUMENT, ...more }))
    const endpoint = async (document: Document) =>
      JSON.parse(await calls.queryEndpointProperties(await made(document), QUERY_ALL)) as Document
    const made = async (document: Document) => calls.createEndpoint(await network(), randomUUID(), JSON.stringify(document))

    it('gives an endpoint an address, a MAC, a route and its network', async () => {
      const { IpConfigurations, MacAddress, Routes, HostComputeNetwork } = await endpoint({ SchemaVersion })
      const [configuration] = IpConfigurations as readonly { readonly IpAddress: string; readonly PrefixLength: number }[]
      assert.match(configuration?.IpAddress ?? '', /^10\.1\.\d+\.\d+$/)
      assert.equal(configuration?.PrefixLength, 16)
      assert.match(String(MacAddress), /^([0-9A-F]{2}-){5}[0-9A-F]{2}$/)
      assert.equal((Routes as readonly Document[])[0]?.NextHop, '10.1.0.1')
      assert.deepEqual(
        (JSON.parse(await calls.enumerateNetworks('')) as readonly string[]).map((id) => id.toLowerCase()),
        [String(HostComputeNetwork).toLowerCase()],
      )
    })

    it('keeps the address and MAC that an endpoint asks for, and gives them to one only', async () => {
      const wanted = { MacAddress: '00-15-5D-01-02-03', IpConfigurations: [{ IpAddress: '10.1.7.7', PrefixLength: 16 }], SchemaVersion }
      const on = await network()
      const handle = await calls.createEndpoint(on, randomUUID(), JSON.stringify(wanted))
      const document = JSON.parse(await calls.queryEndpointProperties(handle, QUERY_ALL)) as Document
      assert.equal(document.MacAddress, wanted.MacAddress)
      assert.deepEqual((document.IpConfigurations as readonly Document[])[0]?.IpAddress, '10.1.7.7')
      assert.equal(
        await codeOf(calls.createEndpoint(on, randomUUID(), JSON.stringify({ IpConfigurations: wanted.IpConfigurations }))),
        'ERROR_OBJECT_ALREADY_EXISTS',
      )
    })

    it('does all of a change or nothing of it', async () => {
      const handle = await made({ SchemaVersion })
      const good = { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In', Priority: 100 } }
      const bad = { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Sideways', Priority: 100 } }
      const change = { ResourceType: 'Policy', RequestType: 'Add', Settings: { Policies: [good, bad] } }
      assert.notEqual(await codeOf(calls.modifyEndpoint(handle, JSON.stringify(change))), 'OK')
      const { Policies = [] } = JSON.parse(await calls.queryEndpointProperties(handle, QUERY_ALL)) as Document
      assert.deepEqual(Policies, [])
    })

    it('puts an endpoint into a namespace, and takes it out', async () => {
      const handle = await made({ SchemaVersion })
      const { ID } = JSON.parse(await calls.queryEndpointProperties(handle, QUERY_ALL)) as Document
      const namespaceId = randomUUID()
      const namespace = await calls.createNamespace(namespaceId, JSON.stringify({ Type: 'Guest', SchemaVersion }))
      const request = (RequestType: string) =>
        calls.modifyNamespace(namespace, JSON.stringify({ ResourceType: 'Endpoint', RequestType, Settings: { EndpointId: ID } }))
      const placed = async () =>
        String((JSON.parse(await calls.queryEndpointProperties(handle, QUERY_ALL)) as Document).HostComputeNamespace ?? '').toLowerCase()

      await request('Add')
      assert.equal(await placed(), namespaceId)
      await request('Remove')
      assert.notEqual(await placed(), namespaceId)
    })

    it('lists the endpoints of one network', async () => {
      const [one, other] = [randomUUID(), randomUUID()]
      const first = await network({ Name: 'first' }, one)
      const second = await network({ Name: 'second' }, other)
      const ids = [randomUUID(), randomUUID()]
      for (const id of ids) await calls.createEndpoint(first, id, '{}')
      await calls.createEndpoint(second, randomUUID(), '{}')

      const listed = JSON.parse(await calls.enumerateEndpoints(queryFor({ VirtualNetwork: one }))) as readonly string[]
      assert.deepEqual([...listed].map((id) => id.toLowerCase()).sort(), [...ids].sort())
    })

    it('notifies of networks and namespaces that come and go, in order', async () => {
      const listener = new Listener()
      const callback = await calls.registerServiceCallback(listener.callback)
      const [on, space] = [randomUUID(), randomUUID()]
      await network({}, on)
      await calls.createNamespace(space, JSON.stringify({ Type: 'Host', SchemaVersion }))
      await calls.deleteNamespace(space)
      await calls.deleteNetwork(on)

      assert.deepEqual(
        await listener.first(6),
        [
          [1, on],
          [2, on],
          [5, space],
          [6, space],
          [3, on],
          [4, on],
        ].map(([type, id]) => ({ type, status: 0, id })),
      )
      await calls.unregisterServiceCallback(callback)
      await network()
      assert.equal(listener.heard.length, 6)
    })

    it('counts what an endpoint sent and received', async () => {
      const statistics = JSON.parse(await calls.queryEndpointStats(await made({ SchemaVersion }), '')) as Document
      assert.equal(statistics.PacketsSent, 0)
      assert.equal(statistics.PacketsReceived, 0)
    })

    it('reserves ports, and refuses one that is taken', async () => {
      const guest = await calls.createGuestNetworkService(randomUUID(), JSON.stringify({ Name: 'guest', SchemaVersion }))
      const reservation = await calls.reserveGuestNetworkServicePort(guest, 1, 1, 8080)
      assert.equal(await codeOf(calls.reserveGuestNetworkServicePort(guest, 1, 1, 8080)), 'HCN_E_PORT_ALREADY_EXISTS')
      const range = await calls.reserveGuestNetworkServicePortRange(guest, 10)
      assert.equal(range.endingPort - range.startingPort, 9)

      const entries = JSON.parse(await calls.enumerateGuestNetworkPortReservations()) as readonly Document[]
      assert.deepEqual(
        entries.map(({ StartingPort, EndingPort }) => [StartingPort, EndingPort]).sort(([a], [b]) => Number(a) - Number(b)),
        [
          [8080, 8080],
          [range.startingPort, range.endingPort],
        ].sort(([a], [b]) => Number(a) - Number(b)),
      )
      await calls.releaseGuestNetworkServicePortReservationHandle(reservation)
      await calls.reserveGuestNetworkServicePort(guest, 1, 1, 8080)
    })

    it('refuses a handle of another kind', async () => {
      const handle = await network()
      assert.equal(await codeOf(calls.queryEndpointProperties(handle, QUERY_ALL)), 'ERROR_INVALID_HANDLE')
      await calls.closeNetwork(handle)
      assert.equal(await codeOf(calls.queryNetworkProperties(handle, QUERY_ALL)), 'ERROR_INVALID_HANDLE')
    })

    it('takes an empty query, and refuses one that is no JSON', async () => {
      const handle = await network()
      assert.ok(JSON.parse(await calls.queryNetworkProperties(handle, '')))
      assert.equal(await codeOf(calls.enumerateNetworks('{')), 'HCN_E_INVALID_JSON')
      assert.equal(await codeOf(calls.queryNetworkProperties(handle, '{')), 'HCN_E_INVALID_JSON')
    })
  })
}
