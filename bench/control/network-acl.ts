import { type AddressSetPolicy, type NetworkAclPolicy, networkAcl } from '../../lib/index.js'
import { type Figure, sampled } from '../figure.js'
import { someEndpoints } from './endpoint.js'
import { onNetwork, phase, SAMPLES, SETUP } from './world.js'

const SETS = 100
const ADDRESSES = 100
const RULES = 1_000
const RULES_PER_CALL = 100
const APPENDED = 20
const CHANGED = 20

const idOf = (set: number) => `set-${set}`

/** `shift` other addresses in place of the first ones. */
function addressSet(set: number, shift = 0): AddressSetPolicy {
  const values = Array.from({ length: ADDRESSES }, (_, i) => `172.16.${set}.${i + shift}`)
  return { kind: 'addressSet', id: idOf(set), name: idOf(set), type: 'addresses', values }
}

function rules(from: number, count: number): readonly NetworkAclPolicy[] {
  return Array.from({ length: count }, (_, i) => {
    const index = from + i
    const ports = [String(8000 + index)]
    const sourceSets = [idOf(index % SETS)]
    return networkAcl({ action: 'allow', direction: 'in', protocol: 'tcp', sourceSets, localPorts: ports, priority: 100 + index })
  })
}

/**
 * A network's ACLs and the sets of addresses they name, on a network of a
 * thousand endpoints, which all have them: sets made, a hundred rules in one
 * call, or one after the other; a set that ten rules name with one address
 * replaced; rules and sets deleted.
 */
export async function controlNetworkAcl(endpointCount = 1_000): Promise<readonly Figure[]> {
  const config = { ...SETUP, endpoints: endpointCount, sets: SETS, addressesPerSet: ADDRESSES, rules: RULES }
  return sampled(config, SAMPLES, () =>
    onNetwork(async (hns, network) => {
      await someEndpoints(hns, network, endpointCount)
      const calls = RULES / RULES_PER_CALL
      const batch = (i: number) => rules(i * RULES_PER_CALL, RULES_PER_CALL)
      const setsMade = await phase('control.set.create', 'sets/s', SETS, (i) => network.addPolicies([addressSet(i)]))
      const made = await phase('control.networkAcl.create', 'rules/s', calls, (i) => network.addPolicies(batch(i)), RULES_PER_CALL)
      const appended = await phase('control.networkAcl.append', 'rules/s', APPENDED, (i) => network.addPolicies(rules(RULES + i, 1)))
      const changed = await phase('control.set.change', 'changes/s', CHANGED, (i) => network.updatePolicies([addressSet(i, 1)]))
      await network.query()
      const had = network.document.Policies?.length ?? 0
      if (had !== SETS + RULES + APPENDED) throw new Error(`control.networkAcl: ${had} policies`)
      await network.removePolicies(rules(RULES, APPENDED))
      const deleted = await phase('control.networkAcl.delete', 'rules/s', calls, (i) => network.removePolicies(batch(i)), RULES_PER_CALL)
      const setsDeleted = await phase('control.set.delete', 'sets/s', SETS, (i) =>
        network.removePolicies([addressSet(i, i < CHANGED ? 1 : 0)]),
      )
      return [...setsMade, ...made, ...appended, ...changed, ...deleted, ...setsDeleted]
    }),
  )
}
