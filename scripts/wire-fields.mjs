// What the embedded host does with each member of HCN's documents, by the
// interfaces of types/. docs/support.md is made from it; `npm run docs` fails
// when a member has no state here, or a state no member.
//
//   implemented  what the host does follows it, or it tells what the host knows
//   filled in    the host's own; what a client sends there is checked and not heeded
//   kept         checked where its type is known, given back as it came; nothing follows from it
//   not yet      kept, and Windows would do more
//   refused      with that code

/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} interface → state → members */
export const wireFields = {
  HostComputeBase: {
    implemented: 'ID Name SchemaVersion',
    'filled in': 'Version State',
    kept: 'Owner AdditionalParams Health Telemetry',
  },
  SchemaVersion: { implemented: 'Major', kept: 'Minor' },
  Dns: { implemented: 'Domain Search ServerList Options' },
  Route: { implemented: 'NextHop DestinationPrefix Metric' },
  HostComputeNetwork: { implemented: 'Type Policies MacPool Dns Ipams Flags' },
  NetworkFlagBits: {
    implemented: 'EnableNonPersistent',
    'not yet':
      'EnableDnsProxy EnableDhcpServer EnableMirroring EnablePersistent IsolateVSwitch EnableFlowSteering DisableSharing EnableFirewall ' +
      'SuppressMediaDisconnect DisableHostPort WeakHostReceiveAdapter WeakHostSendAdapter EnableIov',
  },
  MacPool: { implemented: 'Ranges' },
  MacRange: { implemented: 'StartMacAddress EndMacAddress' },
  Ipam: { implemented: 'Type Subnets' },
  Subnet: { implemented: 'IpAddressPrefix Policies Routes IpSubnets Flags' },
  SubnetFlagBits: { implemented: 'DoNotReserveGatewayAddress' },
  IpSubnet: { implemented: 'IpAddressPrefix Flags' },
  IpSubnetFlagBits: { implemented: 'EnableBroadcast ReserveNetworkAddress' },
  HostComputeEndpoint: {
    implemented: 'Policies IpConfigurations Dns Routes MacAddress Flags',
    'filled in': 'HostComputeNetwork HostComputeNamespace',
  },
  EndpointFlagBits: {
    implemented: 'RemoteEndpoint',
    'not yet': 'EnableLowInterfaceMetric OverrideDNSServerOrder',
    'refused: `HCN_E_REQUEST_UNSUPPORTED`': 'DisableInterComputeCommunication EnableMirroring EnableDhcp',
  },
  IpConfiguration: { implemented: 'IpAddress PrefixLength IpSubnetId' },
  EndpointStatisticsDocument: {
    implemented: 'EndpointId InstanceId BytesReceived BytesSent PacketsReceived PacketsSent DroppedPacketsIncoming DroppedPacketsOutgoing',
  },
  VmEndpointRequest: { 'refused: `HCN_E_REQUEST_UNSUPPORTED`': 'PortId VirtualNicName VirtualMachineId' },
  VmInterfaceStateRequest: { 'refused: `HCN_E_REQUEST_UNSUPPORTED`': 'State VirtualMachineId' },
  HostComputeNamespace: { implemented: 'Type Resources', 'filled in': 'NamespaceId NamespaceGuid', kept: 'CreateWithCompartment' },
  HostComputeLoadBalancer: {
    implemented: 'HostComputeEndpoints SourceVIP FrontendVIPs PortMappings Flags',
    'filled in': 'HostComputeNetwork',
  },
  LoadBalancerFlagBits: { implemented: 'EnableDirectServerReturn IPv6' },
  LoadBalancerPortMapping: { implemented: 'Protocol InternalPort ExternalPort DistributionType Flags' },
  LoadBalancerPortMappingFlagBits: {
    implemented: 'UseMux EnablePreserveDip',
    kept: 'EnableInternalLoadBalancer LocalRoutedVip VipExternalIP',
  },
  HostComputeRoute: { implemented: 'HostComputeEndpoints Routes Setting', 'filled in': 'HostComputeNetwork' },
  SdnRouteSetting: { implemented: 'DestinationPrefix NextHop NeedEncap', 'not yet': 'AutomaticEndpointMonitor' },
  GuestNetworkServiceDocument: {
    kept: 'VirtualMachineId',
    'not yet': 'MirroredInterfaces MirrorHostNetworking GnsRpcServerInformation Flags',
  },
  GuestNetworkServiceFlagBits: { 'not yet': 'IsFlowsteered IsFlowsteeredSelfManaged' },
  GuestNetworkServiceInterface: { 'not yet': 'EndpointId InterfaceGuid State MissedNotifications' },
  RpcConnectionInformation: { kept: 'NetworkAddress EndpointAddress EndpointType ObjectUuid' },
  GuestNetworkServiceNotificationData: { implemented: 'State Interfaces' },
  NotificationBase: { implemented: 'ID Data', 'filled in': 'Flags' },
  HcnNotificationTypes: {
    implemented:
      'NetworkPreCreate NetworkCreate NetworkPreDelete NetworkDelete NamespaceCreate NamespaceDelete GuestNetworkServiceCreate ' +
      'GuestNetworkServiceDelete GuestNetworkServiceStateChanged ServiceDisconnect',
    'not yet': 'NetworkEndpointAttached NetworkEndpointDetached GuestNetworkServiceInterfaceStateChanged',
  },
  PortRangeEntry: {
    implemented: 'OwningPartitionId Protocol SharingFlags StartingPort EndingPort',
    'filled in': 'TargetPartitionId Priority ReservationType DeliveryMode',
  },
  V1Policy: { implemented: 'Type' },
  V1Subnet: { implemented: 'ID AddressPrefix GatewayAddress Policies' },
  HnsNetwork: {
    implemented: 'ID Name Type Policies MacPools Subnets DNSSuffix DNSServerList',
    'filled in': 'ManagementIP',
    'not yet': 'NetworkAdapterName SourceMac AutomaticDNS',
  },
  HnsEndpoint: {
    implemented:
      'ID Name VirtualNetwork VirtualNetworkName Policies MacAddress IPAddress PrefixLength IPv6Address IPv6PrefixLength GatewayAddress ' +
      'GatewayAddressV6 DNSSuffix DNSServerList DNSDomain IsRemoteEndpoint',
    'filled in': 'Namespace SharedContainers State',
    'not yet': 'EnableLowMetric',
    'as policy `EncapOverhead`': 'EncapOverhead',
    'refused: `HCN_E_REQUEST_UNSUPPORTED`': 'DisableICC',
  },
  PolicyList: { implemented: 'ID References Policies' },
  HnsNamespace: { implemented: 'ID IsDefault ResourceList', 'filled in': 'CompartmentId' },
  V1Attachment: {
    implemented: 'ContainerId SystemType CompartmentId',
    'refused: `HCN_E_REQUEST_UNSUPPORTED`': 'VirtualNicName',
  },
  HostComputeQuery: { implemented: 'SchemaVersion Filter', kept: 'Flags' },
  AclSettings: {
    implemented: 'Protocols Action Direction LocalAddresses RemoteAddresses LocalPorts RemotePorts RuleType Priority',
    kept: 'Id',
  },
  TierAclSettings: { implemented: 'Direction Order TierAclRules', kept: 'Name' },
  TierAclRuleSettings: {
    implemented: 'Protocols TierAclRuleAction LocalAddresses RemoteAddresses LocalPorts RemotePorts Priority',
    kept: 'Id',
  },
  PortMappingSettings: { implemented: 'Protocol InternalPort ExternalPort VIP Flags' },
  OutboundNatSettings: { implemented: 'VirtualIP Exceptions Destinations MaxPortPoolUsage', kept: 'Flags' },
  NatFlagBits: { implemented: 'IPv6', kept: 'LocalRoutedVip ExternalPortReserved' },
  InterfaceParametersSettings: { implemented: 'Mtu' },
  PortNameSettings: { implemented: 'Name' },
  QosSettings: { implemented: 'MaximumOutgoingBandwidthInBytes MaximumIncomingBandwidthInBytes' },
}

/** Settings of policies whose row in the tables of policies says all there is to say; each member is checked and kept. */
export const asTheirPolicy = [
  'SdnRoutePolicySettings',
  'L4ProxySettings',
  'ProxyExceptionsSettings',
  'L4WfpProxySettings',
  'InterfaceConstraintSettings',
  'EncryptionSettings',
  'IovSettings',
  'FirewallSettings',
  'RemoteSubnetRouteSettings',
  'SetPolicySettings',
  'NetworkL4ProxySettings',
  'NeighborDiscoverySettings',
]

/** Members of documents that are told of as a whole: in the text on modify requests, or as their parent's. */
export const toldElsewhere = ['SchemaVersion2', 'Health', 'ModifyGuestNetworkServiceSettings']
