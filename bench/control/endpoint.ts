import { acl, type HostNetworking, type Network } from '../../lib/index.js'
import { type Figure, inFlight, sampled } from '../figure.js'
import { bytesOf } from './bytes.js'
import { at, createAndList, onNetwork, phase, SAMPLES, SETUP, WIDTH } from './world.js'

export async function createEndpoint(hns: HostNetworking, network: Network, index: number): Promise<void> {
  const endpoint = await hns.endpoints.create({ network, name: `pod-${index}` })
  await endpoint.close()
}

/**
 * Endpoints: created, each with its address and MAC read back; listed; changed
 * by an ACL; deleted. Handles are opened and closed within.
 */
export async function controlEndpoint(count = 20_000): Promise<readonly Figure[]> {
  const config = { ...SETUP, endpoints: count }
  const figures = await sampled(config, SAMPLES, () =>
    onNetwork(async (hns, network) => {
      const made = await createAndList(
        'control.endpoint',
        'endpoints',
        count,
        (i) => createEndpoint(hns, network, i),
        () => hns.endpoints.list(),
      )
      const endpoints = await hns.endpoints.list()
      const changed = await phase('control.endpoint.change', 'changes/s', count, (i) =>
        at(endpoints, i).addPolicies([acl({ action: 'allow', direction: 'in', priority: 1000 })]),
      )
      const deleted = await phase('control.endpoint.delete', 'endpoints/s', count, (i) => at(endpoints, i).delete())
      return [...made, ...changed, ...deleted]
    }),
  )
  return [...figures, await bytesOf('endpoint', count)]
}

/** A network's first `count` endpoints, as handles that nothing was opened for. */
export async function someEndpoints(hns: HostNetworking, network: Network, count: number) {
  await inFlight(count, WIDTH, (i) => createEndpoint(hns, network, i))
  return hns.endpoints.list()
}
