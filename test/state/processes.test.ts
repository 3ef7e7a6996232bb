import assert from 'node:assert/strict'
import { HcnError, HostNetworking } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'
import { useFolder } from './support/folder.js'
import { Member } from './support/member.js'

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]

describe('processes that name one state folder', () => {
  const folder = useFolder()
  const members: Member[] = []
  const join = async () => {
    const member = await Member.start(folder())
    members.push(member)
    return member
  }
  let hns: HostNetworking
  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', state: folder() })
  })
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.kill()))
    await hns.close()
  })

  it('have the same objects', async () => {
    const other = await join()
    const network = await other.ask('createNetwork', 'pods')
    const endpoint = await other.ask('createEndpoint', network, '10.1.0.7')

    const seen = await hns.endpoints.open(endpoint)
    assert.deepEqual([seen.addresses, (await hns.networks.open(network)).name], [['10.1.0.7'], 'pods'])
    await assert.rejects(other.ask('createEndpoint', network, '10.1.0.7'), /ERROR_OBJECT_ALREADY_EXISTS/)
    await rejects(hns.endpoints.create({ network, addresses: ['10.1.0.7'] }), 'ERROR_OBJECT_ALREADY_EXISTS')
  })

  it("hear of each other's changes", async () => {
    const other = await join()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })

    await other.hears(`networkCreated ${network.id}`)
    await network.delete()
    await other.hears(`networkDeleted ${network.id}`)
  })

  it("hear of each other's guest network services: that they come, their states one by one, and that they go", async () => {
    const other = await join()
    const guest = await hns.guestNetworkServices.create({ name: 'wsl' })
    await other.hears(`guestNetworkServiceCreated ${guest.id}`)
    await other.ask('watchGuest', guest.id)

    for (const state of ['Bootstrapping', 'Paused', 'Synchronized'] as const) await guest.setState(state)
    await other.hears('guest Synchronized')
    assert.deepEqual(
      other.told.filter((event) => event.startsWith('guest ')),
      ['guest Bootstrapping', 'guest Paused', 'guest Synchronized'],
    )
    await other.ask('setGuestState', guest.id, 'Degraded')
    await guest.query()
    assert.equal(guest.state, 'Degraded')
    await guest.delete()
    await other.hears(`guestNetworkServiceDeleted ${guest.id}`)
  })

  it('give up the ports of a guest network service that another process deleted', async () => {
    const other = await join()
    const guest = await hns.guestNetworkServices.create({ name: 'wsl' })
    await guest.reservePort({ port: 8080 })
    const events = hns.events()
    await events.ready
    await other.ask('deleteGuest', guest.id)

    assert.deepEqual((await events.next()).value, { kind: 'guestNetworkServiceDeleted', id: guest.id })
    assert.deepEqual(await hns.guestNetworkServices.portReservations(), [])
  })

  it("carry packets to each other's endpoints by their own switch", async () => {
    const other = await join()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const [from] = await Promise.all(['10.1.0.4', '10.1.0.7'].map((address) => hns.endpoints.create({ network, addresses: [address] })))
    // Told when all before is programmed.
    const marker = await hns.namespaces.create({})
    await other.hears(`namespaceCreated ${marker.id}`)

    assert.equal(await other.ask('explain', from?.id ?? '', 'udp 10.1.0.4:1 > 10.1.0.7:2'), 'forward')
  })

  it('see by the code that an object behind a handle was deleted elsewhere', async () => {
    const other = await join()
    const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
    const endpoint = await hns.endpoints.create({ network })
    await other.ask('deleteEndpoint', endpoint.id)

    await rejects(endpoint.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
  })

  it('may all write at once', async () => {
    const others = await Promise.all([join(), join(), join()])
    const many = async () => {
      for (let i = 0; i < 20; ++i) await hns.networks.create({ name: `d-${i}`, subnets: SUBNETS })
    }
    await Promise.all([many(), ...others.map((other, i) => other.ask('createMany', '20', 'abc'[i] ?? ''))])

    const names = (await hns.networks.list()).map(({ name }) => name)
    assert.equal(new Set(names).size, 80)
  })

  it('go on when one of them is killed while it writes', async () => {
    const other = await join()
    const writing = other.ask('createMany', '100000', 'a')
    writing.catch(() => undefined)
    while ((await hns.networks.list()).length < 5) await hns.networks.create({ name: crypto.randomUUID(), subnets: SUBNETS })
    await other.kill()

    const network = await hns.networks.create({ name: 'after', subnets: SUBNETS })
    assert.ok(!HcnError.is(network))
    const late = await join()
    assert.match(await late.ask('createEndpoint', network.id, '10.1.0.7'), /-/)
  })
})
