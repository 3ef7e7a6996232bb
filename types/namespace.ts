import type { Guid, HostComputeBase } from './common.js'

/** `Host`: a compartment for process-isolated containers; `Guest…`: inside a utility VM. */
export type NamespaceType = 'Host' | 'HostDefault' | 'Guest' | 'GuestDefault'

export type NamespaceResource =
  /** `Id` is any text the caller chose, such as a container runtime's id. */
  | { readonly Type: 'Container'; readonly Data: { readonly Id: string } }
  | { readonly Type: 'Endpoint'; readonly Data: { readonly Id: Guid } }

/** A compartment: a network stack of its own that endpoints and containers are put into. */
export interface HostComputeNamespace extends HostComputeBase {
  /** The compartment's number. Handed out by the service. */
  readonly NamespaceId?: number
  /** The compartment's GUID. */
  readonly NamespaceGuid?: Guid
  /** Default `Host`. */
  readonly Type?: NamespaceType
  readonly Resources?: readonly NamespaceResource[]
  readonly CreateWithCompartment?: boolean
}
