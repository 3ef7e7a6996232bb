import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { HnsEndpoint, HnsNetwork, PolicyList, V1Attachment, V1Envelope, V1Method } from '../../types/index.js'
import { WireHost } from '../support/wire-host.js'

interface Fixture {
  readonly network: HnsNetwork
  readonly endpoint: HnsEndpoint
  /** Policies that replace the endpoint's, by its whole document. */
  readonly update?: readonly unknown[]
  /** Attached one after the other, and detached again. */
  readonly attach?: readonly V1Attachment[]
  readonly policyLists?: readonly PolicyList[]
}

const FOLDER = 'test/fixtures/v1'
const fixtures = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name.replace('.json', ''), readFileSync(`${FOLDER}/${name}`, 'utf8')] as const)

const fixture = (text: string, ids: Readonly<Record<string, string>> = {}) =>
  JSON.parse(text.replaceAll(/\{(network|endpoint)\}/g, (whole, name: string) => ids[name] ?? whole)) as Fixture

/** `{}` where PowerShell made it of an array with one element. */
const listed = (value: unknown): unknown => (value === undefined || Array.isArray(value) ? value : [value])

/** Every member of `wanted` is in `shown`, as it went in; the service may say more. */
function contains(shown: unknown, wanted: unknown, path: string): void {
  if (Array.isArray(shown) || Array.isArray(wanted)) {
    const list = listed(shown) as readonly unknown[]
    const all = listed(wanted) as readonly unknown[]
    assert.equal(list?.length, all.length, `${path} has so many`)
    for (const [i, item] of all.entries()) contains(list[i], item, `${path}[${i}]`)
  } else if (typeof wanted === 'object' && wanted !== null) {
    for (const [name, value] of Object.entries(wanted)) {
      contains((shown as Readonly<Record<string, unknown>> | undefined)?.[name], value, `${path}.${name}`)
    }
  } else if (typeof wanted === 'string' && /(^ID|VirtualNetwork|\.Type|References\[\d\])$/.test(path)) {
    assert.equal(String(shown).toLowerCase(), wanted.toLowerCase(), path)
  } else {
    assert.deepEqual(shown, wanted, path)
  }
}

describe('v1 documents of HNS clients', () => {
  let host: WireHost

  beforeEach(async () => {
    host = await WireHost.open('latest')
  })
  afterEach(() => host.close())

  async function call<Output>(method: V1Method, path: string, body?: object): Promise<Output> {
    const text = await host.native.hnsCall(method, path, body === undefined ? '' : JSON.stringify(body))
    const envelope = JSON.parse(text) as V1Envelope<Output>
    assert.ok(envelope.Success, `${method} ${path}: ${text}`)
    return envelope.Output as Output
  }

  for (const [name, text] of fixtures) {
    it(`${name}: a network is made, shown, listed and deleted unharmed`, async () => {
      const { network } = fixture(text)
      const made = await call<HnsNetwork>('POST', '/networks/', network)

      contains(made, network, 'network')
      assert.ok(made.Subnets?.[0]?.AddressPrefix, 'CNI plugins read it unchecked')
      assert.deepEqual(await call('GET', `/networks/${made.ID}`), made)
      assert.deepEqual(await call('GET', '/networks/'), [made])
      await call('DELETE', `/networks/${made.ID}`)
      assert.deepEqual(await call('GET', '/networks/'), [])
    })

    it(`${name}: an endpoint is made, shown, changed, listed and deleted unharmed`, async () => {
      const { ID: network = '' } = await call<HnsNetwork>('POST', '/networks/', fixture(text).network)
      const { endpoint, update } = fixture(text, { network })
      const made = await call<HnsEndpoint>('POST', '/endpoints/', endpoint)
      const path = `/endpoints/${made.ID}`

      contains(made, endpoint, 'endpoint')
      if (endpoint.IsRemoteEndpoint !== true) assert.ok(made.GatewayAddress, 'CNI plugins read it unchecked')
      assert.deepEqual(await call('GET', path), made)
      assert.deepEqual(await call('GET', '/endpoints/'), [made])
      // Clients send back what they read, whole; HNS lets nobody change a remote endpoint.
      if (endpoint.IsRemoteEndpoint !== true) contains(await call('POST', path, made), endpoint, 'endpoint')
      if (update !== undefined) {
        const changed = await call<HnsEndpoint>('POST', path, { ...made, Policies: update })
        contains(changed, { ...endpoint, Policies: update }, 'endpoint')
        assert.deepEqual(await call('GET', path), changed)
      }
      await call('DELETE', path)
      assert.deepEqual(await call('GET', '/endpoints/'), [])
    })

    it(`${name}: HcnCreateNetwork and HcnCreateEndpoint take the documents, too, and a query without schema gives them back`, async () => {
      const { network } = fixture(text)
      const id = network.ID ?? randomUUID()
      const handle = await host.native.createNetwork(id, JSON.stringify(network))
      const { endpoint } = fixture(text, { network: id })
      const child = await host.native.createEndpoint(handle, randomUUID(), JSON.stringify(endpoint))

      contains(JSON.parse(await host.native.queryNetworkProperties(handle, '')), network, 'network')
      contains(JSON.parse(await host.native.queryEndpointProperties(child, '')), endpoint, 'endpoint')
    })

    const { attach = [], policyLists = [] } = fixture(text)

    if (attach.length > 0) {
      it(`${name}: an endpoint is attached, shared and detached, and is as it was`, async () => {
        const { ID: network = '' } = await call<HnsNetwork>('POST', '/networks/', fixture(text).network)
        const made = await call<HnsEndpoint>('POST', '/endpoints/', fixture(text, { network }).endpoint)
        const path = `/endpoints/${made.ID}`
        const containers = attach.flatMap(({ ContainerId = '' }) => (ContainerId === '' ? [] : [ContainerId]))

        for (const body of attach) assert.equal(await call('POST', `${path}/attach`, body), undefined)
        const attached = await call<HnsEndpoint>('GET', path)
        assert.deepEqual(attached.SharedContainers ?? [], containers)
        assert.equal(attached.State, attach.length > 1 ? 3 : 2)
        assert.match(attached.Namespace?.ID ?? '', /-/)
        contains(attached, fixture(text, { network }).endpoint, 'endpoint')

        for (const body of attach) assert.equal(await call('POST', `${path}/detach`, body), undefined)
        const { State: state, ...detached } = await call<HnsEndpoint>('GET', path)
        assert.equal(detached.Namespace, undefined)
        assert.deepEqual(detached.SharedContainers ?? [], [])
        assert.ok(state === 1 || state === 4)
        contains(detached, fixture(text, { network }).endpoint, 'endpoint')
        assert.equal((await call<unknown[]>('GET', '/namespaces/')).length, 1, "the host's namespace alone")
      })
    }

    for (const [i, { Policies: policies = [] }] of policyLists.entries()) {
      const [{ Type: type } = { Type: '' }] = policies
      it(`${name}: ${type} list ${i + 1} is made, shown, listed and deleted unharmed`, async () => {
        const { ID: network = '' } = await call<HnsNetwork>('POST', '/networks/', fixture(text).network)
        const { ID: endpoint = '' } = await call<HnsEndpoint>('POST', '/endpoints/', fixture(text, { network }).endpoint)
        const wanted = fixture(text, { network, endpoint }).policyLists?.[i] as PolicyList
        const made = await call<PolicyList>('POST', '/policylists/', wanted)

        contains(made, wanted, 'list')
        assert.deepEqual(await call('GET', `/policylists/${made.ID}`), made)
        assert.deepEqual(await call('GET', '/policylists/'), [made])
        await call('DELETE', `/policylists/${made.ID}`)
        assert.deepEqual(await call('GET', '/policylists/'), [])
      })
    }
  }
})
