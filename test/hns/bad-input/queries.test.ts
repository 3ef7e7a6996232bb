import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { codeOf, WireHost } from '../../support/wire-host.js'

const WRONG = 'ERROR_INVALID_PARAMETER'
const NO_JSON = 'HCN_E_INVALID_JSON'
const TOO_LARGE = 'ERR_DOCUMENT_TOO_LARGE'

describe('bad input in texts', () => {
  let host: WireHost
  let network: NativeHandle
  let endpoint: NativeHandle
  let namespace: NativeHandle
  let guest: NativeHandle

  before(async () => {
    host = await WireHost.open('latest')
    network = await host.network()
    endpoint = await host.native.createEndpoint(network, randomUUID(), '{}')
    namespace = await host.native.createNamespace(randomUUID(), '{}')
    guest = await host.native.createGuestNetworkService(randomUUID(), '{}')
  })
  after(() => host.close())

  const filter = (equalities: unknown) => JSON.stringify({ Filter: equalities })
  // What is no filter of HCN's matches nothing; only what cannot be read is refused.
  const queries: readonly [string, string, string][] = [
    ['that is no JSON', 'x', NO_JSON],
    ['that is cut off', '{', NO_JSON],
    ['that is a list', '[]', NO_JSON],
    ['that is a number', '5', NO_JSON],
    ['that is null', 'null', NO_JSON],
    ['that is a text', '""', NO_JSON],
    ['with half a surrogate pair', '\ud800', NO_JSON],
    ['nested a hundred deep', `${'['.repeat(100)}${']'.repeat(100)}`, TOO_LARGE],
    ['of five million characters', `{"Filter":"${'x'.repeat(5_000_000)}"}`, TOO_LARGE],
    ['with a schema version that is a number', '{"SchemaVersion":2}', WRONG],
    ['with a major version that is a text', '{"SchemaVersion":{"Major":"2"}}', WRONG],
    ['with a major version below zero', '{"SchemaVersion":{"Major":-1}}', WRONG],
    ['with a major version 3', '{"SchemaVersion":{"Major":3}}', WRONG],
    ['with a flag of an unknown name', '{"Flags":"Fast"}', WRONG],
    ['with flags below zero', '{"Flags":-1}', WRONG],
    ['with a filter that is a number', filter(5), WRONG],
    ['with a filter that is a list', filter([]), WRONG],
    ['with a filter that is a list, as text', filter('[]'), WRONG],
    ['with a filter that is no JSON', filter('x'), NO_JSON],
    ['with a filter that is cut off', filter('{"Name":'), NO_JSON],
  ]
  for (const [what, text, code] of queries) {
    it(`a query ${what} is ${code}, whoever is asked`, async () => {
      const { native } = host
      const answers = [
        native.enumerateNetworks(text),
        native.enumerateEndpoints(text),
        native.enumerateNamespaces(text),
        native.enumerateLoadBalancers(text),
        native.enumerateSdnRoutes(text),
        native.enumerateGuestNetworkServices(text),
        native.queryNetworkProperties(network, text),
        native.queryEndpointProperties(endpoint, text),
        native.queryEndpointStats(endpoint, text),
        native.queryEndpointAddresses(endpoint, text),
        native.queryNamespaceProperties(namespace, text),
        native.queryGuestNetworkServiceProperties(guest, text),
      ]
      for (const answer of answers) assert.equal(await codeOf(answer), code)
    })
  }

  const harmless: readonly [string, string][] = [
    ['a property nobody knows', filter('{"Colour":"red"}')],
    ['an id that is no GUID', filter('{"ID":"web"}')],
    ['an empty id', filter('{"ID":""}')],
    ['a name that is a list', filter('{"Name":[]}')],
    ['a name in another case', filter('{"Name":"PODS"}')],
    ['an address', filter('{"IPAddress":"10.1.0.4"}')],
  ]
  for (const [what, text] of harmless) {
    it(`a filter for ${what} matches nothing`, async () => {
      assert.equal(await host.native.enumerateNetworks(text), '[]')
      assert.equal(await host.native.enumerateEndpoints(text), '[]')
    })
  }

  const documents: readonly [string, string, string][] = [
    ['that is empty', '', NO_JSON],
    ['of spaces', '  ', NO_JSON],
    ['that is no JSON', 'x', NO_JSON],
    ['that is cut off', '{"Name":"a"', NO_JSON],
    ['with more behind it', '{"Name":"a"}x', NO_JSON],
    ['that is a list', '[]', NO_JSON],
    ['that is a number', '5', NO_JSON],
    ['that is null', 'null', NO_JSON],
    ['with a number beyond all bounds', '{"Name":1e999}', NO_JSON],
    ['with half a surrogate pair', '{"Name":"\ud800"}', NO_JSON],
    ['nested a hundred deep', `{"Name":${'['.repeat(100)}${']'.repeat(100)}}`, TOO_LARGE],
    ['of five million characters', `{"Name":"${'x'.repeat(5_000_000)}"}`, TOO_LARGE],
  ]
  for (const [what, text, code] of documents) {
    it(`a document ${what} is ${code}, whatever is made or changed`, async () => {
      const { native } = host
      const id = randomUUID()
      const answers = [
        native.createNetwork(id, text),
        native.createEndpoint(network, id, text),
        native.createNamespace(id, text),
        native.createLoadBalancer(id, text),
        native.createSdnRoute(id, text),
        native.createGuestNetworkService(id, text),
        native.modifyNetwork(network, text),
        native.modifyEndpoint(endpoint, text),
        native.modifyNamespace(namespace, text),
        native.modifyGuestNetworkService(guest, text),
      ]
      for (const answer of answers) assert.equal(await codeOf(answer), code)
    })
  }
})
