/**
 * Windows container networking, typed: networks, endpoints, namespaces, load
 * balancers, pods and policies, and a look into the switch that carries their
 * packets. HCN's own documents are in `hns-vfp/wire`.
 *
 * @packageDocumentation
 */
export type {
  GuestNetworkServiceState,
  VfpDirection,
  VfpDirectionCounters,
  VfpEncapsulation,
  VfpExplainStep,
  VfpExplanation,
  VfpFlow,
  VfpFlowKey,
  VfpGroup,
  VfpLayer,
  VfpPort,
  VfpPortCounters,
  VfpRule,
  VfpTransposition,
  VfpTuple,
} from '../types/index.js'
export type { ConnectionSettings } from './connection-settings.js'
export type { Capture } from './engine/capture.js'
export { explanationSvg } from './engine/explain-svg.js'
export { type ExplanationTextOptions, explanationText } from './engine/explain-text.js'
export type { Flows } from './engine/flows.js'
export type { CapturedFrame } from './engine/frame-packing.js'
export {
  type ArpPacket,
  decodeFrame,
  encodeFrame,
  formatPacket,
  type IcmpPacket,
  type IpPacket,
  type MacDefaults,
  type NdPacket,
  type Packet,
  parsePacket,
  type RawPacket,
  type TcpPacket,
  type UdpPacket,
  withoutMacs,
  wrongChecksums,
} from './engine/packet.js'
export { encodePcapng, type PcapngInterface } from './engine/pcapng.js'
export type { Topology, TopologyMember, TopologyNetwork, TopologyService } from './engine/topology.js'
export { topologySvg } from './engine/topology-svg.js'
export { type TopologyTextOptions, topologyText } from './engine/topology-text.js'
export type { PacketInput, PlacedRule, PortReference, Vfp } from './engine/vfp.js'
export { errorCatalogue } from './error-catalogue.js'
export {
  type EmbeddedErrorCode,
  type ErrorCatalogueEntry,
  type ErrorCategory,
  type ErrorRecord,
  HcnError,
  type HcnErrorCode,
  type HcnErrorOptions,
  type HcnServiceErrorCode,
  type NamedErrorCode,
  type PackageErrorCode,
  type UnnamedErrorCode,
  type WindowsErrorCode,
} from './errors.js'
export type { EventOptions, EventStream, HnsEvent } from './events.js'
export { type Duration, type Fault, HostNetworking, type MachineCheck, type NamespaceCheck, type OpenOptions } from './host-networking.js'
export type { HnsFeatures, HnsVersion } from './native/features.js'
export type { CallOptions } from './objects/call-options.js'
export type { DnsSettings } from './objects/dns.js'
export type { Endpoint, EndpointAddress, EndpointReference, EndpointState, EndpointStatistics, Endpoints } from './objects/endpoint.js'
export type { AddressFrom, EndpointSpec, RouteSpec } from './objects/endpoint-spec.js'
export type { EndpointFlag, NetworkFlag } from './objects/flags.js'
export type {
  GuestNetworkService,
  GuestNetworkServiceChange,
  GuestNetworkServiceSpec,
  GuestNetworkServices,
  GuestNetworkServiceWatch,
  GuestRpcServer,
  MirroredInterface,
} from './objects/guest-network-service.js'
export type { LoadBalancer, LoadBalancers } from './objects/load-balancer.js'
export type { LoadBalancerPort, LoadBalancerSpec } from './objects/load-balancer-spec.js'
export type { Namespace, NamespaceSpec, Namespaces } from './objects/namespace.js'
export type { Network, NetworkSubnet, Networks } from './objects/network.js'
export type { IpSubnetSpec, NetworkSpec, NetworkType, SubnetSpec } from './objects/network-spec.js'
export type { PortReservation, PortReservationEntry, PortToReserve } from './objects/port-reservation.js'
export type { SdnRoute, SdnRoutes } from './objects/sdn-route.js'
export type { SdnRouteEntry, SdnRouteSpec } from './objects/sdn-route-spec.js'
export type { V1 } from './objects/v1.js'
export type { Pod, PodState } from './pods/pod.js'
export type { PodSpec, Pods } from './pods/pods.js'
export type { Protocol } from './policy/check.js'
export { decodeEndpointPolicy, encodeEndpointPolicy } from './policy/codec.js'
export {
  type AclOptions,
  acl,
  interfaceParameters,
  type OutboundNatOptions,
  outboundNat,
  type PortMappingOptions,
  portMapping,
  portName,
  unknownPolicy,
} from './policy/constructors.js'
export { encryption } from './policy/encryption.js'
export type {
  AclPolicy,
  EncapOverheadPolicy,
  EndpointPolicy,
  InterfaceParametersPolicy,
  L2DriverPolicy,
  OutboundNatPolicy,
  PortMappingPolicy,
  PortNamePolicy,
  ProviderAddressPolicy,
  QosPolicy,
  SdnRoutePolicy,
  TierAclPolicy,
  TierAclRule,
  UnknownPolicy,
  VlanPolicy,
} from './policy/endpoint-policy.js'
export { firewall } from './policy/firewall.js'
export { l4WfpProxy } from './policy/l4-wfp-proxy.js'
export type {
  EncryptionAuthentication,
  EncryptionPolicy,
  FirewallPolicy,
  IovPolicy,
  L4WfpProxyFilter,
  L4WfpProxyPolicy,
  ProxyExceptions,
  VmNicPolicy,
} from './policy/machine-policy.js'
export { decodeNetworkPolicy, encodeNetworkPolicy, netAdapterName, networkAcl } from './policy/network-codec.js'
export type {
  AddressSetPolicy,
  AutomaticDnsPolicy,
  HostRoutePolicy,
  LayerConstraintPolicy,
  NeighborDiscoveryPolicy,
  NetAdapterNamePolicy,
  NetworkAclPolicy,
  NetworkPolicy,
  NetworkProviderAddressPolicy,
  RemoteSubnetRoutePolicy,
  RouterMacAddressPolicy,
  SourceMacAddressPolicy,
  SwitchExtensionPolicy,
  VxlanPortPolicy,
} from './policy/network-policy.js'
export {
  encapOverhead,
  interfaceConstraint,
  iov,
  l2Driver,
  l4Proxy,
  providerAddress,
  qos,
  sdnRoutePolicy,
  vlan,
  vmNic,
} from './policy/plain-policies.js'
export type { InterfaceConstraintPolicy, L4ProxyPolicy } from './policy/shared-policy.js'
export { type TierAclOptions, type TierAclRuleOptions, tierAcl } from './policy/tier-acl.js'
export type { ObjectChange, ObjectWatch, WatchedKind, WatchedObjects, WatchOptions } from './watch/object-watch.js'
