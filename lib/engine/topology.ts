import type { HostComputeLoadBalancer } from '../../types/index.js'
import { sameGuid } from '../addresses.js'
import type { CallOptions } from '../objects/call-options.js'
import type { Endpoint, Endpoints } from '../objects/endpoint.js'
import type { LoadBalancers } from '../objects/load-balancer.js'
import { type Namespaces, resourcesOf } from '../objects/namespace.js'
import type { Networks } from '../objects/network.js'

/** The host's objects as one plain value: what is drawn, and what a test compares. */
export interface Topology {
  readonly networks: readonly TopologyNetwork[]
  readonly services: readonly TopologyService[]
}

export interface TopologyNetwork {
  readonly name: string
  readonly type: string
  readonly subnets: readonly { readonly prefix: string; readonly gateway: string | undefined }[]
  /** The interface of the machine it is bound to. */
  readonly adapter: string | undefined
  readonly members: readonly TopologyMember[]
}

/** A compartment with its endpoints, or an endpoint that is in none. */
export interface TopologyMember {
  readonly name: string
  readonly kind: 'compartment' | 'endpoint' | 'remote'
  readonly endpointIds: readonly string[]
  readonly addresses: readonly string[]
  readonly containers: readonly string[]
  readonly dns: { readonly servers: readonly string[]; readonly search: readonly string[] }
  readonly acls: { readonly allow: number; readonly block: number }
  readonly portMappings: readonly string[]
}

export interface TopologyService {
  readonly name: string
  /** `10.96.0.80:80/tcp`; an empty address is the host's own. */
  readonly frontends: readonly string[]
  readonly backends: readonly { readonly endpointId: string; readonly member: string; readonly targets: readonly string[] }[]
}

const REMOTE_ENDPOINT = 1

/** @internal */
export function isBackend(member: TopologyMember, endpointId: string): boolean {
  return member.endpointIds.some((id) => sameGuid(id, endpointId))
}

/** @internal What `hns.topology()` does. */
export async function readTopology(
  from: {
    readonly networks: Networks
    readonly endpoints: Endpoints
    readonly namespaces: Namespaces
    readonly loadBalancers: LoadBalancers
  },
  options: CallOptions,
): Promise<Topology> {
  const [networks, endpoints, namespaces, loadBalancers] = await Promise.all([
    from.networks.list(options),
    from.endpoints.list(options),
    from.namespaces.list(options),
    from.loadBalancers.list(options),
  ])
  const containersOf = new Map(namespaces.map((namespace) => [namespace.id.toLowerCase(), resourcesOf(namespace.document, 'Container')]))
  const topologyNetworks = [...networks].sort(byName).map((network): TopologyNetwork => {
    const own = endpoints.filter(({ networkId }) => sameGuid(networkId, network.id))
    return {
      name: network.name,
      type: network.type,
      subnets: network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
      adapter: network.policies.find((policy) => policy.kind === 'netAdapterName')?.name,
      members: membersOf(own, containersOf),
    }
  })
  const members = topologyNetworks.flatMap((network) => network.members)
  return {
    networks: topologyNetworks,
    services: servicesOf(
      loadBalancers.map(({ document }) => document),
      endpoints,
      members,
    ),
  }
}

function membersOf(endpoints: readonly Endpoint[], containersOf: ReadonlyMap<string, readonly string[]>): readonly TopologyMember[] {
  const groups = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const key = (endpoint.namespaceId ?? `endpoint ${endpoint.id}`).toLowerCase()
    groups.set(key, [...(groups.get(key) ?? []), endpoint])
  }
  const members = [...groups].map(([key, group]): TopologyMember => {
    const [first] = group as [Endpoint, ...Endpoint[]]
    const policies = group.flatMap((endpoint) => endpoint.policies)
    const acls = policies.filter((policy) => policy.kind === 'acl')
    const remote = ((first.document.Flags ?? 0) & REMOTE_ENDPOINT) !== 0
    return {
      name: first.name === '' ? first.id.slice(0, 8) : first.name,
      kind: remote ? 'remote' : first.namespaceId === undefined ? 'endpoint' : 'compartment',
      endpointIds: group.map(({ id }) => id),
      addresses: group.flatMap(({ addresses }) => addresses),
      containers: containersOf.get(key) ?? [],
      dns: { servers: first.dns.servers ?? [], search: first.dns.search ?? [] },
      acls: {
        allow: acls.filter(({ action }) => action === 'allow').length,
        block: acls.filter(({ action }) => action === 'block').length,
      },
      portMappings: policies.flatMap((policy) =>
        policy.kind === 'portMapping' ? [`${policy.vip ?? '*'}:${policy.external}/${policy.protocol} → ${policy.internal}`] : [],
      ),
    }
  })
  return members.sort(byName)
}

/** The service lists by id, which is drawn at random: a picture would be another each time. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true })
}

function servicesOf(
  documents: readonly HostComputeLoadBalancer[],
  endpoints: readonly Endpoint[],
  members: readonly TopologyMember[],
): readonly TopologyService[] {
  const services = documents.map((document): TopologyService => {
    const ports = document.PortMappings ?? []
    const vips = document.FrontendVIPs?.length ? document.FrontendVIPs : ['']
    const frontends = vips.flatMap((vip) =>
      ports.map(({ ExternalPort, Protocol }) => `${bracketed(vip)}:${ExternalPort}/${protocolName(Protocol)}`),
    )
    return {
      name: document.Name === undefined || document.Name === '' ? (frontends[0] ?? '') : document.Name,
      frontends,
      backends: (document.HostComputeEndpoints ?? []).map((endpointId) => {
        const endpoint = endpoints.find(({ id }) => sameGuid(id, endpointId))
        const address = bracketed(endpoint?.addresses[0] ?? '?')
        return {
          endpointId,
          member: members.find((member) => isBackend(member, endpointId))?.name ?? '?',
          targets: ports.map(({ InternalPort }) => `${address}:${InternalPort}`),
        }
      }),
    }
  })
  return services.sort(byName)
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address === '' ? '*' : address
}

function protocolName(number: number | undefined): string {
  return number === 6 ? 'tcp' : number === 17 ? 'udp' : String(number)
}
