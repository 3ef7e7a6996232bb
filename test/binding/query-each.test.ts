import assert from 'node:assert/strict'
import type { NativeFailure, NativeHost } from '../../lib/native/hcn-calls.js'
import {
  binding,
  endpointDocument,
  memoryHost,
  NO_ID,
  namespaceDocument,
  networkDocument,
  symbolOf,
  UNUSED_ID,
  v2Query,
  withHost,
} from './support/binding.js'

type QueryEach = NonNullable<NativeHost['queryEach']>

function queryEach(host: NativeHost, ...args: Parameters<QueryEach>): ReturnType<QueryEach> {
  assert.ok(host.queryEach)
  return host.queryEach(...args)
}

const symbolIn = (answer: string | NativeFailure | undefined) =>
  answer instanceof Error ? binding.errorSymbols[String(answer.hresult)] : answer

describe('queryEach', () => {
  it('answers what a query of each object would, in the order of the ids', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('each'))
      const texts: string[] = []
      for (let i = 0; i < 200; i++) {
        const endpoint = await host.createEndpoint(network, NO_ID, endpointDocument)
        texts.push(await host.queryEndpointProperties(endpoint, v2Query))
      }
      const ids = texts.map((text) => (JSON.parse(text) as { ID: string }).ID)
      assert.deepEqual(await queryEach(host, 'endpoint', ids, v2Query), texts)
      assert.deepEqual(await queryEach(host, 'endpoint', ids.toReversed(), v2Query), texts.toReversed())
      assert.deepEqual(await queryEach(host, 'endpoint', [], v2Query), [])
    }))

  it('reads every kind', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('kinds'))
      const namespace = await host.createNamespace(NO_ID, namespaceDocument)
      const texts = {
        network: await host.queryNetworkProperties(network, v2Query),
        namespace: await host.queryNamespaceProperties(namespace, v2Query),
      }
      for (const kind of ['network', 'namespace'] as const) {
        const { ID } = JSON.parse(texts[kind]) as { ID: string }
        assert.deepEqual(await queryEach(host, kind, [ID], v2Query), [texts[kind]])
      }
      const [loadBalancer] = await queryEach(host, 'loadBalancer', [UNUSED_ID], v2Query)
      assert.equal(symbolIn(loadBalancer), 'ERROR_NOT_FOUND')
    }))

  it('tells of each object that is not there, and reads the others', () =>
    withHost(async (host) => {
      const network = await host.createNetwork(NO_ID, networkDocument('there'))
      const text = await host.queryNetworkProperties(network, v2Query)
      const { ID } = JSON.parse(text) as { ID: string }
      const answers = await queryEach(host, 'network', [UNUSED_ID, ID, UNUSED_ID], v2Query)
      assert.deepEqual(answers.map(symbolIn), ['HCN_E_NETWORK_NOT_FOUND', text, 'HCN_E_NETWORK_NOT_FOUND'])
      const failure = answers[0] as NativeFailure
      assert.equal((JSON.parse(failure.record ?? '') as { Success: boolean }).Success, false)
    }))

  it('refuses what is no kind, no list of ids, or too long a list, and a closed host', async () => {
    const host = await binding.openEmbeddedHost(memoryHost)
    const refused = (...args: readonly unknown[]) => symbolOf(queryEach(host, ...(args as unknown as Parameters<QueryEach>)))
    assert.equal(await refused('pod', [], v2Query), 'ERROR_INVALID_PARAMETER')
    assert.equal(await refused('network', UNUSED_ID, v2Query), 'ERROR_INVALID_PARAMETER')
    assert.equal(await refused('network', [7], v2Query), await symbolOf(host.openNetwork(7 as unknown as string)))
    assert.equal(await refused('network', ['no guid'], v2Query), await symbolOf(host.openNetwork('no guid')))
    assert.equal(await refused('network', Array<string>(1025).fill(UNUSED_ID), v2Query), 'ERROR_INVALID_PARAMETER')
    assert.equal(await refused('network', [UNUSED_ID], 7), await symbolOf(host.enumerateNetworks(7 as unknown as string)))
    await host.close()
    assert.equal(await refused('network', [], v2Query), 'HCN_E_MANAGER_STOPPED')
  })
})
