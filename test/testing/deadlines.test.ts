import assert from 'node:assert/strict'
import { acl, type CallOptions, HcnError } from '../../lib/index.js'
import { createLab, type Fault, type HcnCallName, type Lab } from '../../lib/testing/index.js'
import { turnUntil } from './support/turn-until.js'

const ID = '5f3e0000-1111-4222-8333-444455556666'
const SUBNETS = [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }]

/** A change of one kind of object, by one call of HCN. */
interface Change {
  readonly what: string
  readonly call: HcnCallName
  readonly kind: string
  /** Makes what has to be there first; gives the change. */
  readonly prepare: (lab: Lab) => Promise<(options: CallOptions) => Promise<unknown>>
  /** What reconcile() finds, by when the call was struck. */
  readonly outcome: { readonly before: 'exists' | 'absent'; readonly after: 'exists' | 'absent' }
}

const CREATED = { before: 'exists', after: 'exists' } as const
const DELETED = { before: 'absent', after: 'absent' } as const
const loadBalancer = (lab: Lab) => ({
  id: ID,
  frontendVips: ['10.96.0.10'],
  backends: [lab.at('10.1.0.4').endpoint],
  ports: [{ protocol: 'tcp' as const, external: 80, internal: 8080 }],
})
const allow = acl({ action: 'allow', direction: 'in', priority: 1000 })

const CHANGES: readonly Change[] = [
  {
    what: 'creating a network',
    call: 'createNetwork',
    kind: 'network',
    prepare: async (lab) => (options) => lab.host.networks.create({ id: ID, name: 'late', subnets: SUBNETS }, options),
    outcome: CREATED,
  },
  {
    what: 'changing a network',
    call: 'modifyNetwork',
    kind: 'network',
    prepare: async (lab) => {
      const network = await lab.host.networks.create({ id: ID, name: 'late', subnets: SUBNETS })
      return (options) => network.updateDns({ servers: ['10.2.0.9'] }, options)
    },
    outcome: CREATED,
  },
  {
    what: 'deleting a network',
    call: 'deleteNetwork',
    kind: 'network',
    prepare: async (lab) => {
      const network = await lab.host.networks.create({ id: ID, name: 'late', subnets: SUBNETS })
      return (options) => network.delete(options)
    },
    outcome: DELETED,
  },
  {
    what: 'creating an endpoint',
    call: 'createEndpoint',
    kind: 'endpoint',
    prepare: async (lab) => (options) => lab.host.endpoints.create({ id: ID, network: lab.network }, options),
    outcome: CREATED,
  },
  {
    what: 'changing an endpoint',
    call: 'modifyEndpoint',
    kind: 'endpoint',
    prepare: async (lab) => {
      const endpoint = await lab.host.endpoints.create({ id: ID, network: lab.network })
      return (options) => endpoint.addPolicies([allow], options)
    },
    outcome: CREATED,
  },
  {
    what: 'deleting an endpoint',
    call: 'deleteEndpoint',
    kind: 'endpoint',
    prepare: async (lab) => {
      const endpoint = await lab.host.endpoints.create({ id: ID, network: lab.network })
      return (options) => endpoint.delete(options)
    },
    outcome: DELETED,
  },
  {
    what: 'creating a namespace',
    call: 'createNamespace',
    kind: 'namespace',
    prepare: async (lab) => (options) => lab.host.namespaces.create({ id: ID }, options),
    outcome: CREATED,
  },
  {
    what: 'changing a namespace',
    call: 'modifyNamespace',
    kind: 'namespace',
    prepare: async (lab) => {
      const namespace = await lab.host.namespaces.create({ id: ID })
      return (options) => namespace.addContainer('nginx', options)
    },
    outcome: CREATED,
  },
  {
    what: 'deleting a namespace',
    call: 'deleteNamespace',
    kind: 'namespace',
    prepare: async (lab) => {
      const namespace = await lab.host.namespaces.create({ id: ID })
      return (options) => namespace.delete(options)
    },
    outcome: DELETED,
  },
  {
    what: 'creating a load balancer',
    call: 'createLoadBalancer',
    kind: 'loadBalancer',
    prepare: async (lab) => (options) => lab.host.loadBalancers.create(loadBalancer(lab), options),
    outcome: CREATED,
  },
  {
    what: 'changing a load balancer',
    call: 'modifyLoadBalancer',
    kind: 'loadBalancer',
    prepare: async (lab) => {
      const balancer = await lab.host.loadBalancers.create(loadBalancer(lab))
      return (options) => balancer.update({ backends: [] }, options)
    },
    outcome: CREATED,
  },
  {
    what: 'deleting a load balancer',
    call: 'deleteLoadBalancer',
    kind: 'loadBalancer',
    prepare: async (lab) => {
      const balancer = await lab.host.loadBalancers.create(loadBalancer(lab))
      return (options) => balancer.delete(options)
    },
    outcome: DELETED,
  },
  {
    what: 'deleting an SDN route',
    call: 'deleteSdnRoute',
    kind: 'sdnRoute',
    prepare: async (lab) => {
      const route = await lab.host.routes.create({
        id: ID,
        endpoints: [lab.at('10.1.0.4').endpoint],
        routes: [{ destination: '10.9.0.0/16', nextHop: '10.1.0.1' }],
      })
      return (options) => route.delete(options)
    },
    outcome: DELETED,
  },
]

describe('a change whose answer does not come in time', () => {
  let lab: Lab | undefined
  afterEach(() => lab?.close())

  for (const when of ['before', 'after'] as const) {
    for (const { what, call, kind, prepare, outcome } of CHANGES) {
      it(`has an outcome unknown that reconcile() resolves: ${what}, delayed ${when} its effect`, async () => {
        const late: Fault = { call, when, fault: 'delay', by: { minutes: 1 }, times: 1 }
        lab = await createLab({
          endpoints: ['10.1.0.4'],
          faults: [call === 'createNetwork' || call === 'createEndpoint' ? { ...late, nth: 2 } : late],
        })
        const change = await prepare(lab)

        const unknown = await change({ timeout: 20 }).catch((error: unknown) => error)

        assert.ok(HcnError.is(unknown, 'ERR_OUTCOME_UNKNOWN'), String(unknown))
        assert.deepEqual(unknown.object, { kind, id: ID })
        const resolved = lab.host.reconcile(kind, ID)
        await turnUntil(lab, resolved)
        assert.equal(await resolved, outcome[when])
      })

      it(`rejects with the signal's reason at once: ${what}, hanging ${when} its effect`, async () => {
        const hangs: Fault = { call, when, fault: 'hang' }
        lab = await createLab({
          endpoints: ['10.1.0.4'],
          faults: [call === 'createNetwork' || call === 'createEndpoint' ? { ...hangs, nth: 2 } : hangs],
        })
        const change = await prepare(lab)
        const controller = new AbortController()
        const reason = new Error('changed my mind')

        const aborted = change({ signal: controller.signal })
        controller.abort(reason)

        await assert.rejects(aborted, reason)
      })
    }
  }

  it('of a pod is resolved by its name', async () => {
    const faults: readonly Fault[] = [{ call: 'createEndpoint', fault: 'delay', by: { minutes: 1 } }]
    lab = await createLab({ faults })
    const creating = lab.host.pods.create({ name: 'web', network: lab.network }, { timeout: 20 })

    await assert.rejects(creating, { code: 'ERR_OUTCOME_UNKNOWN', object: { kind: 'pod', id: 'web' } })

    const resolved = lab.host.reconcile('pod', 'web')
    await turnUntil(lab, resolved)
    // Pods are whole or not at all: the abandoned one is taken back.
    assert.equal(await resolved, 'absent')
    assert.deepEqual(await lab.host.endpoints.list(), [])
  })
})
