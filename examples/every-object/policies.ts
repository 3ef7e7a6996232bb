import {
  acl,
  type EndpointPolicy,
  encapOverhead,
  encryption,
  firewall,
  interfaceConstraint,
  interfaceParameters,
  iov,
  l2Driver,
  l4Proxy,
  l4WfpProxy,
  type NetworkPolicy,
  netAdapterName,
  outboundNat,
  portMapping,
  portName,
  providerAddress,
  qos,
  sdnRoutePolicy,
  tierAcl,
  unknownPolicy,
  vlan,
  vmNic,
} from 'hns-vfp'

/** A list for each kind of the union: the compiler names the kind that is missing. */
type PoliciesByKind<Policy extends { readonly kind: string }> = {
  readonly [Kind in Policy['kind']]: readonly Extract<Policy, { readonly kind: Kind }>[]
}

/** What an endpoint may have; docs/support.md says which of them packets feel. */
export const endpointPolicies: PoliciesByKind<EndpointPolicy> = {
  acl: [
    acl({
      id: 'web-from-pods',
      action: 'allow',
      direction: 'in',
      protocol: 'tcp',
      remoteAddresses: ['10.244.0.0/16'],
      localPorts: [8080, '9000-9010'],
      priority: 100,
    }),
    acl({ id: 'out', action: 'allow', direction: 'out', priority: 1000 }),
  ],
  tierAcl: [
    tierAcl({
      name: 'admin',
      direction: 'in',
      order: 100,
      rules: [
        { action: 'block', remoteAddresses: ['10.244.9.0/24'] },
        { action: 'pass', priority: 10 },
      ],
    }),
    tierAcl({ name: 'admin-out', direction: 'out', order: 100, rules: [{ action: 'pass' }] }),
  ],
  outboundNat: [outboundNat({ exceptions: ['10.244.0.0/16', '10.96.0.0/12'] })],
  portMapping: [portMapping({ protocol: 'tcp', external: 30080, internal: 8080 })],
  interfaceParameters: [interfaceParameters({ mtu: 1400 })],
  portName: [portName({ name: 'web' })],
  qos: [qos({ maximumOutgoingBandwidth: 12_500_000 })],
  encapOverhead: [encapOverhead({ overhead: 50 })],
  providerAddress: [providerAddress({ address: '192.168.1.12' })],
  vlan: [vlan({ id: 7 })],
  sdnRoute: [sdnRoutePolicy({ destination: '10.0.0.0/8', nextHop: '10.244.1.1' })],
  l2Driver: [l2Driver()],
  l4Proxy: [l4Proxy({ port: 15001, protocol: 6, exceptions: ['10.96.0.10'] })],
  l4WfpProxy: [l4WfpProxy({ outboundPort: 15001, filter: { protocols: ['tcp'] }, userSid: 'S-1-5-32-556' })],
  interfaceConstraint: [interfaceConstraint({ alias: 'Ethernet' })],
  encryption: [encryption({ authentication: [{ type: 'certificate', certificateName: 'CN=node' }], endpoints2: ['10.2.0.0/16'] })],
  iov: [iov({ offloadWeight: 100, interruptModeration: 'adaptive' })],
  vmNic: [vmNic({ deviceInstanceId: 'PCI\\VEN_1414' })],
  firewall: [firewall({ vmType: 'wsl', constrainedInterface: true })],
  // Sent as it is. A service that has never heard of it refuses it; see errors.ts.
  unknown: [unknownPolicy('FutureThing', { Level: 3 })],
}

/** What a network may have. Most of them are plain values; they are checked when they are given to the service. */
export const networkPolicies: PoliciesByKind<NetworkPolicy> = {
  netAdapterName: [netAdapterName({ name: 'Ethernet' })],
  sourceMacAddress: [{ kind: 'sourceMacAddress', macAddress: '00-15-5D-01-02-03' }],
  interfaceConstraint: [interfaceConstraint({ alias: 'Ethernet' })],
  switchExtension: [{ kind: 'switchExtension', id: 'E9B59CFA-2BE1-4B21-828F-B6FBDBDDC017', enabled: true }],
  providerAddress: [{ kind: 'providerAddress', address: '192.168.1.11' }],
  routerMacAddress: [{ kind: 'routerMacAddress', macAddress: '00-15-5D-AA-BB-CC' }],
  automaticDns: [{ kind: 'automaticDns', enabled: false }],
  remoteSubnetRoute: [
    {
      kind: 'remoteSubnetRoute',
      destination: '10.244.2.0/24',
      vsid: 4096,
      providerAddress: '192.168.1.12',
      routerMacAddress: '00-15-5D-AA-BB-DD',
    },
  ],
  vxlanPort: [{ kind: 'vxlanPort', port: 4789 }],
  hostRoute: [{ kind: 'hostRoute' }],
  addressSet: [
    { kind: 'addressSet', id: 'databases', name: 'databases', type: 'addresses', values: ['10.244.1.20', '10.244.1.21'] },
    { kind: 'addressSet', id: 'storage', name: 'storage', type: 'nested', values: ['databases'] },
  ],
  l4Proxy: [l4Proxy({ port: 15001, protocol: 6 })],
  layerConstraint: [{ kind: 'layerConstraint', layerId: 'E9B59CFA-2BE1-4B21-828F-B6FBDBDDC018' }],
  // As with an endpoint's, the first one denies by default: say what is allowed, too.
  networkAcl: [
    { kind: 'networkAcl', action: 'block', direction: 'in', protocols: ['tcp'], localPorts: ['23'], priority: 200 },
    { kind: 'networkAcl', action: 'allow', direction: 'in', priority: 65000 },
    { kind: 'networkAcl', action: 'allow', direction: 'out', priority: 65000 },
  ],
  neighborDiscovery: [
    { kind: 'neighborDiscovery', target: '10.244.2.0/24', senderAddress: '10.244.1.1', senderMacAddress: '00-15-5D-AA-BB-CC' },
  ],
  unknown: [unknownPolicy('FutureThing', { Level: 3 })],
}

type Lists<Policies> = { readonly [Kind in keyof Policies]: readonly unknown[] }

/** All policies of these kinds. */
export function ofKinds<Policies extends Lists<Policies>, Kind extends keyof Policies>(
  policies: Policies,
  kinds: readonly Kind[],
): Policies[Kind][number][] {
  return kinds.flatMap((kind) => policies[kind])
}

/** All policies, but for those of these kinds. */
export function allBut<Policies extends Lists<Policies>>(
  policies: Policies,
  kinds: readonly (keyof Policies)[],
): Policies[keyof Policies][number][] {
  const all = Object.keys(policies) as (keyof Policies)[]
  return ofKinds(
    policies,
    all.filter((kind) => !kinds.includes(kind)),
  )
}
