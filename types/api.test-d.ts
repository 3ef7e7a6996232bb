import {
  type AclPolicy,
  acl,
  type CallOptions,
  type Endpoint,
  type EndpointAddress,
  type EndpointFlag,
  type EndpointPolicy,
  type EndpointStatistics,
  type ErrorCategory,
  encapOverhead,
  encryption,
  errorCatalogue,
  firewall,
  type GuestNetworkService,
  HcnError,
  type HcnErrorCode,
  type HnsEvent,
  type HnsFeatures,
  HostNetworking,
  interfaceConstraint,
  iov,
  type LoadBalancer,
  l2Driver,
  l4Proxy,
  l4WfpProxy,
  type Namespace,
  type Network,
  type NetworkFlag,
  type ObjectChange,
  type ObjectWatch,
  outboundNat,
  type Packet,
  type Pod,
  type PortReservation,
  parsePacket,
  portMapping,
  providerAddress,
  qos,
  type SdnRoute,
  type SdnRouteEntry,
  sdnRoutePolicy,
  type TierAclPolicy,
  tierAcl,
  type VfpExplanation,
  type VfpFlow,
  vlan,
  vmNic,
} from 'hns-vfp'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'

// A host
const hns = await HostNetworking.open({ provider: 'embedded', ports: 'auto', signal: new AbortController().signal, timeout: 1000 })
expectType<HostNetworking>(hns)
expectType<'memory' | 'linux' | 'system'>(hns.ports)
expectAssignable<AsyncDisposable>(hns)
expectError(HostNetworking.open({ provider: 'docker' }))
expectError(HostNetworking.open({ ports: 'ebpf' }))
expectType<Promise<HostNetworking>>(HostNetworking.open({ profile: 'server2019' }))
expectType<Promise<HostNetworking>>(HostNetworking.open({ profile: '13.2' }))
expectError(HostNetworking.open({ profile: 'server2025' }))
expectType<number>(hns.version.major)
expectType<HnsFeatures>(hns.features)
expectType<boolean>(hns.features.acl.addressLists)
expectError(hns.features.ebpf)

// Objects
const network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
expectType<Network>(network)
expectError(hns.networks.create({ name: 'pods' }))
expectError(hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16' }] }))
expectError(hns.networks.create({ name: 'pods', type: 'l2bridge', subnets: [] }))
expectType<Network>(await hns.networks.create({ name: 'nat', type: 'NAT' }))
expectType<Network>(await hns.networks.create({ name: 'outer', type: 'Transparent', ipam: 'dhcp' }))
expectError(hns.networks.create({ name: 'overlay', type: 'Overlay' }))
expectError(hns.networks.create({ name: 'pods', type: 'L2Bridge', subnets: [], ipam: 'dhcp' }))
expectError(network.addPolicies([{ kind: 'vxlanPort' }]))
expectType<Promise<void>>(network.updatePolicies([{ kind: 'l4Proxy', port: 8080 }, { kind: 'hostRoute' }]))
expectError(network.updatePolicies({ kind: 'hostRoute' }))
expectType<Promise<void>>(network.addIpSubnets('x', [{ prefix: '10.1.2.0/24', broadcast: false }]))
expectError(network.addIpSubnets('x', ['10.1.2.0/24']))
expectError(network.removeIpSubnets('x', [{ id: 'x' }]))
expectType<Promise<void>>(network.setExtension('x', true))
expectError(network.setExtension('x', 'on'))
expectType<readonly NetworkFlag[]>(network.flags)
expectType<Network>(await hns.networks.create({ name: 'wsl', type: 'Internal', flags: ['EnableDnsProxy', 'EnableNonPersistent'] }))
expectError(hns.networks.create({ name: 'wsl', type: 'Internal', flags: ['EnableDNS'] }))
expectError(network.addPolicies([{ kind: 'vxlanPort', port: '4789' }]))
expectError(network.addPolicies([{ kind: 'addressSet', id: 'a', name: 'a', type: 'IPSET', values: [] }]))
expectError(network.addPolicies([{ kind: 'remoteSubnetRoute', destination: '10.2.0.0/24', vsid: 5000 }]))
for (const policy of network.policies) if (policy.kind === 'remoteSubnetRoute') expectType<number>(policy.vsid)
expectType<Network | undefined>(await hns.networks.find({ name: 'pods' }))
expectType<Network>(await hns.networks.get({ name: 'pods' }))
expectError(hns.networks.find({ Name: 'pods' }))
expectError(() => {
  network.id = 'x'
})
expectType<string | undefined>(network.document.Owner)
expectType<string>(network.document.ID)
expectError(network.document.id)

const endpoint = await hns.endpoints.create({ network, addresses: ['10.1.0.4'] })
expectType<Endpoint>(endpoint)
expectType<readonly string[]>(endpoint.addresses)
expectError(hns.endpoints.create({ name: 'without a network' }))
expectType<Endpoint>(await hns.endpoints.create({ network, remote: true, flags: ['EnableLowInterfaceMetric'] }))
expectError(hns.endpoints.create({ network, flags: ['Remote'] }))
expectType<Endpoint>(await hns.endpoints.create({ network, addresses: ['10.1.0.4', { ipSubnetId: 'x' }] }))
expectError(hns.endpoints.create({ network, addresses: [{ prefix: '10.1.0.0/16' }] }))
expectType<Namespace>(await hns.namespaces.create({ endpoints: [endpoint], containers: ['nginx'] }))
expectError(hns.namespaces.create({ containers: 'nginx' }))
expectType<readonly EndpointFlag[]>(endpoint.flags)
expectType<boolean>(endpoint.remote)
expectError(endpoint.addPolicies(acl({ action: 'allow', direction: 'in' })))
expectError(endpoint.addPolicies([{ kind: 'acl', action: 'allow' }]))

expectType<EndpointStatistics>(await endpoint.statistics({ timeout: 1000 }))
expectType<readonly EndpointAddress[]>(await endpoint.queryAddresses())
expectError((await endpoint.statistics()).BytesSent)

const pod = await hns.pods.create({ name: 'web', network, dns: { servers: ['10.96.0.10'], search: ['svc.cluster.local'] } })
expectType<Pod>(pod)
expectType<Endpoint>(pod.endpoint)
expectError(pod.addContainer())

const loadBalancer = await hns.loadBalancers.create({
  frontendVips: ['10.96.0.80'],
  backends: [endpoint, pod, 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444'],
  ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
})
expectType<LoadBalancer>(loadBalancer)
expectError(loadBalancer.update({ id: 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444' }))
expectError(hns.loadBalancers.create({ frontendVips: [], backends: [], ports: [{ protocol: 'icmp', external: 80 }] }))

const route = await hns.routes.create({ endpoints: [endpoint, pod], routes: [{ destination: '10.9.0.0/16', nextHop: '10.1.0.9' }] })
expectType<SdnRoute>(route)
expectType<readonly SdnRouteEntry[]>(route.routes)
expectType<SdnRoute | undefined>(await hns.routes.find({ name: 'metadata' }))
expectError(hns.routes.create({ routes: [{ destination: '10.9.0.0/16' }] }))
expectError(hns.routes.create({ endpoints: [], routes: [{ nextHop: '10.1.0.9' }] }))
expectError(route.update({ name: 'other' }))

const guest = await hns.guestNetworkServices.create({ virtualMachineId: 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444' })
expectType<GuestNetworkService>(guest)
expectType<PortReservation>(await guest.reservePort({ port: 80, protocol: 'tcp', shared: true }))
expectAssignable<AsyncDisposable>(await guest.reservePortRange(100))
expectType<GuestNetworkService>(await hns.guestNetworkServices.create({ rpcServer: { endpointType: 'LRpc' } }))
expectError(hns.guestNetworkServices.create({ rpcServer: { endpointType: 'Pipe' } }))
expectError(hns.guestNetworkServices.create({ mirroredInterfaces: [endpoint] }))
expectError(guest.reservePort(80))
expectError(guest.reservePort({ port: 80, protocol: 'icmp' }))
expectError(guest.setState('Asleep'))
expectError(guest.watch('x'))

// Policies: one exhaustive switch, and nothing is forgotten
expectType<AclPolicy>(acl({ action: 'allow', direction: 'in', protocol: ['tcp', 132], localPorts: [80, '8000-8080'] }))
expectType<AclPolicy>(acl({ action: 'allow', direction: 'in', sourceSets: ['web'], destinationSets: ['db'] }))
expectError(acl({ action: 'allow', direction: 'in', sourceSets: 'web' }))
expectError(acl({ action: 'pass', direction: 'in' }))
expectError(acl({ action: 'allow' }))
expectError(acl({ action: 'allow', direction: 'in', protocol: 'any' }))
expectError(acl({ action: 'allow', direction: 'in', remoteAddreses: [] }))
expectError(portMapping({ protocol: 'tcp', external: 80 }))
expectAssignable<EndpointPolicy>(outboundNat())
expectAssignable<EndpointPolicy>({ kind: 'unknown', type: 'QOS', settings: {} })
expectNotAssignable<EndpointPolicy>({ kind: 'qos', settings: {} })
expectType<TierAclPolicy>(tierAcl({ direction: 'in', order: 1, rules: [{ action: 'pass', protocol: 'tcp', localPorts: [80] }] }))
expectError(tierAcl({ direction: 'in', rules: [] }))
expectError(tierAcl({ direction: 'in', order: 1, rules: [{ action: 'drop' }] }))
expectError(tierAcl({ direction: 'in', order: 1, rules: [{ action: 'allow', direction: 'in' }] }))
expectError(acl({ action: 'pass', direction: 'in' }))
expectAssignable<EndpointPolicy>(qos({ maximumOutgoingBandwidth: 1_000_000 }))
expectAssignable<EndpointPolicy>(qos({ maximumOutgoingBandwidth: 0, maximumIncomingBandwidth: 1 }))
expectError(qos({ bandwidth: 1 }))
expectAssignable<EndpointPolicy>(encapOverhead({ overhead: 50 }))
expectAssignable<EndpointPolicy>(providerAddress({ address: '192.168.1.4' }))
expectAssignable<EndpointPolicy>(vlan({ id: 5 }))
expectError(vlan({ id: '5' }))
expectAssignable<EndpointPolicy>(sdnRoutePolicy({ destination: '10.0.0.0/8', encapsulate: true }))
expectError(sdnRoutePolicy({ nextHop: '10.0.0.1' }))
expectAssignable<EndpointPolicy>(l2Driver())
expectAssignable<EndpointPolicy>(l4Proxy({ port: 15001, exceptions: ['10.96.0.10'] }))
expectError(l4Proxy({ ip: '10.1.0.9' }))
expectError(l4Proxy({ port: '15001' }))
expectAssignable<EndpointPolicy>(l4WfpProxy({ outboundPort: 15001, filter: { protocols: ['tcp'] } }))
expectError(l4WfpProxy({ outboundPort: 15001, filter: { protocols: 'tcp' } }))
expectError(l4WfpProxy({ proxyPort: 15001 }))
expectAssignable<EndpointPolicy>(interfaceConstraint({ alias: 'Ethernet' }))
expectError(interfaceConstraint({ name: 'Ethernet' }))
expectAssignable<EndpointPolicy>(encryption({ authentication: [{ type: 'presharedKey', key: 'k' }] }))
expectError(encryption({ authentication: [{ type: 'presharedKey', certificateName: 'k' }] }))
expectError(encryption({}))
expectAssignable<EndpointPolicy>(iov({ interruptModeration: 'adaptive' }))
expectError(iov({ interruptModeration: 'fast' }))
expectAssignable<EndpointPolicy>(vmNic({ vfInstanceId: 'x' }))
expectError(vmNic({ device: 'x' }))
expectAssignable<EndpointPolicy>(firewall({ vmType: 'wsl' }))
expectError(firewall({ vmType: 'docker' }))

function nameOf(policy: EndpointPolicy): string {
  switch (policy.kind) {
    case 'acl':
      return policy.action
    case 'outboundNat':
      return policy.vip ?? ''
    case 'portMapping':
      return String(policy.external)
    case 'interfaceParameters':
      return String(policy.mtu)
    case 'portName':
      return policy.name
    case 'tierAcl':
      return policy.rules.map(({ action }) => action).join()
    case 'qos':
      return String(policy.maximumOutgoingBandwidth)
    case 'encapOverhead':
      return String(policy.overhead)
    case 'providerAddress':
      return policy.address
    case 'vlan':
      return String(policy.id)
    case 'sdnRoute':
      return policy.destination
    case 'l2Driver':
      return policy.kind
    case 'l4Proxy':
      return String(policy.port)
    case 'l4WfpProxy':
      return String(policy.outboundPort ?? policy.inboundPort)
    case 'interfaceConstraint':
      return policy.alias ?? ''
    case 'encryption':
      return policy.authentication.map((way) => (way.type === 'certificate' ? way.certificateName : '')).join()
    case 'iov':
      return policy.interruptModeration ?? 'default'
    case 'vmNic':
      return policy.vfInstanceId ?? ''
    case 'firewall':
      return policy.vmType ?? ''
    case 'unknown':
      return policy.type
    default:
      return policy satisfies never
  }
}
expectType<string>(nameOf(outboundNat()))

// The switch
expectType<VfpExplanation>(await hns.vfp.explain(pod, 'tcp 10.1.0.4:1 > 10.1.0.5:80 S'))
expectType<VfpExplanation>(await hns.vfp.explain(endpoint, parsePacket('arp who-has 10.1.0.5 tell 10.1.0.4')))
expectError(hns.vfp.explain(endpoint))
expectError(hns.vfp.explain(endpoint, 7))
expectType<string>(await hns.vfp.text('/list-vmswitch-port'))
expectType<string>(await hns.vfp.text(['/port', endpoint.id, '/list-layer'], { timeout: 1000 }))
expectError(hns.vfp.text(7))
for await (const flow of hns.vfp.flows(endpoint, { pageSize: 10 })) expectType<VfpFlow>(flow)
expectType<VfpFlow[]>(await hns.vfp.flows().toArray())
expectType<readonly Uint8Array[]>(await hns.vfp.receive(endpoint))
expectType<Packet>(parsePacket('udp 10.1.0.4:1 > 10.1.0.5:53'))

// Events
for await (const event of hns.events()) {
  expectType<HnsEvent>(event)
  if (event.kind === 'lost') expectType<number>(event.count)
  if (event.kind === 'networkCreated') expectType<string>(event.id)
  else expectError(event.id)
}

// Watching
for await (const change of hns.watch()) {
  expectType<ObjectChange>(change)
  expectType<'added' | 'changed' | 'removed'>(change.type)
  if (change.kind === 'endpoint') expectType<Endpoint>(change.object)
  if (change.kind === 'sdnRoute') expectType<SdnRoute>(change.object)
  expectError(change.object.addresses)
}
for await (const { kind, object } of hns.watch({ kinds: ['endpoint'], network, name: 'web', interval: 250 })) {
  expectType<'endpoint'>(kind)
  expectType<Endpoint>(object)
}
expectType<void>(await hns.watch().refresh({ timeout: 100 }))
expectType<ObjectWatch<'pod'>>(hns.watch({ kinds: ['pod'] }))
expectError(hns.watch({ kinds: ['container'] }))
expectError(hns.watch({ interval: '1 s' }))

// Errors
const caught: unknown = new HcnError('ERR_INVALID_ARGUMENT', 'message')
if (HcnError.is(caught, 'HCN_E_NETWORK_NOT_FOUND')) expectType<'HCN_E_NETWORK_NOT_FOUND'>(caught.code)
if (HcnError.is(caught)) expectAssignable<HcnErrorCode>(caught.code)
expectError(HcnError.is(caught, 'HCN_E_NO_SUCH_CODE'))
if (HcnError.isNotFound(caught)) expectType<ErrorCategory>(caught.category)
expectType<string>(errorCatalogue.HCN_E_INVALID_IP.remedy)
expectError(errorCatalogue.HCN_E_NO_SUCH_CODE)
expectError(new HcnError('ENOENT', 'message'))
expectAssignable<HcnErrorCode>('HRESULT_0x803B0041')

// Every call
expectAssignable<CallOptions>({ signal: undefined, timeout: 5 })
expectError(endpoint.query({ timeout: '5 s' }))
expectError(network.delete({ abort: true }))

// v1
expectType<Promise<{ Major: number }>>(hns.v1.call<{ Major: number }>('GET', '/globals/version'))
expectType<Promise<unknown>>(hns.v1.call('POST', '/networks', { Name: 'pods' }, { timeout: 1000 }))
expectError(hns.v1.call('PUT', '/networks'))
expectError(hns.v1.call('GET', '/networks', '{}'))
