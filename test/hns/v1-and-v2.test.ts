import assert from 'node:assert/strict'
import { acl, type EventStream, type HnsEvent, HostNetworking, type Network, outboundNat } from '../../lib/index.js'
import type { HnsEndpoint, HnsNamespace, HnsNetwork, PolicyList } from '../../types/index.js'
import { rejects } from '../support/rejects.js'

/** The switch extension that captures packets. */
const CAPTURE = '430bdadd-bab0-41ab-a369-94b67fa5be0a'

const lower = (id: string | undefined) => id?.toLowerCase()

describe('one object, seen through v1 and v2', () => {
  let hns: HostNetworking
  let network: Network
  let events: EventStream

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1, profile: 'latest' })
    network = await hns.networks.create({
      name: 'pods',
      subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }],
      dns: { servers: ['10.96.0.10'], search: ['a.local', 'b.local'] },
    })
    events = hns.events()
    await events.ready
  })
  afterEach(() => hns.close())

  const get = <Output>(path: string) => hns.v1.call<Output>('GET', path)
  const post = <Output>(path: string, body: object) => hns.v1.call<Output>('POST', path, body)
  const remove = (path: string) => hns.v1.call('DELETE', path)
  /** The next `count` events, without those that announce what is about to happen. */
  const told = async (count: number): Promise<readonly { readonly kind: string; readonly id: string }[]> => {
    const list: { readonly kind: string; readonly id: string }[] = []
    while (list.length < count) {
      const event = (await events.next()).value as HnsEvent
      if ('id' in event) list.push({ kind: event.kind, id: event.id.toLowerCase() })
    }
    return list
  }

  describe('networks', () => {
    it("made in v2 have v1's members, changed in v2 show the change in v1, deleted in v1 are gone in v2", async () => {
      const shown = await get<HnsNetwork>(`/networks/${network.id}`)
      assert.deepEqual(
        [
          shown.Name,
          shown.Type,
          shown.Subnets?.[0]?.AddressPrefix,
          shown.Subnets?.[0]?.GatewayAddress,
          shown.DNSSuffix,
          shown.DNSServerList,
        ],
        ['pods', 'L2Bridge', '10.1.0.0/16', '10.1.0.1', 'a.local,b.local', '10.96.0.10'],
      )

      await network.updateDns({ servers: ['10.96.0.11'], search: ['c.local'] })
      await network.addSubnets([{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }])
      await network.addPolicies([{ kind: 'sourceMacAddress', macAddress: '00-15-5D-00-00-07' }])
      const changed = await get<HnsNetwork>(`/networks/${network.id}`)
      assert.deepEqual(
        [changed.DNSSuffix, changed.DNSServerList, changed.Subnets?.[1]?.AddressPrefix, changed.SourceMac],
        ['c.local', '10.96.0.11', '10.2.0.0/16', '00-15-5D-00-00-07'],
      )

      await remove(`/networks/${network.id}`)
      await rejects(network.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
      assert.deepEqual(await hns.networks.list(), [])
      assert.deepEqual(await told(1), [{ kind: 'networkDeleted', id: lower(network.id) }])
    })

    it('made in v1 are announced, changed and deleted in v2', async () => {
      const made = await post<HnsNetwork>('/networks', {
        Name: 'v1',
        Type: 'l2bridge',
        Subnets: [{ AddressPrefix: '10.7.0.0/16', GatewayAddress: '10.7.0.1' }],
        NetworkAdapterName: 'Ethernet 2',
      })
      const id = made.ID ?? ''
      const handle = await hns.networks.open(id)
      assert.deepEqual(handle.policies, [{ kind: 'netAdapterName', name: 'Ethernet 2' }])
      assert.equal(handle.subnets[0]?.gateway, '10.7.0.1')

      await handle.updateDns({ servers: ['10.96.0.53'] })
      assert.equal((await get<HnsNetwork>(`/networks/${id}`)).DNSServerList, '10.96.0.53')
      await post(`/networks/${id}`, { Extensions: [{ Id: CAPTURE, IsEnabled: true }] })
      await handle.query()
      assert.ok(handle.policies.some((policy) => policy.kind === 'switchExtension' && lower(policy.id) === CAPTURE && policy.enabled))

      await handle.delete()
      await rejects(get(`/networks/${id}`), 'HCN_E_NETWORK_NOT_FOUND')
      assert.deepEqual(
        await told(2),
        ['networkCreated', 'networkDeleted'].map((kind) => ({ kind, id: lower(id) })),
      )
    })
  })

  describe('endpoints and their policies', () => {
    it("made in v2 have v1's members, and a change in v2 shows in v1", async () => {
      const endpoint = await hns.endpoints.create({
        network,
        name: 'web',
        addresses: ['10.1.0.7'],
        macAddress: '00-15-5D-00-00-09',
        policies: [outboundNat({ exceptions: ['10.1.0.0/16'] })],
      })
      const path = `/endpoints/${endpoint.id}`
      const shown = await get<HnsEndpoint>(path)
      assert.deepEqual(
        [shown.Name, shown.IPAddress, shown.PrefixLength, shown.GatewayAddress, shown.MacAddress, shown.VirtualNetworkName, shown.State],
        ['web', '10.1.0.7', 16, '10.1.0.1', '00-15-5D-00-00-09', 'pods', 1],
      )
      assert.equal(lower(shown.VirtualNetwork), lower(network.id))
      assert.deepEqual(shown.Policies, [{ Type: 'OutBoundNAT', ExceptionList: ['10.1.0.0/16'] }])

      await endpoint.addPolicies([acl({ action: 'block', direction: 'in', protocol: 'tcp', localPorts: ['80'], priority: 100 })])
      const added = (await get<HnsEndpoint>(path)).Policies?.[1]
      assert.deepEqual(
        [added?.Type, added?.Action, added?.Direction, added?.Protocols, added?.LocalPorts, added?.Priority],
        ['ACL', 'Block', 'In', '6', '80', 100],
      )
      await endpoint.setPolicies([])
      assert.deepEqual((await get<HnsEndpoint>(path)).Policies ?? [], [])

      await endpoint.delete()
      await rejects(get(path), 'HCN_E_ENDPOINT_NOT_FOUND')
    })

    it('made in v1 are open to v2; a change in v1 shows in v2, and in what becomes of packets', async () => {
      const made = await post<HnsEndpoint>('/endpoints', {
        VirtualNetworkName: 'pods',
        IPAddress: '10.1.0.7',
        DNSSuffix: 'x.local',
        Policies: [{ Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 }],
      })
      const path = `/endpoints/${made.ID}`
      const endpoint = await hns.endpoints.open(made.ID ?? '')
      const client = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
      const verdict = async () => (await hns.vfp.explain(client, 'tcp 10.1.0.4:31337 > 10.1.0.7:80 S')).verdict
      assert.deepEqual([endpoint.addresses, endpoint.dns.search, endpoint.macAddress], [['10.1.0.7'], ['x.local'], made.MacAddress])
      assert.equal(endpoint.policies[0]?.kind, 'portMapping')
      assert.equal(await verdict(), 'forward')

      const wall = { Type: 'ACL', Protocol: 6, Action: 'Block', Direction: 'In', LocalPort: 80, Priority: 100, RuleType: 'Switch' }
      await post(path, { ...made, Policies: [...(made.Policies ?? []), wall] })
      await endpoint.query()
      assert.deepEqual(
        endpoint.policies.map(({ kind }) => kind),
        ['portMapping', 'acl'],
      )
      assert.equal(await verdict(), 'drop')

      // What v2 read of a v1 policy takes it away again.
      await endpoint.removePolicies(endpoint.policies.filter(({ kind }) => kind === 'acl'))
      assert.deepEqual((await get<HnsEndpoint>(path)).Policies, made.Policies)
      assert.equal(await verdict(), 'forward')

      await remove(path)
      await rejects(endpoint.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
    })

    it('go with their network, whichever API deletes it', async () => {
      const endpoint = await hns.endpoints.create({ network })
      await remove(`/networks/${network.id}`)

      await rejects(get(`/endpoints/${endpoint.id}`), 'HCN_E_ENDPOINT_NOT_FOUND')
      assert.deepEqual(await get('/endpoints'), [])
    })
  })

  describe('namespaces', () => {
    it('made in v2 hold what v1 attaches, and what v1 adds is found by v2', async () => {
      const space = await hns.namespaces.create({})
      const [first, second] = [await hns.endpoints.create({ network }), await hns.endpoints.create({ network })]
      const path = `/namespaces/${space.id}`
      assert.equal((await get<HnsNamespace>(path)).CompartmentId, space.compartmentId)

      await space.attach(first)
      assert.equal(lower((await get<HnsEndpoint>(`/endpoints/${first.id}`)).Namespace?.ID), lower(space.id))
      await post(`${path}/addresource`, { Type: 'Endpoint', Data: { Id: second.id } })
      assert.deepEqual((await space.endpoints()).map(lower).sort(), [first.id, second.id].map(lower).sort())

      await space.addContainer('web')
      assert.deepEqual((await get<HnsEndpoint>(`/endpoints/${second.id}`)).SharedContainers, ['web'])
      await post(`${path}/removeresource`, { Type: 'Endpoint', Data: { Id: second.id } })
      await space.detach(first)
      assert.deepEqual((await get<HnsNamespace>(path)).ResourceList, [{ Type: 'Container', Data: { Id: 'web' } }])

      await remove(path)
      await rejects(space.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
      assert.deepEqual(
        (await told(2)).map(({ kind }) => kind),
        ['namespaceCreated', 'namespaceDeleted'],
      )
    })

    it('made in v1 or by an attach of v1 are announced to v2, which deletes them', async () => {
      const endpoint = await hns.endpoints.create({ network })
      const made = await post<HnsNamespace>('/namespaces', {})
      await post(`/endpoints/${endpoint.id}/attach`, { ContainerId: 'web', SystemType: 'Container' })
      const [first, second] = await told(2)
      assert.deepEqual([first?.kind, first?.id, second?.kind], ['namespaceCreated', lower(made.ID), 'namespaceCreated'])

      const space = await hns.namespaces.open(second?.id ?? '')
      assert.deepEqual([await space.containers(), (await space.endpoints()).map(lower)], [['web'], [lower(endpoint.id)]])
      await space.delete()
      assert.equal((await get<HnsEndpoint>(`/endpoints/${endpoint.id}`)).Namespace, undefined)
      await rejects(post(`/endpoints/${endpoint.id}/detach`, { ContainerId: 'web' }), 'HCN_E_ENDPOINT_NOT_ATTACHED')
      await (await hns.namespaces.open(made.ID ?? '')).delete()
      await rejects(get(`/namespaces/${made.ID}`), 'ERROR_NOT_FOUND')
    })

    it('a container put into one by v2 is the one that v1 attaches more endpoints to', async () => {
      const space = await hns.namespaces.create({ containers: ['web'] })
      const endpoint = await hns.endpoints.create({ network })
      await post(`/endpoints/${endpoint.id}/attach`, { ContainerId: 'web', SystemType: 'Container' })

      assert.deepEqual((await space.endpoints()).map(lower), [lower(endpoint.id)])
      await post(`/endpoints/${endpoint.id}/detach`, { ContainerId: 'web', SystemType: 'Container' })
      assert.equal(
        (await hns.namespaces.list()).some(({ id }) => id === space.id),
        true,
      )
    })
  })

  describe('load balancers and SDN routes', () => {
    it('made and updated in v2 are policy lists of v1, which deletes them', async () => {
      const [web, api] = [await hns.endpoints.create({ network }), await hns.endpoints.create({ network })]
      const ports = [{ protocol: 'tcp', external: 80, internal: 8080, internalLoadBalancer: true }] as const
      const balancer = await hns.loadBalancers.create({ frontendVips: ['10.96.0.80'], backends: [web], ports, dsr: true })
      const path = `/policylists/${balancer.id}`
      const shown = await get<PolicyList>(path)
      const [elb] = shown.Policies ?? []
      assert.deepEqual(
        [elb?.Type, elb?.VIPs, elb?.Protocol, elb?.InternalPort, elb?.ExternalPort, elb?.ILB, elb?.IsDSR],
        ['ELB', ['10.96.0.80'], 6, 8080, 80, true, true],
      )
      assert.deepEqual(shown.References?.map(lower), [`/endpoints/${web.id}`].map(lower))

      await balancer.update({ backends: [web, api] })
      assert.equal((await get<PolicyList>(path)).References?.length, 2)
      await api.delete()
      assert.deepEqual((await get<PolicyList>(path)).References?.map(lower), [`/endpoints/${web.id}`].map(lower))

      await remove(path)
      await rejects(balancer.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
      assert.deepEqual(await get('/policylists'), [])
    })

    it('made in v1 are updated and deleted in v2, and turn packets', async () => {
      const [client, web] = [
        await hns.endpoints.create({ network, addresses: ['10.1.0.4'] }),
        await hns.endpoints.create({ network, addresses: ['10.1.0.7'] }),
      ]
      const made = await post<PolicyList>('/policylists', {
        References: [`/endpoints/${web.id}`],
        Policies: [{ Type: 'ELB', Protocol: 6, InternalPort: 8080, ExternalPort: 80, VIPs: ['10.96.0.80'], ILB: true }],
      })
      const path = `/policylists/${made.ID}`
      const balancer = await hns.loadBalancers.open(made.ID ?? '')
      const verdict = async () => (await hns.vfp.explain(client, 'tcp 10.1.0.4:31337 > 10.96.0.80:80 S')).verdict
      assert.deepEqual([balancer.frontendVips, balancer.backends.map(lower)], [['10.96.0.80'], [lower(web.id)]])
      assert.equal(await verdict(), 'forward')

      await balancer.update({ frontendVips: ['10.96.0.81'] })
      assert.deepEqual((await get<PolicyList>(path)).Policies?.[0]?.VIPs, ['10.96.0.81'])
      await balancer.delete()
      await rejects(get(path), 'ERROR_NOT_FOUND')
    })

    it('an SDN route is a ROUTE list, both ways', async () => {
      const endpoint = await hns.endpoints.create({ network })
      const route = await hns.routes.create({ endpoints: [endpoint], routes: [{ destination: '10.7.0.0/16', nextHop: '10.1.0.3' }] })
      const [policy] = (await get<PolicyList>(`/policylists/${route.id}`)).Policies ?? []
      assert.deepEqual([policy?.Type, policy?.DestinationPrefix, policy?.NextHop], ['ROUTE', '10.7.0.0/16', '10.1.0.3'])
      await route.update({ routes: [{ destination: '10.8.0.0/16', nextHop: '10.1.0.3', encapsulate: true }] })
      assert.equal((await get<PolicyList>(`/policylists/${route.id}`)).Policies?.[0]?.NeedEncap, true)
      await remove(`/policylists/${route.id}`)
      await rejects(route.query(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')

      const made = await post<PolicyList>('/policylists', {
        References: [`/endpoints/${endpoint.id}`],
        Policies: [{ Type: 'ROUTE', DestinationPrefix: '10.9.0.0/16', NextHop: '10.1.0.3' }],
      })
      const again = await hns.routes.open(made.ID ?? '')
      assert.equal(again.routes[0]?.destination, '10.9.0.0/16')
      await again.delete()
      assert.deepEqual(await get('/policylists'), [])
    })
  })
})
