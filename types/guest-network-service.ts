import type { Guid, HostComputeBase } from './common.js'

/** In HCN's order; a service's own `State` is the place in it. */
export type GuestNetworkServiceState =
  | 'None'
  | 'Created'
  | 'Bootstrapping'
  | 'Synchronized'
  | 'Paused'
  | 'Desynchronized'
  | 'Rehydrating'
  | 'Degraded'
  | 'Destroyed'

export interface GuestNetworkServiceInterface {
  readonly EndpointId?: Guid
  readonly InterfaceGuid?: Guid
  readonly State?: 'Created' | 'Bootstrapping' | 'Synchronized' | 'Desynchronized' | 'Paused'
  /** Since schema 2.7. */
  readonly MissedNotifications?: unknown
}

/** How the service reaches the agent in the guest. */
export interface RpcConnectionInformation {
  readonly NetworkAddress?: string
  readonly EndpointAddress?: string
  /** Since schema 2.13. */
  readonly EndpointType?: 'HvSocket' | 'LRpc'
  readonly ObjectUuid?: Guid
}

/** Bits of `GuestNetworkServiceDocument.Flags`. Since schema 2.12. */
export interface GuestNetworkServiceFlagBits {
  readonly None: 0
  readonly IsFlowsteered: 1
  readonly IsFlowsteeredSelfManaged: 2
}

/** HCN's `GuestNetworkService`: a VM that the host's networking is mirrored into. */
export interface GuestNetworkServiceDocument extends HostComputeBase {
  readonly VirtualMachineId?: Guid
  /** Since schema 2.2. */
  readonly MirroredInterfaces?: readonly GuestNetworkServiceInterface[]
  /** Since schema 2.5. */
  readonly MirrorHostNetworking?: boolean
  /** Since schema 2.11. */
  readonly GnsRpcServerInformation?: RpcConnectionInformation
  /** {@link GuestNetworkServiceFlagBits}. Since schema 2.12. */
  readonly Flags?: number
}

/** What `HcnModifyGuestNetworkService` takes. */
export interface ModifyGuestNetworkServiceSettings {
  readonly ResourceType: 'State'
  readonly RequestType: 'Update'
  readonly Settings: { readonly State: GuestNetworkServiceState }
}

/** `Data` of a notification of a guest network service. */
export interface GuestNetworkServiceNotificationData {
  readonly State: GuestNetworkServiceState
  readonly Interfaces: readonly GuestNetworkServiceInterface[]
}

/** HCN's `HCN_PORT_RANGE_ENTRY`. */
export interface PortRangeEntry {
  readonly OwningPartitionId: Guid
  readonly TargetPartitionId: Guid
  /** 1 TCP, 2 UDP, 3 both. */
  readonly Protocol: number
  readonly Priority: number
  readonly ReservationType: number
  readonly SharingFlags: number
  readonly DeliveryMode: number
  readonly StartingPort: number
  /** Inclusive. */
  readonly EndingPort: number
}
