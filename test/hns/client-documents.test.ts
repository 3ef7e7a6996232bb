import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { NativeHandle } from '../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../support/wire-host.js'

interface Fixture {
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
    const { endpoint, add = [], loadBalancer } = JSON.parse(text) as Fixture

    if (endpoint !== undefined) {
      it(`${name}: an endpoint is made, shown, changed, listed and deleted unharmed`, async () => {
        const handle = await host.native.createEndpoint(network, randomUUID(), JSON.stringify(endpoint))
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
        assert.equal(configuration?.PrefixLength, 16)
        assert.equal(configuration.IpAddress, wanted?.IpAddress ?? configuration.IpAddress)
        assert.ok((made.Routes as readonly { readonly NextHop: string }[])[0]?.NextHop)

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
