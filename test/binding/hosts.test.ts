import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { binding, memoryHost, NO_ID, namespaceDocument, networkDocument, symbolOf, withHost } from './support/binding.js'

describe('native hosts', () => {
  it('are worlds of their own', () =>
    withHost((one) =>
      withHost(async (other) => {
        await one.createNetwork(NO_ID, networkDocument('same name, same prefix'))
        assert.deepEqual(JSON.parse(await other.enumerateNetworks('')), [])
        await other.createNetwork(NO_ID, networkDocument('same name, same prefix'))
      }),
    ))

  it('finish the calls that were made before they close', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    const calls = Array.from({ length: 200 }, () => host.createNamespace(NO_ID, namespaceDocument))
    const order: string[] = []
    const closed = host.close().then(() => order.push('closed'))
    await Promise.all(calls.map((call) => call.then(() => order.push('answered'))))
    await closed
    assert.equal(order.length, 201)
    assert.equal(order.at(-1), 'closed')
  })

  it('refuse calls once they are closing', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    const namespace = await host.createNamespace(NO_ID, namespaceDocument)
    const closing = host.close()
    for (const late of [
      host.enumerateNetworks(''),
      host.closeNamespace(namespace),
      host.registerServiceCallback(() => undefined),
      host.listPorts(),
      host.advanceClock(1),
    ]) {
      assert.equal(await symbolOf(late), 'HCN_E_MANAGER_STOPPED')
    }
    await closing
    assert.equal(await symbolOf(host.listPorts()), 'HCN_E_MANAGER_STOPPED')
  })

  it('close once, however often they are asked', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    assert.deepEqual(await Promise.all([host.close(), host.close(), host.close()]), [undefined, undefined, undefined])
    assert.equal(await host.close(), undefined)
  })

  it('of one name are one host, until the last of them closes', async () => {
    const name = 'shared by two'
    const first = await binding.openSharedEmbeddedHost(name, memoryHost)
    const second = await binding.openSharedEmbeddedHost(name, memoryHost)
    const network = await first.createNetwork(NO_ID, networkDocument('shared'))
    assert.equal((JSON.parse(await second.enumerateNetworks('')) as unknown[]).length, 1)
    assert.equal(await symbolOf(second.queryNetworkProperties(network, '')), 'ERROR_INVALID_HANDLE', "another user's handle")

    await first.close()
    assert.equal((JSON.parse(await second.enumerateNetworks('')) as unknown[]).length, 1)
    await second.close()

    const third = await binding.openSharedEmbeddedHost(name, memoryHost)
    assert.deepEqual(JSON.parse(await third.enumerateNetworks('')), [])
    await third.close()
  })

  it('of one name must be wanted with the same options', async () => {
    const host = await binding.openSharedEmbeddedHost('picky', memoryHost)
    for (const different of [
      { seed: 99 },
      { clock: 'system' as const },
      { flowCache: false },
      { maxConnections: 7 },
      { profile: '15.4' },
    ]) {
      const opening = binding.openSharedEmbeddedHost('picky', { ...memoryHost, ...different })
      assert.equal(await symbolOf(opening), 'ERROR_INVALID_PARAMETER')
    }
    await host.close()
    const next = await binding.openSharedEmbeddedHost('picky', { ...memoryHost, seed: 99 })
    await next.close()
  })

  it('of one name can be opened and closed by many at once', async () => {
    const rounds = Array.from({ length: 8 }, async (_, user) => {
      for (let round = 0; round < 25; ++round) {
        const host = await binding.openSharedEmbeddedHost('busy', memoryHost)
        const registration = await host.registerServiceCallback(() => undefined)
        await host.createNamespace(NO_ID, namespaceDocument)
        if ((round + user) % 2 === 0) await host.unregisterServiceCallback(registration)
        await host.close()
      }
    })
    await Promise.all(rounds)
    // Nobody has it any more: a host with other options may take the name.
    const next = await binding.openSharedEmbeddedHost('busy', { ...memoryHost, seed: 99 })
    await next.close()
  })

  it('take a clock that can be turned only when they were opened so', () =>
    withHost(
      async (host) => {
        assert.equal(await symbolOf(host.advanceClock(1)), 'ERROR_NOT_SUPPORTED')
      },
      { ...memoryHost, clock: 'system' },
    ))

  it('answer thousands of calls in flight, each with its own answer', () =>
    withHost(async (host) => {
      const ids = Array.from({ length: 2000 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`)
      const handles = await Promise.all(ids.map((id) => host.createNamespace(id, namespaceDocument)))
      const answers = await Promise.all(handles.map((handle) => host.queryNamespaceProperties(handle, '{"SchemaVersion":{"Major":2}}')))
      assert.deepEqual(
        answers.map((answer) => (JSON.parse(answer) as { readonly ID: string }).ID.toLowerCase()),
        ids,
      )
    }))

  it('work while the event loop is blocked', async () => {
    const shared = 'watched'
    const id = '6d1f0000-1111-4222-8333-444455556666'
    const host = await binding.openSharedEmbeddedHost(shared, memoryHost)
    const bell = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('./support/watching-worker.js', import.meta.url), { workerData: { shared, id, bell } })
    await once(worker, 'message')

    const call = host.createNamespace(id, namespaceDocument)
    // No turn of the loop from here until the other thread has seen the namespace.
    assert.notEqual(Atomics.wait(bell, 0, 0, 15_000), 'timed-out')

    await call
    await once(worker, 'exit')
    await host.close()
  })
})

describe('the binding', () => {
  it('knows the symbol of every code by its unsigned number', () => {
    assert.equal(binding.errorSymbols['2151350273'], 'HCN_E_NETWORK_NOT_FOUND')
    assert.equal(binding.errorSymbols[String(0xa0040001)], 'ERR_NAMESPACES_UNAVAILABLE')
    assert.ok(Object.isFrozen(binding.errorSymbols))
    for (const code of Object.keys(binding.errorSymbols)) assert.ok(Number(code) >= 0x80000000, code)
  })

  it('has calls that do nothing, here and on the pool', async () => {
    assert.equal(binding.noop(), undefined)
    assert.deepEqual(await Promise.all(Array.from({ length: 1000 }, () => binding.noopAsync())), Array(1000).fill(undefined))
  })
})
