import type { Endpoint, HostNetworking } from '../../lib/index.js'
import { type Figure, sampled } from '../figure.js'
import { bytesOf } from './bytes.js'
import { someEndpoints } from './endpoint.js'
import { at, createAndList, onNetwork, phase, SAMPLES, SETUP } from './world.js'

const BACKENDS = 10
export const BACKEND_ENDPOINTS = 1_000

/** No two services have the same backends: from endpoint i on, each next one further away. */
function backendsOf(endpoints: readonly Endpoint[], index: number, first = 0): readonly Endpoint[] {
  const stride = 1 + Math.floor(index / endpoints.length)
  return Array.from({ length: BACKENDS }, (_, k) => at(endpoints, index + (first + k) * stride))
}

export async function createLoadBalancer(hns: HostNetworking, endpoints: readonly Endpoint[], index: number): Promise<void> {
  const loadBalancer = await hns.loadBalancers.create({
    frontendVips: [`172.16.${index >> 8}.${index & 255}`],
    backends: backendsOf(endpoints, index),
    ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
  })
  await loadBalancer.close()
}

/** Load balancers of ten backends on a network of a thousand endpoints: created, listed, given another backend, deleted. */
export async function controlLoadBalancer(count = 10_000): Promise<readonly Figure[]> {
  const config = { ...SETUP, loadBalancers: count, backends: BACKENDS, endpoints: BACKEND_ENDPOINTS }
  const figures = await sampled(config, SAMPLES, () =>
    onNetwork(async (hns, network) => {
      const endpoints = await someEndpoints(hns, network, BACKEND_ENDPOINTS)
      const made = await createAndList(
        'control.loadBalancer',
        'load balancers',
        count,
        (i) => createLoadBalancer(hns, endpoints, i),
        () => hns.loadBalancers.list(),
      )
      const loadBalancers = await hns.loadBalancers.list()
      const changed = await phase('control.loadBalancer.change', 'changes/s', count, (i) =>
        at(loadBalancers, i).update({ backends: backendsOf(endpoints, i, 1) }),
      )
      const deleted = await phase('control.loadBalancer.delete', 'load balancers/s', count, (i) => at(loadBalancers, i).delete())
      return [...made, ...changed, ...deleted]
    }),
  )
  return [...figures, await bytesOf('loadBalancer', count)]
}
