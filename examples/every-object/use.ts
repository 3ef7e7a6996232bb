import assert from 'node:assert/strict'

import { acl, type HostNetworking, type ObjectWatch } from 'hns-vfp'

import type { Objects } from './create.js'
import { say } from './say.js'

/** Every object is there, by its name, for whoever asks. */
export async function readBack(hns: HostNetworking): Promise<void> {
  const collections = {
    networks: hns.networks,
    endpoints: hns.endpoints,
    namespaces: hns.namespaces,
    pods: hns.pods,
    loadBalancers: hns.loadBalancers,
    routes: hns.routes,
    guestNetworkServices: hns.guestNetworkServices,
  }
  for (const [title, collection] of Object.entries(collections)) {
    const names = (await collection.list()).map(({ name }) => name)
    // The host's own namespace is always there. It has no name.
    say(title, ...names.filter((name) => name !== '').sort())
  }
  // By name; where there is none `find` resolves to undefined, and `get` rejects.
  for (const name of ['web', 'peer']) {
    const endpoint = await hns.endpoints.get({ name })
    say(`${name} has`, ...endpoint.policies.map(({ kind }) => kind))
  }
  for (const network of await hns.networks.list()) say(`${network.name} has`, ...network.policies.map(({ kind }) => kind))
}

/** What there is does its work. */
export async function useObjects(hns: HostNetworking, { web, peer, client, sandbox, guest }: Objects): Promise<void> {
  const packet = 'tcp 10.244.2.20:31337 > 10.96.0.80:80 S'
  const { verdict, steps } = await hns.vfp.explain(client, packet)
  say('explained', verdict, ...steps.flatMap(({ rule, action }) => (rule === undefined ? [] : [action ?? ''])))
  await hns.vfp.send(client, packet)
  const { packetsReceived, bytesReceived } = await web.statistics()
  say('web received', `${packetsReceived} packet`, `${bytesReceived} bytes`)

  const addresses = [...(await web.queryAddresses()), ...(await peer.queryAddresses())]
  say('addresses', ...addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`))
  say('in the sandbox', ...(await sandbox.containers()))

  const states: string[] = []
  {
    await using _watch = await guest.watch(({ state }) => states.push(state))
    await guest.setState('Bootstrapping')
    await guest.setState('Synchronized')
  }
  say('the guest was', ...states)
  {
    await using https = await guest.reservePort({ port: 8443, protocol: 'tcp' })
    await using range = await guest.reservePortRange(16)
    assert.equal(range.lastPort - range.firstPort, 15)
    say('reserved', `${https.firstPort}`, `${range.lastPort - range.firstPort + 1} in a row`)
  }
  assert.deepEqual(await hns.guestNetworkServices.portReservations(), [])

  // The same endpoint, as programs of the first API see it.
  const old = await hns.v1.call<{ readonly Name: string; readonly SharedContainers: readonly string[] }>('GET', `/endpoints/${web.id}`)
  say('by v1', old.Name, ...old.SharedContainers)
}

/** Every object can be changed where it is. */
export async function changeObjects({ network, web, client, service, route }: Objects, watch: ObjectWatch): Promise<void> {
  await network.updateDns({ servers: ['10.96.0.11'] })
  const denied = acl({ id: 'no-db', action: 'block', direction: 'out', remoteAddresses: ['10.244.1.20'], priority: 10 })
  await web.addPolicies([denied])
  await service.update({ backends: [web, client] })
  await route.update({ routes: [{ destination: '10.3.0.0/16', nextHop: '10.244.1.1' }] })

  // A handle tells what was last read: a change of policies, of DNS or of subnets is seen after the next query().
  await web.query()
  assert.ok(web.policies.some((policy) => policy.kind === 'acl' && policy.id === 'no-db'))
  // What is undone before anybody looks is no change to a watch.
  await watch.refresh()
  await web.removePolicies([denied])
  await network.query()
  say('changed', `${network.name}: servers ${network.dns.servers?.join()}`, `${service.name}: ${service.backends.length} backends`)
}
