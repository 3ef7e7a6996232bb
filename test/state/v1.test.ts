import assert from 'node:assert/strict'
import { HostNetworking } from '../../lib/index.js'
import type { HnsEndpoint, HnsNetwork, PolicyList } from '../../types/index.js'
import { useFolder } from './support/folder.js'
import { Member } from './support/member.js'

const NETWORK = {
  Name: 'pods',
  Type: 'L2Bridge',
  Subnets: [{ AddressPrefix: '10.1.0.0/16', GatewayAddress: '10.1.0.1' }],
  Policies: [{ Type: 'VLAN', VLAN: 7 }],
}
const MACS = { MacAddressList: [{ MacAddress: '00-15-5D-00-00-01' }, { MacAddress: '00-15-5D-00-00-02' }] }
const wall = { Type: 'ACL', Protocol: 17, Action: 'Block', Direction: 'In', Priority: 100, RuleType: 'Switch' }

describe('what HNSCall made, in a state folder', () => {
  const folder = useFolder()
  const open: HostNetworking[] = []
  const members: Member[] = []
  const openHost = async () => {
    const hns = await HostNetworking.open({ provider: 'embedded', state: folder(), profile: 'latest' })
    open.push(hns)
    return hns
  }
  const join = async () => {
    const member = await Member.start(folder(), 'latest')
    members.push(member)
    return member
  }
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.kill()))
    await Promise.all(open.splice(0).map((hns) => hns.close()))
  })

  const paths = ['/networks', '/endpoints', '/namespaces', '/policylists', '/accelnet']
  const all = (hns: HostNetworking) => Promise.all(paths.map((path) => hns.v1.call('GET', path)))
  const network = (hns: HostNetworking) => hns.v1.call<HnsNetwork>('POST', '/networks', NETWORK)
  const endpoint = (hns: HostNetworking, members: object = {}) =>
    hns.v1.call<HnsEndpoint>('POST', '/endpoints', { VirtualNetworkName: 'pods', ...members })

  it('is there again as it was, and can be taken apart', async () => {
    const first = await openHost()
    await network(first)
    const web = await endpoint(first, {
      IPAddress: '10.1.0.7',
      EncapOverhead: 50,
      Policies: [wall, { Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 }, { Type: 'Isolation', VLAN: 7 }],
    })
    for (const id of ['web', 'log'])
      await first.v1.call('POST', `/endpoints/${web.ID}/attach`, { ContainerId: id, SystemType: 'Container' })
    const References = [`/endpoints/${web.ID}`]
    await first.v1.call('POST', '/policylists', {
      References,
      Policies: [{ Type: 'ELB', Protocol: 6, InternalPort: 8080, ExternalPort: 80, VIPs: ['10.96.0.80'], ILB: true }],
    })
    await first.v1.call('POST', '/policylists', {
      References,
      Policies: [{ Type: 'ROUTE', DestinationPrefix: '10.9.0.0/16', NeedEncap: true }],
    })
    await first.v1.call('POST', '/accelnet', MACS)
    const before = await all(first)
    await first.close()

    const second = await openHost()
    assert.deepEqual(await all(second), before)
    for (const id of ['web', 'log'])
      await second.v1.call('POST', `/endpoints/${web.ID}/detach`, { ContainerId: id, SystemType: 'Container' })
    for (const { ID } of await second.v1.call<PolicyList[]>('GET', '/policylists')) await second.v1.call('DELETE', `/policylists/${ID}`)
    await second.v1.call('DELETE', '/accelnet')
    await second.close()

    const third = await openHost()
    assert.equal((await third.v1.call<unknown[]>('GET', '/namespaces')).length, 1, "the host's alone")
    assert.deepEqual(await third.v1.call('GET', '/policylists'), [])
    assert.deepEqual(await third.v1.call('GET', '/accelnet'), { MacAddressList: [] })
  })

  it('is seen, changed and taken away by another process', async () => {
    const hns = await openHost()
    const other = await join()
    await network(hns)
    const web = await endpoint(hns)
    const seen = JSON.parse(await other.ask('v1', 'GET', `/endpoints/${web.ID}`)) as HnsEndpoint
    assert.deepEqual(seen, web)

    await other.ask('v1', 'POST', '/accelnet', JSON.stringify(MACS))
    assert.deepEqual(await hns.v1.call('GET', '/accelnet'), MACS)
    await hns.v1.call('DELETE', '/accelnet')
    assert.deepEqual(JSON.parse(await other.ask('v1', 'GET', '/accelnet')), { MacAddressList: [] })

    await other.ask('v1', 'DELETE', `/endpoints/${web.ID}`)
    assert.deepEqual(await hns.v1.call('GET', '/endpoints'), [])
  })

  it('is in one compartment, whichever process attaches, and every process is told of it', async () => {
    const hns = await openHost()
    const other = await join()
    await network(hns)
    const [first, second] = [await endpoint(hns), await endpoint(hns)]
    const body = { ContainerId: 'web', SystemType: 'Container' }
    await Promise.all([
      hns.v1.call('POST', `/endpoints/${first.ID}/attach`, body),
      other.ask('v1', 'POST', `/endpoints/${second.ID}/attach`, JSON.stringify(body)),
    ])

    const [one, two] = await hns.v1.call<HnsEndpoint[]>('GET', '/endpoints')
    assert.ok(one?.Namespace)
    assert.deepEqual(one.Namespace, two?.Namespace)
    await other.hears(`namespaceCreated ${one.Namespace.ID}`)
    for (const { ID } of [first, second]) await other.ask('v1', 'POST', `/endpoints/${ID}/detach`, JSON.stringify(body))
    assert.equal((await hns.namespaces.list()).length, 1, "the host's alone")
    await other.hears(`namespaceDeleted ${one.Namespace.ID}`)
  })

  it("is in the other process's switch: policies that v1 replaces stop packets there", async () => {
    const hns = await openHost()
    const other = await join()
    await network(hns)
    const from = await endpoint(hns, { IPAddress: '10.1.0.4' })
    const to = await endpoint(hns, { IPAddress: '10.1.0.7' })
    const caughtUp = async () => {
      const marker = await hns.namespaces.create({})
      await other.hears(`namespaceCreated ${marker.id}`)
    }
    const verdict = () => other.ask('explain', from.ID ?? '', 'udp 10.1.0.4:1 > 10.1.0.7:2')
    await caughtUp()
    assert.equal(await verdict(), 'forward')

    await hns.v1.call('POST', `/endpoints/${to.ID}`, { ...to, Policies: [wall] })
    await caughtUp()
    assert.equal(await verdict(), 'drop')
  })
})
