import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { endpointPolicies, networkPolicies } from '../../examples/every-object/policies.js'

const program = fileURLToPath(new URL('../../examples/every-object/main.js', import.meta.url))
const topicWidth = 22

describe('the example that has every object', () => {
  let lines: readonly string[]

  before(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
    assert.equal(stderr, '')
    assert.equal(status, 0)
    lines = stdout.trimEnd().split('\n')
  })

  /** What it said about a topic, one text for each time. */
  const said = (topic: string) =>
    lines.filter((line) => line.slice(0, topicWidth).trimEnd() === topic).map((line) => line.slice(topicWidth))
  const kinds = (text: string | undefined) => new Set(text?.split(', '))

  it('creates one of each kind and finds it by its name', () => {
    const collections = ['networks', 'endpoints', 'namespaces', 'pods', 'loadBalancers', 'routes', 'guestNetworkServices']
    assert.deepEqual(collections.map(said), [
      ['overlay, pods'],
      ['client, peer, web'],
      ['client, sandbox'],
      ['client'],
      ['web'],
      ['to-the-east'],
      ['linux-vm'],
    ])
  })

  it('reads back every kind of policy, but for the one that no service knows', () => {
    const onEndpoints = kinds([...said('web has'), ...said('peer has')].join(', '))
    const onNetworks = kinds([...said('pods has'), ...said('overlay has')].join(', '))

    assert.deepEqual(onEndpoints, new Set(Object.keys(endpointPolicies).filter((kind) => kind !== 'unknown')))
    assert.deepEqual(onNetworks, new Set(Object.keys(networkPolicies).filter((kind) => kind !== 'unknown')))
  })

  // The network's ACLs are passed on the way out, its and the endpoint's own on the way in.
  it('sends a packet where the explanation said it would go', () => {
    assert.deepEqual(said('explained'), ['forward, allow, lbnat, allow, allow'])
    assert.deepEqual(said('web received'), ['1 packet, 54 bytes'])
  })

  it('hears what HCN tells, to the end of the host and to the restart of the service', () => {
    const untilClosed = 'other, networkCreated, other, networkCreated, namespaceCreated, namespaceCreated, guestNetworkServiceCreated'
    assert.deepEqual(said('heard'), [`${untilClosed}, serviceDisconnected`, 'serviceDisconnected'])
    assert.deepEqual(said('the guest was'), ['Bootstrapping, Synchronized'])
  })

  it('sees every object come and change, also where HCN has no notification', () => {
    const [added] = said('watched: added').map(kinds)
    const [changed] = said('watched: changed').map(kinds)

    const one = ['endpoint web', 'loadBalancer web', 'sdnRoute to-the-east', 'guestNetworkService linux-vm', 'network pods']
    assert.deepEqual(
      one.filter((object) => !added?.has(object) || !changed?.has(object)),
      [],
    )
    assert.ok(
      added?.has('namespace sandbox') && added.has('namespace client') && added.has('endpoint peer') && added.has('network overlay'),
    )
  })

  it('meets refusals, a restart and a deadline with the code that each has', () => {
    assert.deepEqual(
      ['refused', 'restart', 'deadline'].flatMap(said).map((text) => text.split(', ').slice(0, 2)),
      [
        ['HCN_E_INVALID_POLICY_TYPE', 'fix-input'],
        ['ERROR_OBJECT_ALREADY_EXISTS', 'fix-input'],
        ['HCN_E_NETWORK_NOT_FOUND', 'fix-input'],
        ['ERR_INVALID_ARGUMENT', 'fix-input'],
        ['RPC_S_SERVER_UNAVAILABLE', 'retry'],
        ['ERR_OUTCOME_UNKNOWN', 'the namespace exists'],
      ],
    )
  })

  it('finds everything again in the state folder, and leaves nothing', () => {
    assert.deepEqual(said('back are'), ['overlay, pods'])
    assert.deepEqual(said('left'), ['0 networks, 0 services'])
  })
})
