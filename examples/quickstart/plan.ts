/** The little cluster the quickstart builds: every name and address in one place. */

export const network = { name: 'pods', prefix: '10.244.1.0/24', gateway: '10.244.1.1' } as const

const clusterSuffixes = ['svc.cluster.local', 'cluster.local'] as const

/** The VIP of the name server's service, which every pod has as its DNS server. */
export const nameService = { name: 'dns', vip: '10.96.0.10', port: 53, internalPort: 53 } as const

/** What `kubectl get service web` would show: http is for clients, status for everybody. */
export const webService = {
  name: 'web',
  vip: '10.96.0.80',
  http: { port: 80, internalPort: 8080 },
  status: { port: 8081, internalPort: 8081 },
} as const

export type PodName = 'web-1' | 'web-2' | 'client' | 'stranger' | 'dns'

export interface PodPlan {
  readonly name: PodName
  readonly address: string
  readonly containers: readonly string[]
  /** Searched from the left. The first is the pod's own Kubernetes namespace. */
  readonly search: readonly string[]
}

const shop = ['shop.svc.cluster.local', ...clusterSuffixes] as const
const attic = ['attic.svc.cluster.local', ...clusterSuffixes] as const

export const pods: readonly PodPlan[] = [
  { name: 'web-1', address: '10.244.1.11', containers: ['http', 'helper'], search: shop },
  { name: 'web-2', address: '10.244.1.12', containers: ['http'], search: shop },
  { name: 'client', address: '10.244.1.20', containers: ['visitor'], search: shop },
  { name: 'stranger', address: '10.244.1.66', containers: ['visitor'], search: attic },
  { name: 'dns', address: '10.244.1.53', containers: ['named'], search: clusterSuffixes },
]

export const webPods = ['web-1', 'web-2'] as const satisfies readonly PodName[]

export function podPlan(name: PodName): PodPlan {
  const plan = pods.find((pod) => pod.name === name)
  if (plan === undefined) throw new Error(`the plan has no pod \`${name}\``)
  return plan
}

/** What the name server knows. No other name exists. */
export const zone: Readonly<Record<string, string>> = {
  'web.shop.svc.cluster.local': webService.vip,
  'dns.kube-system.svc.cluster.local': nameService.vip,
}

/** Requests sent to the service to see how its backends share them. */
export const requestCount = 200

/** How long a connection may take before it counts as timed out. */
export const patienceMilliseconds = 1000
