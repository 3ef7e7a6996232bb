import assert from 'node:assert/strict'
import { type HnsEvent, HostNetworking } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]

describe('events', () => {
  let hns: HostNetworking

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
  })
  afterEach(() => hns.close())

  /** The next `count` events that have a form of their own. */
  async function next(stream: AsyncIterable<HnsEvent>, count: number): Promise<readonly HnsEvent[]> {
    const events: HnsEvent[] = []
    for await (const event of stream) {
      if (event.kind !== 'other') events.push(event)
      if (events.length === count) break
    }
    return events
  }

  it('tell of networks and namespaces, in the order in which they come and go', async () => {
    const stream = hns.events()
    await stream.ready
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const namespace = await hns.namespaces.create()
    await namespace.delete()
    await network.delete()

    const events = await next(stream, 4)

    assert.deepEqual(
      events.map((event) => ({ kind: event.kind, id: 'id' in event ? event.id.toLowerCase() : '' })),
      [
        { kind: 'networkCreated', id: network.id.toLowerCase() },
        { kind: 'namespaceCreated', id: namespace.id.toLowerCase() },
        { kind: 'namespaceDeleted', id: namespace.id.toLowerCase() },
        { kind: 'networkDeleted', id: network.id.toLowerCase() },
      ],
    )
  })

  it('wake whoever is waiting for one', async () => {
    const stream = hns.events()
    await stream.ready
    const waiting = next(stream, 1)

    await hns.namespaces.create()

    assert.deepEqual(
      (await waiting).map(({ kind }) => kind),
      ['namespaceCreated'],
    )
  })

  it('end with the host, which says that it is gone', async () => {
    const stream = hns.events()
    await stream.ready
    await hns.namespaces.create()

    await hns.close()

    const kinds: string[] = []
    for await (const event of stream) kinds.push(event.kind)
    assert.deepEqual(kinds, ['namespaceCreated', 'serviceDisconnected'])
  })

  it('end for a loop that is waiting while the host closes', async () => {
    const stream = hns.events()
    await stream.ready
    const reading = next(stream, 2)

    await hns.close()

    assert.deepEqual(await reading, [{ kind: 'serviceDisconnected' }])
  })

  it("reject with the signal's reason", async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const stream = hns.events({ signal: controller.signal })
    await stream.ready
    const reading = next(stream, 1)

    controller.abort(reason)

    await assert.rejects(reading, reason)
    assert.deepEqual(await stream.next(), { done: true, value: undefined })
  })

  it('say how many a slow reader lost, and none silently', async () => {
    const stream = hns.events({ bufferSize: 3 })
    await stream.ready
    for (let i = 0; i < 5; i++) await hns.namespaces.create()
    // Delivered in order, so this one tells that the others have come.
    const marker = hns.events()
    await marker.ready
    await hns.namespaces.create()
    await next(marker, 1)

    const events = [await stream.next(), await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value)

    assert.deepEqual(
      events.slice(0, 3).map((event) => event?.kind),
      ['namespaceCreated', 'namespaceCreated', 'namespaceCreated'],
    )
    assert.deepEqual(events[3], { kind: 'lost', count: 3 })
    await hns.namespaces.create()
    assert.equal((await stream.next()).value?.kind, 'namespaceCreated')
    await stream.return()
  })

  it('go to every stream', async () => {
    const streams = [hns.events(), hns.events()]
    await Promise.all(streams.map(({ ready }) => ready))

    await hns.namespaces.create()

    const first = await Promise.all(streams.map((stream) => next(stream, 1)))
    assert.deepEqual(first[0], first[1])
  })

  it('stop at break: the stream is over, and the service tells it no more', async () => {
    const stream = hns.events()
    await stream.ready
    await hns.namespaces.create()
    await next(stream, 1)

    await hns.namespaces.create()

    assert.deepEqual(await stream.next(), { done: true, value: undefined })
  })

  it('cannot be asked for of a closed host, or with no buffer', async () => {
    assert.throws(() => hns.events({ bufferSize: 0 }), /bufferSize is `0`/)
    await hns.close()
    await rejects(async () => hns.events(), 'ERR_HOST_CLOSED')
  })
})
