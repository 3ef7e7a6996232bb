import type { HcnCalls, NativeHandle } from '../../../lib/native/hcn-calls.js'
import { ENDPOINT, GUEST_NETWORK_SERVICE, type Kind, LOAD_BALANCER, NAMESPACE, NETWORK, SDN_ROUTE } from '../../../lib/objects/kind.js'

export type Document = Readonly<Record<string, unknown>>

/** The GUID that leaves the choice of an id to the document, or to the service. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'
export const SchemaVersion = { Major: 2, Minor: 0 } as const

/** What stands around the object in question: a network and an endpoint on it. */
export interface Surroundings {
  readonly network: NativeHandle
  readonly endpoint: string
}

export const NETWORK_DOCUMENT = {
  Name: 'pods',
  Type: 'L2Bridge',
  SchemaVersion,
  Ipams: [
    {
      Type: 'Static',
      Subnets: [{ IpAddressPrefix: '10.1.0.0/16', Routes: [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0' }] }],
    },
  ],
} as const

/** One object of a kind: how it is made, changed, and how the change shows. */
export interface Specimen extends Kind {
  create(calls: HcnCalls, around: Surroundings, id: string, settings: string): Promise<NativeHandle>
  document(around: Surroundings): Document
  /** A modify request that is granted. */
  readonly change: (around: Surroundings) => Document
  /** Whether the queried document has the change. */
  readonly changed: (document: Document, around: Surroundings) => boolean
}

const acl = {
  Type: 'ACL',
  Settings: { Protocols: '6', Action: 'Block', Direction: 'Out', RuleType: 'Switch', Priority: 200, RemotePorts: '23' },
} as const

export const specimens: readonly Specimen[] = [
  {
    ...NETWORK,
    create: (calls, _, id, settings) => calls.createNetwork(id, settings),
    document: () => ({ ...NETWORK_DOCUMENT, Name: 'specimen', Ipams: [] }),
    change: () => ({ ResourceType: 'DNS', RequestType: 'Update', Settings: { Domain: 'cluster.local', ServerList: ['10.96.0.10'] } }),
    changed: ({ Dns }) => (Dns as Document | undefined)?.Domain === 'cluster.local',
  },
  {
    ...ENDPOINT,
    create: (calls, { network }, id, settings) => calls.createEndpoint(network, id, settings),
    document: () => ({ Name: 'specimen', SchemaVersion }),
    change: () => ({ ResourceType: 'Policy', RequestType: 'Add', Settings: { Policies: [acl] } }),
    changed: ({ Policies }) => JSON.stringify(Policies) === JSON.stringify([acl]),
  },
  {
    ...NAMESPACE,
    create: (calls, _, id, settings) => calls.createNamespace(id, settings),
    document: () => ({ Name: 'specimen', Type: 'Host', SchemaVersion }),
    change: ({ endpoint }) => ({ ResourceType: 'Endpoint', RequestType: 'Add', Settings: { EndpointId: endpoint } }),
    changed: ({ Resources }, { endpoint }) => JSON.stringify(Resources).toLowerCase().includes(endpoint.toLowerCase()),
  },
  {
    ...LOAD_BALANCER,
    create: (calls, _, id, settings) => calls.createLoadBalancer(id, settings),
    document: ({ endpoint }) => balancer(endpoint, 80),
    // The whole document, without an envelope: what hcsshim sends.
    change: ({ endpoint }) => balancer(endpoint, 81),
    changed: ({ PortMappings }) => JSON.stringify(PortMappings).includes('81'),
  },
  {
    ...SDN_ROUTE,
    create: (calls, _, id, settings) => calls.createSdnRoute(id, settings),
    document: ({ endpoint }) => route(endpoint, '10.2.0.0/16'),
    change: ({ endpoint }) => ({ ResourceType: '', RequestType: 'Update', Settings: route(endpoint, '10.3.0.0/16') }),
    changed: (document) => JSON.stringify(document).includes('10.3.0.0/16'),
  },
  {
    ...GUEST_NETWORK_SERVICE,
    create: (calls, _, id, settings) => calls.createGuestNetworkService(id, settings),
    document: () => ({ Name: 'specimen', SchemaVersion }),
    change: () => ({ ResourceType: 'State', RequestType: 'Update', Settings: { State: 'Synchronized' } }),
    // The place of the state's name in HCN's list.
    changed: ({ State }) => State === 3,
  },
]

function balancer(endpoint: string, port: number): Document {
  return {
    SchemaVersion,
    HostComputeEndpoints: [endpoint],
    FrontendVIPs: ['10.96.0.1'],
    PortMappings: [{ Protocol: 6, InternalPort: 8080, ExternalPort: port, DistributionType: 0, Flags: 0 }],
  }
}

function route(endpoint: string, prefix: string): Document {
  return {
    SchemaVersion,
    HostComputeEndpoints: [endpoint],
    Setting: [{ DestinationPrefix: prefix, NextHop: '10.1.0.9', NeedEncap: false }],
  }
}
