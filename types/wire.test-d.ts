import type {
  Answered,
  EndpointStatisticsDocument,
  GuestNetworkServiceDocument,
  HnsEndpoint,
  HnsNetwork,
  HostComputeEndpoint,
  HostComputeLoadBalancer,
  HostComputeNamespace,
  HostComputeNetwork,
  HostComputeQuery,
  HostComputeRoute,
  KnownEndpointPolicyDocument,
  KnownNetworkPolicyDocument,
  ModifyEndpointSettings,
  ModifyGuestNetworkServiceSettings,
  ModifyNamespaceSettings,
  ModifyNetworkSettings,
  NamespaceResource,
} from 'hns-vfp/wire'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'

expectAssignable<HostComputeNetwork>({
  Name: 'pods',
  Type: 'L2Bridge',
  Ipams: [
    { Type: 'Static', Subnets: [{ IpAddressPrefix: '10.1.0.0/16', Routes: [{ NextHop: '10.1.0.1', DestinationPrefix: '0.0.0.0/0' }] }] },
  ],
  SchemaVersion: { Major: 2, Minor: 0 },
})
expectNotAssignable<HostComputeNetwork>({ Name: 'pods', Type: 'l2bridge' })
expectNotAssignable<HostComputeNetwork>({ Ipams: [{ Subnets: [{ Routes: [] }] }] })
expectNotAssignable<Answered<HostComputeNetwork>>({ Name: 'pods' })

expectAssignable<HostComputeEndpoint>({ IpConfigurations: [{}], Policies: [{ Type: 'L2Driver' }, { Type: 'TierAcl', Settings: {} }] })
expectNotAssignable<HostComputeEndpoint>({ IpConfigurations: [{ IpAddress: 10 }] })

declare const statistics: EndpointStatisticsDocument
expectType<number>(statistics.DroppedPacketsIncoming)
expectError(statistics.droppedPacketsIncoming)

declare const resource: NamespaceResource
if (resource.Type === 'Container') expectType<string>(resource.Data.Id)
expectNotAssignable<HostComputeNamespace>({ Type: 'Pod' })

expectAssignable<HostComputeLoadBalancer>({ PortMappings: [{ Protocol: 6, InternalPort: 8080, ExternalPort: 80, DistributionType: 2 }] })
expectNotAssignable<HostComputeLoadBalancer>({ PortMappings: [{ Protocol: 'TCP' }] })
expectNotAssignable<HostComputeLoadBalancer>({ PortMappings: [{ DistributionType: 3 }] })

expectAssignable<HostComputeRoute>({ HostComputeEndpoints: [], Setting: [{ DestinationPrefix: '169.254.169.254/24', NeedEncap: false }] })
expectNotAssignable<HostComputeRoute>({ Routes: [{ NextHop: '10.1.0.9' }] })
expectNotAssignable<HostComputeRoute>({ Routes: [{ DestinationPrefix: '10.9.0.0/16', NeedEncap: 'yes' }] })

expectAssignable<KnownEndpointPolicyDocument>({ Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In' } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'ACL', Settings: { Action: 'allow', Direction: 'In' } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'PortMapping', Settings: { Protocol: 6 } })
expectAssignable<KnownEndpointPolicyDocument>({ Type: 'TierAcl', Settings: { Direction: 'In', Order: 1001 } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'TierAcl', Settings: { Direction: 'In', Order: '1001' } })
expectAssignable<KnownEndpointPolicyDocument>({ Type: 'L4WFPPROXY', Settings: { OutboundProxyPort: '15001' } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'L4WFPPROXY', Settings: { OutboundProxyPort: 15001 } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'L4Proxy', Settings: { IP: '10.0.0.1' } })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'Encryption', Settings: {} })
expectNotAssignable<KnownEndpointPolicyDocument>({ Type: 'Firewall', Settings: { VmType: 'Docker' } })

// A filter is text inside the text.
expectAssignable<HostComputeQuery>({ Filter: '{"Name":"pods"}' })
expectNotAssignable<HostComputeQuery>({ Filter: { Name: 'pods' } })

expectAssignable<ModifyNamespaceSettings>({ ResourceType: 'Container', RequestType: 'Add', Settings: { ContainerId: 'nginx' } })
expectNotAssignable<ModifyNamespaceSettings>({ ResourceType: 'Container', RequestType: 'Add', Settings: { EndpointId: 'nginx' } })
expectNotAssignable<ModifyNamespaceSettings>({ ResourceType: 'Endpoint', RequestType: 'Update', Settings: { EndpointId: 'x' } })
expectNotAssignable<ModifyEndpointSettings>({ ResourceType: 'DNS', RequestType: 'Update', Settings: {} })
expectAssignable<ModifyEndpointSettings>({ ResourceType: 'VmInterfaceState', RequestType: 'Add', Settings: { State: 'BeginAdd' } })
expectNotAssignable<ModifyEndpointSettings>({ ResourceType: 'VmInterfaceState', RequestType: 'Add', Settings: { State: 'Added' } })
expectNotAssignable<ModifyEndpointSettings>({ ResourceType: 'Port', RequestType: 'Update', Settings: {} })
expectAssignable<ModifyNetworkSettings>({ ResourceType: 'DNS', RequestType: 'Update', Settings: { Search: ['svc.cluster.local'] } })
expectAssignable<ModifyNetworkSettings>({
  ResourceType: 'IPSubnet',
  RequestType: 'Add',
  Settings: { SubnetId: 'x', IpSubnets: [{ IpAddressPrefix: '10.1.2.0/24' }] },
})
expectNotAssignable<ModifyNetworkSettings>({ ResourceType: 'IPSubnet', RequestType: 'Update', Settings: { SubnetId: 'x', IpSubnets: [] } })
expectAssignable<KnownNetworkPolicyDocument>({
  Type: 'RemoteSubnetRoute',
  Settings: {
    DestinationPrefix: '10.2.0.0/24',
    IsolationId: 5000,
    ProviderAddress: '10.0.0.5',
    DistributedRouterMacAddress: '00-15-5D-00-00-05',
  },
})
expectNotAssignable<KnownNetworkPolicyDocument>({ Type: 'RemoteSubnetRoute', Settings: { IsolationId: 5000 } })
expectNotAssignable<KnownNetworkPolicyDocument>({ Type: 'L4Proxy', Settings: { Port: 8080 } })
expectNotAssignable<KnownNetworkPolicyDocument>({ Type: 'SetPolicy', Settings: { Id: 'a', Name: 'a', PolicyType: 'ipset' } })

expectAssignable<GuestNetworkServiceDocument>({ MirrorHostNetworking: true, GnsRpcServerInformation: { EndpointType: 'HvSocket' } })
expectNotAssignable<GuestNetworkServiceDocument>({ GnsRpcServerInformation: { EndpointType: 'Pipe' } })
expectNotAssignable<ModifyGuestNetworkServiceSettings>({ ResourceType: 'State', RequestType: 'Add', Settings: { State: 'Paused' } })

declare const network: HostComputeNetwork
expectError(network.name)
expectError(() => {
  network.Name = 'other'
})

// v1
expectAssignable<HnsNetwork>({ Name: 'pods', Type: 'l2bridge', DNSServerList: '10.96.0.10,10.96.0.11' })
expectNotAssignable<HnsNetwork>({ DNSServerList: ['10.96.0.10'] })
expectAssignable<HnsEndpoint>({ VirtualNetworkName: 'pods', Policies: [{ Type: 'OutBoundNAT', ExceptionList: ['10.1.0.0/16'] }] })
expectNotAssignable<HnsEndpoint>({ Policies: [{ ExceptionList: [] }] })
