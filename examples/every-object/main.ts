// Every kind of object and every policy once: created, watched, read back, used, changed and removed.
// `node dist/examples/every-object/main.js` needs no rights and leaves nothing behind.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type EventStream, HcnError, HostNetworking, type ObjectWatch } from 'hns-vfp'

import { createObjects } from './create.js'
import { say } from './say.js'
import { faults, meetRefusals, resolveUnknownOutcome, surviveRestart } from './trouble.js'
import { changeObjects, readBack, useObjects } from './use.js'

/** The newest HNS there is, so that it has every policy. */
const options = { provider: 'embedded', profile: 'latest' } as const

const folder = await mkdtemp(join(tmpdir(), 'every-object-'))
try {
  await makeAndUse(join(folder, 'state'))
  await meetTroubleAndCleanUp(join(folder, 'state'))
} catch (error) {
  if (!HcnError.is(error)) throw error
  console.error(`${error.code}: ${error.message}\nWhat to do: ${error.remedy}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true })
}

async function makeAndUse(state: string): Promise<void> {
  const hns = await HostNetworking.open({ ...options, state })
  const events = hns.events()
  const heard = listen(events)
  const watch = hns.watch()
  const seen = follow(watch)
  try {
    await Promise.all([events.ready, watch.ready])
    const objects = await createObjects(hns)
    // It looks by itself, too: at each event, and once a second.
    await watch.refresh()
    await readBack(hns)
    await useObjects(hns, objects)
    await changeObjects(objects, watch)
    await watch.refresh()
    await meetRefusals(hns, objects)
  } finally {
    await hns.close()
  }
  say('heard', ...(await heard))
  const { added, changed } = await seen
  say('watched: added', ...added)
  say('watched: changed', ...changed)
}

/** The folder has kept everything. */
async function meetTroubleAndCleanUp(state: string): Promise<void> {
  await using hns = await HostNetworking.open({ ...options, state, clock: 'manual', faults })
  const beforeRestart = hns.events()
  await beforeRestart.ready
  const heard = listen(beforeRestart)
  await surviveRestart(hns)
  say('heard', ...(await heard))

  await resolveUnknownOutcome(hns)
  await removeAll(hns)
}

/** What became of which objects, until the watch ends: when the host is closed. */
async function follow(watch: ObjectWatch) {
  const seen = { added: new Set<string>(), changed: new Set<string>(), removed: new Set<string>() }
  for await (const { type, kind, object } of watch) seen[type].add(object.name === '' ? kind : `${kind} ${object.name}`)
  return seen
}

/** Kinds of the events until the stream ends: when the host is closed, or the service goes away. */
async function listen(events: EventStream): Promise<readonly string[]> {
  const kinds: string[] = []
  for await (const event of events) kinds.push(event.kind)
  return kinds
}

/** Users before what they use. What is gone already is success: the endpoints of a pod went with it. */
async function removeAll(hns: HostNetworking): Promise<void> {
  for (const collection of [hns.guestNetworkServices, hns.routes, hns.loadBalancers, hns.pods, hns.endpoints, hns.networks]) {
    for (const object of await collection.list()) await object.delete()
  }
  for (const namespace of await hns.namespaces.list()) {
    // The host's own cannot be deleted.
    if (namespace.type !== 'HostDefault') await namespace.delete()
  }
  const { networks, services } = await hns.topology()
  say('left', `${networks.length} networks`, `${services.length} services`)
}
