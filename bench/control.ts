import { acl, type Endpoint, HostNetworking } from '../lib/index.js'
import { loadBinding } from '../lib/native/load.js'
import { type Figure, inFlight, rate } from './figure.js'

const WIDTH = 64
const SAMPLES = 5
const SETUP = { ports: 'memory', store: 'memory', inFlight: WIDTH }

const openHost = () => HostNetworking.open({ provider: 'embedded', ports: 'memory', seed: 1 })

const bigNetwork = {
  name: 'bench',
  type: 'L2Bridge' as const,
  subnets: [{ prefix: '10.0.0.0/8', gateway: '10.0.0.1' }],
  macPool: [{ start: '00-15-5D-00-00-00', end: '00-15-5D-FF-FF-FF' }],
}

/** Endpoints created per second through the facade, each with its address and MAC read back. */
export async function controlEndpoint(count = 10_000): Promise<Figure> {
  return rate('control.endpoint', 'endpoints/s', { ...SETUP, endpoints: count }, SAMPLES, async () => {
    const hns = await openHost()
    try {
      const network = await hns.networks.create(bigNetwork)
      await inFlight(count, WIDTH, async (i) => {
        const endpoint = await hns.endpoints.create({ network, name: `pod-${i}` })
        await endpoint.close()
      })
      return count
    } finally {
      await hns.close()
    }
  })
}

/** Load balancers created per second, ten backends each, on a network of a hundred endpoints. */
export async function controlLoadBalancer(count = 5_000): Promise<Figure> {
  return rate(
    'control.loadBalancer',
    'load balancers/s',
    { ...SETUP, loadBalancers: count, backends: 10, ports: 100 },
    SAMPLES,
    async () => {
      const hns = await openHost()
      try {
        const network = await hns.networks.create(bigNetwork)
        const endpoints: Endpoint[] = []
        for (let i = 0; i < 100; i++) endpoints.push(await hns.endpoints.create({ network, name: `pod-${i}` }))
        await inFlight(count, WIDTH, async (i) => {
          const backends = Array.from({ length: 10 }, (_, k) => {
            const endpoint = endpoints[(i * 10 + k) % endpoints.length]
            if (endpoint === undefined) throw new Error('no endpoint')
            return endpoint
          })
          const loadBalancer = await hns.loadBalancers.create({
            frontendVips: [`172.16.${i >> 8}.${i & 255}`],
            backends,
            ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
          })
          await loadBalancer.close()
        })
        return count
      } finally {
        await hns.close()
      }
    },
  )
}

/** ACL policies applied per second, in sets of sixteen, each set one call on an endpoint of its own. */
export async function controlAcl(endpointCount = 500, setsPerEndpoint = 4): Promise<Figure> {
  const perSet = 16
  const config = { ...SETUP, endpoints: endpointCount, rulesPerCall: perSet, callsPerEndpoint: setsPerEndpoint }
  const hns = await openHost()
  try {
    const network = await hns.networks.create(bigNetwork)
    const endpoints: Endpoint[] = []
    for (let i = 0; i < endpointCount; i++) endpoints.push(await hns.endpoints.create({ network, name: `pod-${i}` }))
    return await rate('control.acl', 'rules/s', config, SAMPLES, async (sample) => {
      await inFlight(endpointCount, WIDTH, async (i) => {
        const endpoint = endpoints[i]
        if (endpoint === undefined) throw new Error('no endpoint')
        for (let set = 0; set < setsPerEndpoint; set++) {
          const rules = Array.from({ length: perSet }, (_, k) =>
            acl({
              action: 'allow',
              direction: 'in',
              protocol: 'tcp',
              remoteAddresses: [`192.168.${sample * 16 + set}.${k}`],
              localPorts: [String(8000 + k)],
              priority: 100 + k,
            }),
          )
          await endpoint.setPolicies(rules)
        }
      })
      return endpointCount * setsPerEndpoint * perSet
    })
  } finally {
    await hns.close()
  }
}

/** What crossing into the addon costs: a call that does nothing, and one through the pool. */
export async function napiCall(): Promise<readonly Figure[]> {
  const binding = loadBinding()
  const calls = 2_000_000
  const direct = await rate('napi.call', 'calls/s', { kind: 'synchronous', calls }, SAMPLES, async () => {
    for (let i = 0; i < calls; i++) binding.noop()
    return calls
  })
  const pooled = 100_000
  const async = await rate('napi.call', 'calls/s', { kind: 'asynchronous', calls: pooled, inFlight: WIDTH }, SAMPLES, async () => {
    await inFlight(pooled, WIDTH, () => binding.noopAsync())
    return pooled
  })
  return [direct, async]
}
