import assert from 'node:assert/strict'
import { binding, memoryHost, NO_ID, namespaceDocument, networkDocument, symbolOf, v2Query, withHost } from './support/binding.js'

/** HCN's numbers. */
const NETWORK_CREATE = 2
const NETWORK_DELETE = 4
const NAMESPACE_CREATE = 5
const SERVICE_DISCONNECT = 0x01000000

describe('callbacks of a guest network service', () => {
  const stateOf = (state: string) => JSON.stringify({ ResourceType: 'State', RequestType: 'Update', Settings: { State: state } })

  it('hear its states before the calls that set them are answered, and the end of the host', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    const guest = await host.createGuestNetworkService(NO_ID, '{}')
    const heard: (readonly [number, string | undefined])[] = []
    const registration = await host.registerGuestNetworkServiceCallback(guest, (type, _status, data) => {
      const parsed = JSON.parse(data ?? '{}') as { readonly Data?: { readonly State: string } }
      heard.push([type, parsed.Data?.State])
    })
    assert.deepEqual({ ...registration }, { kind: 'guestNetworkServiceCallback' })

    await host.modifyGuestNetworkService(guest, stateOf('Bootstrapping'))
    assert.deepEqual(heard, [[0x11, 'Bootstrapping']])

    // The registration is the service's, not the handle's.
    await host.closeGuestNetworkService(guest)
    await host.close()
    assert.deepEqual(heard, [
      [0x11, 'Bootstrapping'],
      [SERVICE_DISCONNECT, undefined],
    ])
  })

  it('hear nothing any more once they are unregistered', () =>
    withHost(async (host) => {
      const guest = await host.createGuestNetworkService(NO_ID, '{}')
      let heard = 0
      const registration = await host.registerGuestNetworkServiceCallback(guest, () => {
        heard += 1
      })
      assert.equal(await symbolOf(host.unregisterServiceCallback(registration)), 'ERROR_INVALID_HANDLE')
      await host.unregisterGuestNetworkServiceCallback(registration)
      await host.modifyGuestNetworkService(guest, stateOf('Paused'))
      assert.equal(heard, 0)
    }))
})

describe('service callbacks', () => {
  it('hear what a call did before the call is answered', () =>
    withHost(async (host) => {
      const heard: (readonly [number, number, string | null])[] = []
      const registration = await host.registerServiceCallback((...notification) => heard.push(notification))
      assert.deepEqual({ ...registration }, { kind: 'callback' })
      const network = await host.createNetwork(NO_ID, networkDocument('heard'))
      const { ID } = JSON.parse(await host.queryNetworkProperties(network, v2Query)) as { readonly ID: string }

      const created = heard.find(([type]) => type === NETWORK_CREATE)
      assert.ok(created !== undefined, JSON.stringify(heard))
      assert.equal(created[1], 0)
      assert.equal(JSON.parse(created[2] ?? '{}').ID.toLowerCase(), ID.toLowerCase())

      await host.deleteNetwork(ID)
      assert.ok(heard.some(([type]) => type === NETWORK_DELETE))
    }))

  it('hear things in the order in which they happened', () =>
    withHost(async (host) => {
      const heard: string[] = []
      const made: string[] = []
      const registration = await host.registerServiceCallback((type, _status, data) => {
        if (type === NAMESPACE_CREATE) heard.push((JSON.parse(data ?? '{}') as { readonly ID: string }).ID.toLowerCase())
      })
      for (let i = 0; i < 300; ++i) {
        const namespace = await host.createNamespace(NO_ID, namespaceDocument)
        made.push((JSON.parse(await host.queryNamespaceProperties(namespace, v2Query)) as { readonly ID: string }).ID.toLowerCase())
      }
      assert.deepEqual(heard, made)
      await host.unregisterServiceCallback(registration)
    }))

  it('hear nothing any more once they are unregistered', () =>
    withHost(async (host) => {
      let heard = 0
      const first = await host.registerServiceCallback(() => {
        heard += 1
      })
      let others = 0
      const second = await host.registerServiceCallback(() => {
        others += 1
      })
      await host.unregisterServiceCallback(first)
      await host.createNamespace(NO_ID, namespaceDocument)
      assert.equal(heard, 0)
      assert.ok(others > 0)
      assert.equal(await symbolOf(host.unregisterServiceCallback(first)), 'ERROR_INVALID_HANDLE')
      await host.unregisterServiceCallback(second)
    }))

  it('hear that the service disconnects when their host is closed', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    const heard: number[] = []
    await host.registerServiceCallback((type) => heard.push(type))
    await host.close()
    assert.deepEqual(heard, [SERVICE_DISCONNECT])
  })

  it('may call the host, and unregister themselves', () =>
    withHost(async (host) => {
      let heard = 0
      let answer: (document: Promise<string>) => void
      const answered = new Promise<string>((resolve) => {
        answer = resolve
      })
      const registration = await host.registerServiceCallback((type, _status, data) => {
        if (type !== NAMESPACE_CREATE) return
        heard += 1
        const { ID } = JSON.parse(data ?? '{}') as { readonly ID: string }
        answer(
          host
            .unregisterServiceCallback(registration)
            .then(() => host.openNamespace(ID))
            .then((namespace) => host.queryNamespaceProperties(namespace, v2Query)),
        )
      })
      await host.createNamespace(NO_ID, namespaceDocument)
      assert.ok(JSON.parse(await answered))
      await host.createNamespace(NO_ID, namespaceDocument)
      assert.equal(heard, 1)
    }))
})
