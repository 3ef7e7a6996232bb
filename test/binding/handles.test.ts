import assert from 'node:assert/strict'
import {
  binding,
  collectThoroughly,
  collectUntil,
  endpointDocument,
  failureOf,
  memoryHost,
  NO_ID,
  namespaceDocument,
  networkDocument,
  sdnRouteDocument,
  symbolOf,
  UNUSED_ID,
  v2Query,
  withHost,
} from './support/binding.js'

const otherOptions = { ...memoryHost, seed: memoryHost.seed + 1 }

describe('native handles', () => {
  it('say their kind and nothing else', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('kinds'))
      const kinds = [
        network,
        await host.createEndpoint(network, NO_ID, endpointDocument),
        await host.createNamespace(NO_ID, namespaceDocument),
        await host.createSdnRoute(NO_ID, sdnRouteDocument),
        await host.createGuestNetworkService(NO_ID, '{}'),
      ]
      assert.deepEqual(
        kinds.map((handle) => ({ ...handle })),
        [{ kind: 'network' }, { kind: 'endpoint' }, { kind: 'namespace' }, { kind: 'sdnRoute' }, { kind: 'guestNetworkService' }],
      )
      assert.throws(() => Object.assign(network, { kind: 'endpoint' }), TypeError)
    }))

  it('are closed once; a second close is refused', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('twice'))
      const [first, second] = await Promise.allSettled([host.closeNetwork(network), host.closeNetwork(network)])
      assert.equal(first.status, 'fulfilled')
      assert.equal(second.status, 'rejected')
      assert.equal(await symbolOf(host.closeNetwork(network)), 'ERROR_INVALID_HANDLE')
      assert.equal(await symbolOf(host.queryNetworkProperties(network, '')), 'ERROR_INVALID_HANDLE')
    }))

  it('stay good for the calls that were made before they were closed', () =>
    withHost(async (host) => {
      for (let round = 0; round < 200; ++round) {
        const namespace = await host.createNamespace(NO_ID, namespaceDocument)
        const queries = Array.from({ length: 8 }, () => host.queryNamespaceProperties(namespace, v2Query))
        const close = host.closeNamespace(namespace)
        const answers = await Promise.all(queries)
        assert.equal(new Set(answers).size, 1)
        await close
      }
    }))

  it('do not keep their object alive, and say so when it is gone', () =>
    withHost(async (host) => {
      const namespace = await host.createNamespace(NO_ID, namespaceDocument)
      const { ID } = JSON.parse(await host.queryNamespaceProperties(namespace, v2Query)) as { readonly ID: string }
      await host.deleteNamespace(ID)
      assert.equal(await symbolOf(host.queryNamespaceProperties(namespace, '')), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
      await host.closeNamespace(namespace)
    }))

  it('of failed calls are not there, and their record is', () =>
    withHost(async (host) => {
      const failure = await failureOf(host.openNetwork(UNUSED_ID))
      assert.equal(binding.errorSymbols[failure.hresult], 'HCN_E_NETWORK_NOT_FOUND')
      assert.ok(failure.message.startsWith('HCN_E_NETWORK_NOT_FOUND (0x803B0001): '), failure.message)
      const record = JSON.parse(failure.record ?? 'null') as { readonly Success: boolean; readonly ErrorCode: number }
      assert.equal(record.Success, false)
      assert.equal(record.ErrorCode, 0x803b0001)
    }))

  it('keep their host open when they are all that is left of it', async () => {
    const name = 'handles keep'
    let namespace: unknown = await (async () => {
      const host = await binding.openSharedEmbeddedHost(name, memoryHost)
      return host.createNamespace(NO_ID, namespaceDocument)
    })()
    await collectThoroughly()
    assert.equal(await symbolOf(binding.openSharedEmbeddedHost(name, otherOptions)), 'ERROR_INVALID_PARAMETER')
    assert.ok(namespace)

    // Once the handle is forgotten too, the name is free for a host of another kind.
    namespace = undefined
    let next: { close(): Promise<void> } | undefined
    await collectUntil(async () => {
      next = await binding.openSharedEmbeddedHost(name, otherOptions).catch(() => undefined)
      return next !== undefined
    })
    await next?.close()
  })

  it('that are forgotten are closed by the garbage collector', () =>
    withHost(async (host) => {
      let heard = 0
      let registration: unknown = await host.registerServiceCallback(() => {
        heard += 1
      })
      const notify = async () => {
        const before = heard
        const namespace = await host.createNamespace(NO_ID, namespaceDocument)
        await host.closeNamespace(namespace)
        return heard > before
      }
      assert.ok(await notify())
      await collectThoroughly()
      assert.ok(await notify(), 'a registration somebody holds is kept')
      assert.ok(registration)
      registration = undefined
      await collectUntil(async () => !(await notify()))
    }))

  it('of ports that are forgotten give the ports back', () =>
    withHost(async (host) => {
      const guest = await host.createGuestNetworkService(NO_ID, '{}')
      const reserved = async () => (JSON.parse(await host.enumerateGuestNetworkPortReservations()) as unknown[]).length
      let port: unknown = await host.reserveGuestNetworkServicePort(guest, 1, 1, 80)
      let range: unknown = (await host.reserveGuestNetworkServicePortRange(guest, 10)).reservation
      await collectThoroughly()
      assert.equal(await reserved(), 2, 'reservations somebody holds are kept')
      assert.ok(port && range)
      port = range = undefined
      await collectUntil(async () => (await reserved()) === 0)
    }))

  it('by the ten thousand can be forgotten while calls run', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('many'))
      const { ID } = JSON.parse(await host.queryNetworkProperties(network, v2Query)) as { readonly ID: string }
      let collected = 0
      const registry = new FinalizationRegistry(() => {
        collected += 1
      })
      // A function of its own, so that no frame holds the last ones.
      const openAndForget = async () => {
        for (const handle of await Promise.all(Array.from({ length: 1000 }, () => host.openNetwork(ID))))
          registry.register(handle, undefined)
      }
      for (let round = 0; round < 10; ++round) await openAndForget()
      await collectUntil(async () => {
        // Their closing and our calls share the pool.
        await Promise.all(Array.from({ length: 50 }, () => host.queryNetworkProperties(network, v2Query)))
        return collected === 10_000
      })
      assert.equal(JSON.parse(await host.queryNetworkProperties(network, v2Query)).ID, ID)
    })).timeout(60_000)
})
