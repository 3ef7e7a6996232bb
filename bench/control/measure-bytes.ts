/**
 * `node measure-bytes.js KIND COUNT`: makes the objects on a host of their own
 * and prints by how much the process grew outside V8's heap.
 */
import type { HostNetworking, Network } from '../../lib/index.js'
import { inFlight } from '../figure.js'
import { RULES, rules } from './acl.js'
import type { BytesKind, MeasuredBytes } from './bytes.js'
import { createEndpoint, someEndpoints } from './endpoint.js'
import { BACKEND_ENDPOINTS, createLoadBalancer } from './load-balancer.js'
import { at, onNetwork, WIDTH } from './world.js'

const WARM_UP = 100
const [, , kind, countText] = process.argv as [string, string, BytesKind, string]
const count = Number(countText)

/** What is made, and the documents of what was made, in that order. */
const measures: Record<BytesKind, (hns: HostNetworking, network: Network) => Promise<MeasuredBytes>> = {
  endpoint: (hns, network) =>
    measure(
      1,
      (i) => createEndpoint(hns, network, i),
      async () => textBytes(await hns.endpoints.list()),
    ),
  loadBalancer: async (hns, network) => {
    const endpoints = await someEndpoints(hns, network, BACKEND_ENDPOINTS)
    return measure(
      1,
      (i) => createLoadBalancer(hns, endpoints, i),
      async () => textBytes(await hns.loadBalancers.list()),
    )
  },
  acl: async (hns, network) => {
    const endpoints = await someEndpoints(hns, network, WARM_UP + count)
    return measure(
      RULES,
      (i) => at(endpoints, i).setPolicies(rules(i)),
      async () => textBytes(await hns.endpoints.list()),
    )
  },
}

process.stdout.write(`${JSON.stringify(await onNetwork(measures[kind]))}\n`)

async function measure(
  objectsEach: number,
  make: (index: number) => Promise<unknown>,
  text: () => Promise<number>,
): Promise<MeasuredBytes> {
  await inFlight(WARM_UP, WIDTH, make)
  const textBefore = await text()
  const before = outsideHeap()
  await inFlight(count, WIDTH, (i) => make(WARM_UP + i))
  const bytes = outsideHeap() - before
  return { objects: count * objectsEach, bytes, documentBytes: (await text()) - textBefore }
}

function outsideHeap(): number {
  const { rss, heapTotal } = process.memoryUsage()
  return rss - heapTotal
}

function textBytes(objects: readonly { readonly document: object }[]): number {
  return objects.reduce((sum, { document }) => sum + Buffer.byteLength(JSON.stringify(document)), 0)
}
