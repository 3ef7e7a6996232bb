import type { Endpoint, GuestNetworkService, HostNetworking, LoadBalancer, Namespace, Network, Pod, SdnRoute } from 'hns-vfp'

import { allBut, endpointPolicies, networkPolicies, ofKinds } from './policies.js'

/** One object of each kind, and what they need. */
export interface Objects {
  readonly network: Network
  readonly overlay: Network
  readonly web: Endpoint
  readonly peer: Endpoint
  readonly sandbox: Namespace
  readonly client: Pod
  readonly service: LoadBalancer
  readonly route: SdnRoute
  readonly guest: GuestNetworkService
}

export async function createObjects(hns: HostNetworking): Promise<Objects> {
  const { network, overlay } = await createNetworks(hns)

  const web = await hns.endpoints.create({
    network,
    name: 'web',
    addresses: ['10.244.1.10'],
    // All of them at once, or there is no endpoint.
    policies: allBut(endpointPolicies, ['providerAddress', 'unknown']),
  })
  // A peer on another host: it has no port here, but this host knows where it is.
  const peer = await hns.endpoints.create({
    network: overlay,
    name: 'peer',
    remote: true,
    addresses: ['10.244.3.9'],
    macAddress: '00-15-5D-00-03-09',
    policies: endpointPolicies.providerAddress,
  })

  // A compartment, put together by hand; hns.pods does the same in one call.
  const sandbox = await hns.namespaces.create({ name: 'sandbox', containers: ['nginx'] })
  await sandbox.attach(web)
  await sandbox.addContainer('log-shipper')
  // In web's VLAN, else they would not meet.
  const client = await hns.pods.create({ name: 'client', network, addresses: ['10.244.2.20'], policies: endpointPolicies.vlan })
  await client.addContainer('shell')

  const service = await hns.loadBalancers.create({
    name: 'web',
    frontendVips: ['10.96.0.80'],
    backends: [web],
    ports: [{ protocol: 'tcp', external: 80, internal: 8080, distribution: 'sourceAddress' }],
    dsr: true,
  })
  const route = await hns.routes.create({
    name: 'to-the-east',
    endpoints: [web, client],
    routes: [{ destination: '10.2.0.0/16', nextHop: '10.244.1.1' }],
  })
  const guest = await hns.guestNetworkServices.create({
    name: 'linux-vm',
    virtualMachineId: '2f1c5a3e-8a7b-4f0e-9a53-6a3f6d1c0b11',
    mirroredInterfaces: [{ endpoint: web }],
  })
  return { network, overlay, web, peer, sandbox, client, service, route, guest }
}

async function createNetworks(hns: HostNetworking): Promise<Pick<Objects, 'network' | 'overlay'>> {
  const onlyOnOverlays = ['routerMacAddress', 'remoteSubnetRoute', 'vxlanPort'] as const
  const network = await hns.networks.create({
    name: 'pods',
    type: 'L2Bridge',
    subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
    dns: { domain: 'svc.cluster.local', servers: ['10.96.0.10'] },
    macPool: [{ start: '00-15-5D-10-00-00', end: '00-15-5D-10-0F-FF' }],
    policies: allBut(networkPolicies, [...onlyOnOverlays, 'unknown']),
  })
  // Addresses come from its lower half only.
  await network.addSubnets([{ prefix: '10.244.2.0/24', gateway: '10.244.2.1', ipSubnets: [{ prefix: '10.244.2.0/25' }] }])
  const overlay = await hns.networks.create({
    name: 'overlay',
    type: 'Overlay',
    subnets: [{ prefix: '10.244.3.0/24', gateway: '10.244.3.1', vsid: 4096 }],
    policies: ofKinds(networkPolicies, onlyOnOverlays),
  })
  return { network, overlay }
}
