import type { Dns, Guid } from './common.js'
import type { IpSubnet, Subnet } from './network.js'
import type { EndpointPolicyDocument, NetworkPolicyDocument } from './policy.js'

export type ModifyRequestType = 'Add' | 'Remove' | 'Update' | 'Refresh' | 'Reset'

interface Modify<Resource extends string, Request extends ModifyRequestType, Settings> {
  readonly ResourceType: Resource
  readonly RequestType: Request
  readonly Settings: Settings
}

/** What `HcnModifyNetwork` takes. */
export type ModifyNetworkSettings =
  | Modify<'Policy', 'Add' | 'Remove' | 'Update', { readonly Policies: readonly NetworkPolicyDocument[] }>
  | Modify<'DNS', 'Update', Dns>
  | Modify<'Extension', 'Update', { readonly Id: Guid; readonly IsEnabled: boolean }>
  /** Since schema 2.6. A removal names each subnet by `ID`. */
  | Modify<'Subnet', 'Add', { readonly Subnets: readonly Subnet[] }>
  | Modify<'Subnet', 'Remove', { readonly Subnets: readonly { readonly ID: Guid }[] }>
  | Modify<'IPSubnet', 'Add', { readonly SubnetId: Guid; readonly IpSubnets: readonly IpSubnet[] }>
  | Modify<'IPSubnet', 'Remove', { readonly SubnetId: Guid; readonly IpSubnets: readonly { readonly ID: Guid }[] }>

/** What `HcnModifyEndpoint` takes. `Update` replaces. */
export type ModifyEndpointSettings =
  | Modify<'Policy', 'Add' | 'Remove' | 'Update', { readonly Policies: readonly EndpointPolicyDocument[] }>
  | Modify<'Port', 'Add' | 'Remove', VmEndpointRequest>
  | Modify<'VmInterfaceState', ModifyRequestType, VmInterfaceStateRequest>

/** The NIC of a virtual machine that an endpoint's port is for. A removal leaves all out. */
export interface VmEndpointRequest {
  readonly PortId?: Guid
  readonly VirtualNicName?: string
  readonly VirtualMachineId?: Guid
}

/** As WSL sends it. */
export interface VmInterfaceStateRequest {
  readonly State: 'BeginAdd' | 'CompleteAdd' | 'Remove'
  readonly VirtualMachineId?: Guid
}

/** What `HcnModifyNamespace` takes. */
export type ModifyNamespaceSettings =
  | Modify<'Endpoint', 'Add' | 'Remove', { readonly EndpointId: Guid }>
  | Modify<'Container', 'Add' | 'Remove', { readonly ContainerId: string }>
