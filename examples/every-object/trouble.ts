import assert from 'node:assert/strict'

import { type Fault, HcnError, type HostNetworking } from 'hns-vfp'

import type { Objects } from './create.js'
import { endpointPolicies } from './policies.js'
import { say } from './say.js'

/** What goes wrong on the second host, so that one sees what a program does then. */
export const faults: readonly Fault[] = [
  { call: 'enumerateNetworks', nth: 1, fault: 'restart', lasting: { seconds: 5 } },
  { call: 'createNamespace', nth: 1, when: 'after', fault: 'delay', by: { seconds: 30 } },
]

/** The code says what happened, the category what kind of answer it wants. */
export async function meetRefusals(hns: HostNetworking, { network, web }: Objects): Promise<void> {
  for (const wrong of [
    () => web.addPolicies(endpointPolicies.unknown),
    () => hns.endpoints.create({ network, addresses: ['10.244.1.10'] }),
    () => hns.networks.get({ name: 'no-such-network' }),
    () => hns.endpoints.create({ network, addresses: ['10.244.1'] }),
  ]) {
    const error = await wrong().then(
      () => assert.fail('it was to be refused'),
      (reason: unknown) => reason,
    )
    if (!HcnError.is(error)) throw error
    say('refused', error.code, error.category, error.remedy)
  }
  // Aborting ends the waiting, and rejects with the reason given.
  const stop = new AbortController()
  stop.abort(new Error('no longer needed'))
  await assert.rejects(hns.networks.list({ signal: stop.signal }), /no longer needed/)
}

/** The service goes away and comes back: its objects come back with it, so this is never "not found". */
export async function surviveRestart(hns: HostNetworking): Promise<void> {
  const away = await hns.networks.list().catch((error: unknown) => error)
  assert.ok(HcnError.is(away, 'RPC_S_SERVER_UNAVAILABLE'))
  say('restart', away.code, away.category)
  // A program on a node would wait and try again. Here time is turned by hand.
  await hns.advanceClock({ seconds: 5 })
  say('back are', ...(await hns.networks.list()).map(({ name }) => name).sort())
}

/** A change was not answered in time: it may have been made or not. The host knows. */
export async function resolveUnknownOutcome(hns: HostNetworking): Promise<void> {
  const late = await hns.namespaces.create({ name: 'late' }, { timeout: 50 }).catch((error: unknown) => error)
  assert.ok(HcnError.is(late, 'ERR_OUTCOME_UNKNOWN') && late.object !== undefined)
  const outcome = hns.reconcile(late.object.kind, late.object.id)
  await hns.advanceClock({ seconds: 30 })
  say('deadline', late.code, `the ${late.object.kind} ${await outcome}`)
}
