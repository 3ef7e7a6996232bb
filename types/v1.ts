import type { Guid, IpAddressText, MacAddressText } from './common.js'

/** Methods of `HNSCall`. */
export type V1Method = 'GET' | 'POST' | 'DELETE'

/** What `HNSCall` answers with. */
export type V1Envelope<Output = unknown> =
  | { readonly Success: true; readonly Output?: Output }
  | { readonly Success: false; readonly Error: string; readonly ErrorCode: number }

/** A v1 policy: its settings stand beside `Type`. */
export interface V1Policy {
  /** `NAT`, `ACL`, `OutBoundNAT`, `PA`, `PROXY`, `QOS`, `VLAN`, `VSID`, `ELB`, `ROUTE`, … */
  readonly Type: string
  readonly [member: string]: unknown
}

export interface V1Subnet {
  readonly ID?: Guid
  readonly AddressPrefix?: string
  readonly GatewayAddress?: IpAddressText
  readonly Policies?: readonly V1Policy[]
}

/** A network in v1's spelling. Lists of names and servers are one text with commas. */
export interface HnsNetwork {
  readonly ID?: Guid
  readonly Name?: string
  /** In any letter case. */
  readonly Type?: string
  readonly NetworkAdapterName?: string
  readonly SourceMac?: MacAddressText
  readonly Policies?: readonly V1Policy[]
  readonly MacPools?: readonly { readonly StartMacAddress: MacAddressText; readonly EndMacAddress: MacAddressText }[]
  readonly Subnets?: readonly V1Subnet[]
  readonly DNSSuffix?: string
  readonly DNSServerList?: string
  /** The host's address on this network; read only. */
  readonly ManagementIP?: IpAddressText
  readonly AutomaticDNS?: boolean
}

/** An endpoint in v1's spelling. `VirtualNetwork` or `VirtualNetworkName` names its network. */
export interface HnsEndpoint {
  readonly ID?: Guid
  readonly Name?: string
  readonly VirtualNetwork?: Guid
  readonly VirtualNetworkName?: string
  readonly Policies?: readonly V1Policy[]
  readonly MacAddress?: MacAddressText
  readonly IPAddress?: IpAddressText
  readonly PrefixLength?: number
  readonly IPv6Address?: IpAddressText
  readonly IPv6PrefixLength?: number
  readonly GatewayAddress?: IpAddressText
  readonly GatewayAddressV6?: IpAddressText
  readonly DNSSuffix?: string
  readonly DNSServerList?: string
  readonly DNSDomain?: string
  readonly DisableICC?: boolean
  readonly IsRemoteEndpoint?: boolean
  readonly EnableLowMetric?: boolean
  readonly EncapOverhead?: number
  /** Read only. */
  readonly Namespace?: { readonly ID: Guid }
  /** Ids of the containers in the endpoint's compartment; read only. */
  readonly SharedContainers?: readonly string[]
  /** 1 created, 2 attached, 3 attached to several containers; read only. */
  readonly State?: number
}

/** A load balancer (`ELB` policies) or an SDN route (`ROUTE` policies). */
export interface PolicyList {
  readonly ID?: Guid
  /** `/endpoints/<id>`. */
  readonly References?: readonly string[]
  readonly Policies?: readonly V1Policy[]
}

/** A namespace in v1's spelling. */
export interface HnsNamespace {
  readonly ID?: Guid
  readonly IsDefault?: boolean
  readonly ResourceList?: readonly { readonly Type: 'Container' | 'Endpoint'; readonly Data: { readonly Id: string } }[]
  readonly CompartmentId?: number
}

/** Body of `/endpoints/{id}/attach` and `/detach`. */
export interface V1Attachment {
  readonly ContainerId?: string
  /** Default: `Container` with a `ContainerId`, else `Host`. */
  readonly SystemType?: 'Container' | 'VirtualMachine' | 'Host'
  /** Of the host: 1. Of a container: the `CompartmentId` of a namespace, which it joins; default: one of its own. */
  readonly CompartmentId?: number
  /** Of a virtual machine; refused. */
  readonly VirtualNicName?: string
}
