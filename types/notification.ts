import type { Guid } from './common.js'

/** Numbers of HCN's notifications. The jump from 9 to 16 is Microsoft's. */
export interface HcnNotificationTypes {
  readonly NetworkPreCreate: 0x01
  readonly NetworkCreate: 0x02
  readonly NetworkPreDelete: 0x03
  readonly NetworkDelete: 0x04
  readonly NamespaceCreate: 0x05
  readonly NamespaceDelete: 0x06
  readonly GuestNetworkServiceCreate: 0x07
  readonly GuestNetworkServiceDelete: 0x08
  readonly NetworkEndpointAttached: 0x09
  readonly NetworkEndpointDetached: 0x10
  readonly GuestNetworkServiceStateChanged: 0x11
  readonly GuestNetworkServiceInterfaceStateChanged: 0x12
  readonly ServiceDisconnect: 0x01000000
}

/** What comes with a notification of the service. */
export interface NotificationBase {
  readonly ID?: Guid
  readonly Flags?: number
  /** Since schema 2.2. */
  readonly Data?: unknown
}
