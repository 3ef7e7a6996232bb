import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { type Fault, HostNetworking, type ObjectChange, qos, type WatchedKind } from '../../lib/index.js'
import { ObjectWatch } from '../../lib/watch/object-watch.js'
import { rejects } from '../support/rejects.js'

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]
const EXCEPT_NAMESPACES = ['network', 'endpoint', 'loadBalancer', 'sdnRoute', 'guestNetworkService'] as const

describe('a watch', () => {
  let hns: HostNetworking

  /** A host whose time, and so whose watches' interval, is turned by hand. */
  async function open(...faults: readonly Fault[]): Promise<void> {
    await hns?.close()
    hns = await HostNetworking.open({ provider: 'embedded', profile: 'latest', clock: 'manual', seed: 1, faults })
  }
  beforeEach(() => open())
  afterEach(() => hns.close())

  const told = ({ type, kind, object }: ObjectChange<WatchedKind>) => `${type} ${kind} ${object.name}`

  /** Everything it has to tell after a look: up to a network that comes last. */
  async function look(watch: ObjectWatch<WatchedKind>): Promise<readonly string[]> {
    await watch.refresh()
    const last = await hns.networks.create({ name: 'last', subnets: SUBNETS })
    await watch.refresh()
    const changes: string[] = []
    for (let change = await next(watch); change !== 'added network last'; change = await next(watch)) changes.push(change)
    await last.delete()
    await watch.refresh()
    assert.equal(await next(watch), 'removed network last')
    return changes
  }

  async function next(watch: ObjectWatch<WatchedKind>): Promise<string> {
    const { value } = await watch.next()
    assert.ok(value !== undefined, 'it has ended')
    return told(value)
  }

  it('begins with what is there', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    await hns.endpoints.create({ network, name: 'web' })

    await using watch = hns.watch({ kinds: ['endpoint', 'network'] })
    await watch.ready

    assert.deepEqual([await next(watch), await next(watch)], ['added network pods', 'added endpoint web'])
  })

  it('tells of every kind as it comes, changes and goes, also where HCN has no notification', async () => {
    await using watch = hns.watch({ kinds: EXCEPT_NAMESPACES, interval: 0 })
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const web = await hns.endpoints.create({ network, name: 'web' })
    const service = await hns.loadBalancers.create({ name: 'svc', frontendVips: ['10.96.0.1'], backends: [web], ports: [tcp(80)] })
    const route = await hns.routes.create({ name: 'east', endpoints: [web], routes: [{ destination: '10.2.0.0/16' }] })
    const guest = await hns.guestNetworkServices.create({ name: 'vm' })
    const objects = ['network pods', 'endpoint web', 'loadBalancer svc', 'sdnRoute east', 'guestNetworkService vm']
    assert.deepEqual(
      await look(watch),
      objects.map((object) => `added ${object}`),
    )

    await network.updateDns({ servers: ['10.96.0.10'] })
    await web.addPolicies([qos({ maximumOutgoingBandwidth: 1000 })])
    await service.update({ ports: [tcp(81)] })
    await route.update({ routes: [{ destination: '10.3.0.0/16' }] })
    await guest.setState('Synchronized')
    assert.deepEqual(
      await look(watch),
      objects.map((object) => `changed ${object}`),
    )

    for (const object of [guest, route, service, web, network]) await object.delete()
    assert.deepEqual(await look(watch), objects.map((object) => `removed ${object}`).reverse())
  })

  it('tells of pods as of one object: of their containers, and of whatever is gone of them', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const other = await hns.networks.create({ name: 'others', subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }] })
    await hns.endpoints.create({ network, name: 'no pod' })
    await hns.pods.create({ name: 'elsewhere', network: other })
    const web = await hns.pods.create({ name: 'web', network })
    await using watch = hns.watch({ kinds: ['pod'], network, interval: 0 })
    await watch.ready
    const { value } = await watch.next()
    assert.ok(value?.type === 'added')
    assert.deepEqual([value.object.name, value.object.addresses], ['web', web.addresses])

    await value.object.addContainer('nginx')
    await watch.refresh()
    assert.equal(await next(watch), 'changed pod web')
    await web.endpoint.addPolicies([qos({ maximumOutgoingBandwidth: 1000 })])
    await watch.refresh()
    assert.equal(await next(watch), 'changed pod web')
    await web.namespace.delete()
    await watch.refresh()
    assert.equal(await next(watch), 'removed pod web')
    await hns.close()
    assert.equal((await watch.next()).done, true)
  })

  it('gives a handle that tells the object as it was found, and works', async () => {
    await using watch = hns.watch({ kinds: ['namespace'] })
    await hns.namespaces.create({ name: 'sandbox', containers: ['nginx'] })

    for await (const { object } of watch) {
      if (object.type === 'HostDefault') continue
      assert.equal(object.name, 'sandbox')
      assert.deepEqual(await object.containers(), ['nginx'])
      break
    }
  })

  it('tells a slow reader once of what changed often, and nothing of what came and went', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const web = await hns.endpoints.create({ network, name: 'web' })
    await using watch = hns.watch({ kinds: ['endpoint', 'network'], interval: 0 })
    await look(watch)

    for (const maximumOutgoingBandwidth of [1000, 2000, 3000]) {
      await web.setPolicies([qos({ maximumOutgoingBandwidth })])
      const passing = await hns.endpoints.create({ network, name: 'passing' })
      await watch.refresh()
      await passing.delete()
    }

    await watch.refresh()
    const { value } = await watch.next()
    assert.ok(value?.type === 'changed' && value.kind === 'endpoint')
    assert.deepEqual(value.object.policies, [qos({ maximumOutgoingBandwidth: 3000 })])
    assert.deepEqual(await look(watch), [])
  })

  it('wakes whoever waits, when the service notifies of something', async () => {
    await using watch = hns.watch({ kinds: ['network'], interval: 0 })
    await watch.ready
    const waiting = next(watch)

    await hns.networks.create({ name: 'pods', subnets: SUBNETS })

    assert.equal(await waiting, 'added network pods')
  })

  it('looks when its interval is over, and not before, by the clock of the host', async () => {
    let looks = 0
    const list = async () => {
      looks++
      return []
    }
    const lists = new Map([['endpoint', { list, fromText: JSON.parse }]] as const)
    await using watch = new ObjectWatch({ lists, listen: () => hns.events(), intervalMs: 60_000, hasTimer: false }, undefined, () => {})
    await watch.ready
    watch.clockTurned(59_999)
    await setImmediate()
    assert.equal(looks, 1)

    watch.clockTurned(1)
    await setImmediate()

    assert.equal(looks, 2)
  })

  it('has its interval turned with the clock of the host', async () => {
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    await using watch = hns.watch({ kinds: ['endpoint'] })
    await watch.ready
    const waiting = next(watch)
    await hns.endpoints.create({ network, name: 'web' })

    await hns.advanceClock({ seconds: 1 })

    assert.equal(await waiting, 'added endpoint web')
  })

  it("goes by the system's clock where the host does", async () => {
    await using other = await HostNetworking.open({ provider: 'embedded' })
    const network = await other.networks.create({ name: 'pods', subnets: SUBNETS })
    await using watch = other.watch({ kinds: ['endpoint'], interval: 1 })
    await watch.ready
    const waiting = next(watch)

    await other.endpoints.create({ network, name: 'web' })

    assert.equal(await waiting, 'added endpoint web')
  })

  it('has the host choose by name, and endpoints by their network', async () => {
    const [pods, others] = [
      await hns.networks.create({ name: 'pods', subnets: SUBNETS }),
      await hns.networks.create({ name: 'others', subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }] }),
    ]
    for (const network of [pods, others]) for (const name of ['web', 'client']) await hns.endpoints.create({ network, name })

    await using watch = hns.watch({ kinds: ['endpoint'], network: others, name: 'web' })
    await watch.ready
    const { value } = await watch.next()

    assert.equal(value?.object.networkId.toLowerCase(), others.id.toLowerCase())
    assert.equal(value?.object.name, 'web')
    await hns.close()
    assert.equal((await watch.next()).done, true)
  })

  it('takes nothing for removed while the service restarts, and goes on when it is back', async () => {
    await open({ call: 'deleteNamespace', nth: 1, fault: 'restart', lasting: { seconds: 5 } })
    await hns.networks.create({ name: 'kept', subnets: SUBNETS })
    await hns.networks.create({ name: 'going', subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }], flags: ['EnableNonPersistent'] })
    const namespace = await hns.namespaces.create()
    await using watch = hns.watch({ kinds: ['network'] })
    await look(watch)
    const waiting = next(watch)

    await rejects(namespace.delete(), 'RPC_S_SERVER_UNAVAILABLE')
    await rejects(watch.refresh(), 'RPC_S_SERVER_UNAVAILABLE')
    await hns.advanceClock({ seconds: 5 })
    await watch.refresh()

    assert.equal(await waiting, 'removed network going')
    const again = next(watch)
    await hns.networks.create({ name: 'later', subnets: [{ prefix: '10.3.0.0/16', gateway: '10.3.0.1' }] })
    assert.equal(await again, 'added network later')
  })

  it('ends with an error of listing that waiting does not mend', async () => {
    await open({ call: 'enumerateEndpoints', fault: 'fail', code: 'ERROR_ACCESS_DENIED' })
    const watch = hns.watch({ kinds: ['endpoint'] })

    await rejects(watch.ready, 'ERROR_ACCESS_DENIED')
    await rejects(watch.next(), 'ERROR_ACCESS_DENIED')
    assert.equal((await watch.next()).done, true)
  })

  it('ends with its signal, with `break`, and with the host, after what was seen has been read', async () => {
    const stop = new AbortController()
    const aborted = hns.watch({ signal: stop.signal })
    await aborted.ready
    await aborted.next()
    const waiting = aborted.next()
    stop.abort(new Error('no longer needed'))
    await assert.rejects(waiting, /no longer needed/)
    assert.throws(() => hns.watch({ signal: stop.signal }), /no longer needed/)

    const left = hns.watch()
    for await (const change of left) {
      assert.equal(told(change), 'added namespace ')
      break
    }
    assert.equal((await left.next()).done, true)
    await left.refresh()

    const closed = hns.watch()
    await closed.ready
    await hns.close()
    assert.equal(await next(closed), 'added namespace ')
    assert.equal((await closed.next()).done, true)
    await rejects(async () => hns.watch(), 'ERR_HOST_CLOSED')
  })

  it('refuses options that it cannot do, and says which would do', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ kind: ['endpoint'] }, /watch\.kind is .*: no such member; known are kinds, name, network, interval, signal/],
      [{ kinds: ['container'] }, /watch\.kinds\[0\] is `container`: one of 'network', /],
      [{ kinds: [] }, /watch\.kinds is `\[\]`: at least one/],
      [{ interval: -1 }, /watch\.interval is `-1`/],
      [{ name: 7 }, /watch\.name is `7`/],
      [{ network: '10.1.0.0/16', kinds: ['endpoint'] }, /watch\.network is .*hns\.networks\.get/],
      [{ network: '01234567-89ab-cdef-0123-456789abcdef' }, /it goes with kinds: \['endpoint'\]/],
    ]
    for (const [options, message] of wrong) assert.throws(() => hns.watch(options), { code: 'ERR_INVALID_ARGUMENT', message })
  })
})

function tcp(external: number) {
  return { protocol: 'tcp', external, internal: 8080 } as const
}
