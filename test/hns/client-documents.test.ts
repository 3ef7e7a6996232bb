import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { NativeHandle } from '../../lib/native/hcn-calls.js'
import type { HostComputeNamespace, HostComputeNetwork } from '../../types/index.js'
import { codeOf, WireHost } from '../support/wire-host.js'

interface Fixture {
  /** The endpoint's; default: the l2bridge of `WireHost`. */
  readonly network?: Readonly<Record<string, unknown>>
  /** Network policies that are added afterwards. */
  readonly addToNetwork?: readonly unknown[]
  readonly namespace?: Readonly<Record<string, unknown>>
  readonly endpoint?: Readonly<Record<string, unknown>>
  /** Policies that are added afterwards. */
  readonly add?: readonly unknown[]
  readonly loadBalancer?: Readonly<Record<string, unknown>>
}

const FOLDER = 'test/fixtures/clients'
const fixtures = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name.replace('.json', ''), readFileSync(`${FOLDER}/${name}`, 'utf8')] as const)

describe('documents of HCN clients', () => {
  let host: WireHost
  let network: NativeHandle
  const V2 = JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 } })
  const backends = { web: randomUUID(), api: randomUUID() }

  beforeEach(async () => {
    host = await WireHost.open()
    network = await host.network()
  })
  afterEach(() => host.close())

  const policies = async (endpoint: NativeHandle) => (await host.endpointDocument(endpoint)).Policies
  const change = (endpoint: NativeHandle, RequestType: string, Policies: readonly unknown[]) =>
    host.native.modifyEndpoint(endpoint, JSON.stringify({ ResourceType: 'Policy', RequestType, Settings: { Policies } }))

  for (const [name, text] of fixtures) {
    const { network: parent, addToNetwork = [], namespace, endpoint, add = [], loadBalancer } = JSON.parse(text) as Fixture
    const makeParent = () => (parent === undefined ? network : host.native.createNetwork(randomUUID(), JSON.stringify(parent)))

    if (parent !== undefined) {
      it(`${name}: a network is made, shown, changed, listed and deleted unharmed`, async () => {
        const before = JSON.parse(await host.native.enumerateNetworks('')) as readonly string[]
        const handle = await makeParent()
        const made = await host.networkDocument(handle)
        const wanted = parent as unknown as HostComputeNetwork

        assert.deepEqual([made.Name, made.Type, made.Flags ?? 0], [wanted.Name, wanted.Type, wanted.Flags ?? 0])
        for (const [i, subnet] of (wanted.Ipams?.[0]?.Subnets ?? []).entries()) {
          const shown = made.Ipams?.[0]?.Subnets?.[i]
          assert.deepEqual(
            [shown?.IpAddressPrefix, shown?.Routes, shown?.Policies ?? []],
            [subnet.IpAddressPrefix, subnet.Routes, subnet.Policies ?? []],
          )
        }
        if (wanted.MacPool?.Ranges !== undefined) assert.deepEqual(made.MacPool?.Ranges, wanted.MacPool.Ranges)
        assert.deepEqual(made.Dns?.ServerList ?? [], wanted.Dns?.ServerList ?? [])
        // The service adds policies of its own.
        for (const policy of wanted.Policies ?? []) assert.ok(made.Policies?.some((one) => isDeepStrictEqual(one, policy)))

        if (addToNetwork.length > 0) {
          const changeNetwork = (RequestType: string) =>
            host.native.modifyNetwork(handle, JSON.stringify({ ResourceType: 'Policy', RequestType, Settings: { Policies: addToNetwork } }))
          await changeNetwork('Add')
          assert.deepEqual((await host.networkDocument(handle)).Policies, [...(made.Policies ?? []), ...addToNetwork])
          await changeNetwork('Remove')
          assert.deepEqual((await host.networkDocument(handle)).Policies, made.Policies)
        }
        const after = JSON.parse(await host.native.enumerateNetworks('')) as readonly string[]
        assert.deepEqual([...after].sort(), [...before, made.ID].sort())
        assert.equal(await codeOf(host.native.deleteNetwork(made.ID as string)), 'OK')
        assert.deepEqual(JSON.parse(await host.native.enumerateNetworks('')), before)
      })
    }

    if (namespace !== undefined && endpoint !== undefined) {
      it(`${name}: a namespace is made, given the endpoint, found by it and deleted`, async () => {
        const space = await host.native.createNamespace(randomUUID(), JSON.stringify(namespace))
        const document = async () => JSON.parse(await host.native.queryNamespaceProperties(space, V2)) as HostComputeNamespace
        const handle = await host.native.createEndpoint(await makeParent(), randomUUID(), JSON.stringify(endpoint))
        const id = (await host.endpointDocument(handle)).ID as string
        const change = (RequestType: string) =>
          host.native.modifyNamespace(space, JSON.stringify({ ResourceType: 'Endpoint', RequestType, Settings: { EndpointId: id } }))

        await change('Add')
        assert.deepEqual((await document()).Resources, [{ Type: 'Endpoint', Data: { Id: id } }])
        assert.equal((await host.endpointDocument(handle)).HostComputeNamespace, (await document()).ID)
        await change('Remove')
        assert.deepEqual((await document()).Resources ?? [], [])
        assert.equal(await codeOf(host.native.deleteNamespace((await document()).ID as string)), 'OK')
      })
    }

    if (endpoint !== undefined) {
      it(`${name}: an endpoint is made, shown, changed, listed and deleted unharmed`, async () => {
        const handle = await host.native.createEndpoint(await makeParent(), randomUUID(), JSON.stringify(endpoint))
        const made = await host.endpointDocument(handle)
        const given = (endpoint.Policies ?? []) as readonly { readonly Type: string }[]

        // Types in their one spelling, settings as they were sent.
        assert.deepEqual(
          made.Policies ?? [],
          given.map((policy) => ({ ...policy, Type: policy.Type.replace('SDNROUTE', 'SDNRoute') })),
        )
        assert.equal(made.Name, endpoint.Name)
        if (endpoint.MacAddress !== undefined) assert.equal(made.MacAddress, endpoint.MacAddress)
        // CNI plugins read these unchecked.
        const [configuration] = made.IpConfigurations as readonly { readonly IpAddress: string; readonly PrefixLength: number }[]
        const [wanted] = (endpoint.IpConfigurations ?? [{}]) as readonly { readonly IpAddress?: string }[]
        const [subnet] = (parent as HostComputeNetwork | undefined)?.Ipams?.[0]?.Subnets ?? []
        assert.equal(configuration?.PrefixLength, Number(subnet?.IpAddressPrefix?.split('/')[1] ?? 16))
        assert.equal(configuration.IpAddress, wanted?.IpAddress ?? configuration.IpAddress)
        const isRemote = endpoint.Flags === 1
        if (!isRemote) assert.ok((made.Routes as readonly { readonly NextHop: string }[])[0]?.NextHop)
        assert.equal(made.Flags ?? 0, endpoint.Flags ?? 0)

        if (add.length > 0) {
          await change(handle, 'Add', add)
          assert.deepEqual(await policies(handle), [...((made.Policies ?? []) as readonly unknown[]), ...add])
          await change(handle, 'Remove', add)
          assert.deepEqual((await policies(handle)) ?? [], made.Policies ?? [])
        }
        assert.deepEqual(JSON.parse(await host.native.enumerateEndpoints('')), [made.ID])
        assert.equal(await codeOf(host.native.deleteEndpoint(made.ID as string)), 'OK')
        assert.equal(await host.native.enumerateEndpoints(''), '[]')
      })
    }

    if (loadBalancer !== undefined) {
      it(`${name}: a load balancer is made, shown, listed and deleted unharmed`, async () => {
        for (const id of Object.values(backends)) await host.native.createEndpoint(network, id, '{}')
        const document = JSON.parse(text.replaceAll('{web}', backends.web).replaceAll('{api}', backends.api)) as Fixture
        const wanted = document.loadBalancer as Readonly<Record<string, unknown>>

        const handle = await host.native.createLoadBalancer(randomUUID(), JSON.stringify(wanted))
        const made = JSON.parse(await host.native.queryLoadBalancerProperties(handle, V2)) as Readonly<Record<string, unknown>>

        assert.deepEqual(made.PortMappings, wanted.PortMappings)
        assert.equal(made.Flags ?? 0, wanted.Flags ?? 0)
        assert.deepEqual(made.FrontendVIPs ?? [], wanted.FrontendVIPs ?? [])
        assert.equal(made.SourceVIP ?? '', wanted.SourceVIP)
        // kube-proxy compares them with upper-cased ids.
        const ids = wanted.HostComputeEndpoints as readonly string[]
        assert.deepEqual(
          made.HostComputeEndpoints,
          ids.map((id) => id.toUpperCase()),
        )
        assert.deepEqual(JSON.parse(await host.native.enumerateLoadBalancers('')), [made.ID])
        assert.equal(await codeOf(host.native.deleteLoadBalancer(made.ID as string)), 'OK')
        assert.equal(await host.native.enumerateLoadBalancers(''), '[]')
      })
    }
  }
})
