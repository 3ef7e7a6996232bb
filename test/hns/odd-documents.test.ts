import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Endpoint, HostNetworking, type Network, unknownPolicy } from '../../lib/index.js'
import type { NativeHost } from '../../lib/native/hcn-calls.js'
import { loadBinding } from '../../lib/native/load.js'
import { HostContext } from '../../lib/objects/host-context.js'
import { rejects } from '../support/rejects.js'

describe('odd documents', () => {
  describe('through the facade', () => {
    let hns: HostNetworking
    let network: Network
    let endpoint: Endpoint

    beforeEach(async () => {
      hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
      network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
      endpoint = await hns.endpoints.create({ network })
    })
    afterEach(() => hns.close())

    const nested = (depth: number) => {
      let value: unknown = 1
      for (let i = 0; i < depth; i++) value = [value]
      return value
    }
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic

    const odd: readonly [string, () => unknown, string, RegExp][] = [
      ['of more than ten megabytes', () => 'x'.repeat(11_000_000), 'ERR_DOCUMENT_TOO_LARGE', /too large/],
      ['nested a thousand deep', () => nested(1000), 'ERR_DOCUMENT_TOO_LARGE', /nested/],
      ['nested a hundred thousand deep', () => nested(100_000), 'ERR_INVALID_ARGUMENT', /cannot be written as JSON/],
      ['that contain themselves', () => cyclic, 'ERR_INVALID_ARGUMENT', /cannot be written as JSON/],
      ['with a BigInt', () => 7n, 'ERR_INVALID_ARGUMENT', /cannot be written as JSON/],
    ]
    for (const [what, settings, code, message] of odd) {
      it(`${what} are refused, and change nothing`, async () => {
        await rejects(
          endpoint.addPolicies([unknownPolicy('L2Driver', { Settings: settings() })]),
          code as 'ERR_DOCUMENT_TOO_LARGE',
          message,
        )

        await endpoint.query()
        assert.deepEqual(endpoint.policies, [])
      })
    }

    it('with text of every kind come back as they went', async () => {
      const name = 'pöds 🚀 "quoted" \\ \u0001'
      const made = await hns.networks.create({ name, subnets: [{ prefix: '10.9.0.0/16', gateway: '10.9.0.1' }] })

      assert.equal(made.name, name)
      assert.equal((await hns.networks.find({ name }))?.id, made.id)
    })
  })

  describe('as HCN clients send them', () => {
    let native: NativeHost
    const symbols = loadBinding().errorSymbols

    beforeEach(async () => {
      native = await loadBinding().openEmbeddedHost({
        ports: 'memory',
        clock: 'system',
        flowCache: true,
        seed: 1,
        maxConnections: 1000,
        profile: '',
        helperPath: '',
        state: '',
      })
    })
    afterEach(() => native.close())

    const texts: readonly [string, string, string][] = [
      ['nothing', '', 'HCN_E_INVALID_JSON'],
      ['no JSON', '{"Name":', 'HCN_E_INVALID_JSON'],
      ['a JSON list', '[]', 'HCN_E_INVALID_JSON'],
      ['a comma too many', '{"Name":"pods",}', 'HCN_E_INVALID_JSON'],
      ['a number for a name', '{"Name":5,"Type":"L2Bridge"}', 'HCN_E_INVALID_NETWORK'],
      ['an open list of a hundred thousand', '['.repeat(100_000), 'ERR_DOCUMENT_TOO_LARGE'],
      ['objects nested a hundred thousand deep', '{"a":'.repeat(100_000), 'ERR_DOCUMENT_TOO_LARGE'],
    ]
    for (const [what, text, code] of texts) {
      it(`${what} makes no network`, async () => {
        await assert.rejects(native.createNetwork(randomUUID(), text), (failure) => {
          const error = HostContext.explain('create network', failure, symbols) as {
            code?: string
            record?: { ErrorCode?: number }
            hresult?: number
          }
          assert.equal(error.code, code)
          assert.equal(error.record?.ErrorCode, error.hresult)
          return true
        })

        assert.equal(await native.enumerateNetworks(''), '[]')
      })
    }

    it('ids that are none are refused as such', async () => {
      await assert.rejects(native.openNetwork('pods'), (failure) => {
        assert.equal((HostContext.explain('open', failure, symbols) as { code?: string }).code, 'HCN_E_GUID_CONVERSION_FAILURE')
        return true
      })
    })

    it('unknown members are ignored, and told again', async () => {
      const document = {
        Name: 'pods',
        Type: 'l2bridge',
        SchemaVersion: { Major: 2, Minor: 0 },
        Health: { Extra: {} },
        Future: { Thing: [1, null] },
      }
      const handle = await native.createNetwork(randomUUID(), JSON.stringify(document))

      const answer = JSON.parse(await native.queryNetworkProperties(handle, '{"SchemaVersion":{"Major":2,"Minor":0}}')) as Record<
        string,
        unknown
      >

      assert.equal(answer.Type, 'L2Bridge')
      assert.deepEqual(answer.Future, { Thing: [1, null] })
      await native.closeNetwork(handle)
    })

    it('bits of flags that have no name are kept, and nothing follows from them', async () => {
      // Far above the highest bit that the schema, or a client of it, has a name for.
      const LATER = 2 ** 30
      const SchemaVersion = { Major: 2, Minor: 0 }
      const [id, Endpoint] = [randomUUID(), randomUUID()]
      const Routes = [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0' }]
      const Subnets = [
        {
          IpAddressPrefix: '10.1.0.0/16',
          Routes,
          Flags: LATER,
          IpSubnets: [{ IpAddressPrefix: '10.1.0.0/16', Flags: LATER + 3 }],
        },
      ]
      const Ipams = [{ Type: 'Static', Subnets }]
      const PortMapping = { Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: LATER }
      const Policies = [{ Type: 'PortMapping', Settings: PortMapping }]
      const PortMappings = [{ Protocol: 6, InternalPort: 80, ExternalPort: 80, Flags: LATER + 8 }]
      const QUERY = JSON.stringify({ SchemaVersion })
      type Answer = Record<string, unknown>
      const network = await native.createNetwork(
        id,
        JSON.stringify({ SchemaVersion, Name: 'pods', Type: 'L2Bridge', Ipams, Flags: LATER + 8 }),
      )
      const endpoint = await native.createEndpoint(network, Endpoint, JSON.stringify({ SchemaVersion, Policies, Flags: LATER }))
      const balancer = await native.createLoadBalancer(
        randomUUID(),
        JSON.stringify({ SchemaVersion, HostComputeEndpoints: [Endpoint], FrontendVIPs: ['10.96.0.1'], PortMappings, Flags: LATER + 1 }),
      )
      const guest = await native.createGuestNetworkService(randomUUID(), JSON.stringify({ SchemaVersion, Flags: LATER }))

      const read = async (text: Promise<string>) => JSON.parse(await text) as Answer
      const networkRead = await read(native.queryNetworkProperties(network, QUERY))
      const [subnet] = (networkRead.Ipams as [{ Subnets: [{ Flags: number; IpSubnets: [{ Flags: number }] }] }])[0].Subnets
      assert.deepEqual([networkRead.Flags, subnet.Flags, subnet.IpSubnets[0].Flags], [LATER + 8, LATER, LATER + 3])
      const endpointRead = await read(native.queryEndpointProperties(endpoint, QUERY))
      assert.equal(endpointRead.Flags, LATER)
      assert.equal((endpointRead.Policies as typeof Policies)[0]?.Settings.Flags, LATER)
      const balancerRead = await read(native.queryLoadBalancerProperties(balancer, QUERY))
      assert.equal(balancerRead.Flags, LATER + 1)
      assert.equal((balancerRead.PortMappings as typeof PortMappings)[0]?.Flags, LATER + 8)
      assert.equal((await read(native.queryGuestNetworkServiceProperties(guest, QUERY))).Flags, LATER)
      // It is a local endpoint all the same, with a port.
      assert.equal((JSON.parse(await native.listPorts()) as { kind: string }[]).filter(({ kind }) => kind === 'endpoint').length, 1)
    })

    it('a filter finds by name, and nothing is success, too', async () => {
      const handle = await native.createNetwork(
        randomUUID(),
        JSON.stringify({ Name: 'pods', Type: 'L2Bridge', SchemaVersion: { Major: 2, Minor: 0 } }),
      )
      const find = (filter: string) =>
        native.enumerateNetworks(JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 }, Flags: 0, Filter: filter }))

      assert.equal((JSON.parse(await find('{"Name":"pods"}')) as unknown[]).length, 1)
      assert.equal(await find('{"Name":"other"}'), '[]')
      assert.equal((JSON.parse(await find('{}')) as unknown[]).length, 1)
      await native.closeNetwork(handle)
    })
  })
})
