import { acl, type EndpointPolicy } from '../../lib/index.js'
import { type Figure, type Reading, sampled, Watch } from '../figure.js'
import { bytesOf } from './bytes.js'
import { someEndpoints } from './endpoint.js'
import { at, onNetwork, phase, SAMPLES, SETUP } from './world.js'

export const RULES = 100
const APPENDED_TO = 100

function rule(endpoint: number, index: number): EndpointPolicy {
  return acl({
    action: 'allow',
    direction: 'in',
    protocol: 'tcp',
    remoteAddresses: [`192.168.${endpoint % 256}.${index}`],
    localPorts: [String(8000 + index)],
    priority: 100 + index,
  })
}

export function rules(endpoint: number, from = 0): readonly EndpointPolicy[] {
  return Array.from({ length: RULES }, (_, i) => rule(endpoint, from + i))
}

/**
 * ACL rules on endpoints: a hundred in one call, or one after the other; listed;
 * one of a hundred replaced; deleted.
 */
export async function controlAcl(endpointCount = 1_000): Promise<readonly Figure[]> {
  const config = { ...SETUP, endpoints: endpointCount, rulesPerEndpoint: RULES }
  const figures = await sampled(config, SAMPLES, () =>
    onNetwork(async (hns, network) => {
      const endpoints = await someEndpoints(hns, network, endpointCount)
      const created = await phase('control.acl.create', 'rules/s', endpointCount, (i) => at(endpoints, i).setPolicies(rules(i)), RULES)
      const listed = await list(endpointCount * RULES, async () => {
        const all = await hns.endpoints.list()
        return all.reduce((sum, { document }) => sum + (document.Policies?.length ?? 0), 0)
      })
      const changed = await phase('control.acl.change', 'changes/s', endpointCount, (i) => at(endpoints, i).setPolicies(rules(i, 1)))
      const deleted = await phase('control.acl.delete', 'rules/s', endpointCount, (i) => at(endpoints, i).setPolicies([]), RULES)
      const appended = await phase(
        'control.acl.append',
        'rules/s',
        Math.min(APPENDED_TO, endpointCount),
        async (i) => {
          for (const policy of rules(i)) await at(endpoints, i).addPolicies([policy])
        },
        RULES,
      )
      return [...created, ...listed, ...changed, ...deleted, ...appended]
    }),
  )
  return [...figures, await bytesOf('acl', endpointCount)]
}

async function list(expected: number, count: () => Promise<number>): Promise<readonly Reading[]> {
  const watch = new Watch()
  const counted = await count()
  const { seconds } = watch.read()
  if (counted !== expected) throw new Error(`control.acl.list: ${counted} of ${expected} rules`)
  return [{ name: 'control.acl.list', unit: 'rules/s', value: counted / seconds }]
}
