/**
 * What every HCN document shares. Members are spelled exactly as HCN spells
 * them; nothing here is checked at run time.
 *
 * Members a newer service adds are kept by everything in this package that
 * reads a document and writes it back.
 */

/** 36 characters, no braces. The case is not promised: compare with case ignored. */
export type Guid = string

/** `10.1.0.0/16` or `fd00::/64`. */
export type Cidr = string

/** `10.1.0.4` or `fd00::4`. */
export type IpAddressText = string

/** `00-15-5D-01-02-03`. */
export type MacAddressText = string

export interface SchemaVersion {
  readonly Major: number
  readonly Minor: number
}

/** The dialect this package speaks: `{ Major: 2, Minor: 0 }`, Windows 10 1809 and Server 2019 on. */
export interface SchemaVersion2 extends SchemaVersion {
  readonly Major: 2
}

export interface Health {
  readonly Data?: unknown
  readonly Extra?: {
    readonly Resources?: unknown
    readonly SharedContainers?: unknown
    readonly LayeredOn?: Guid
    readonly SwitchGuid?: Guid
    readonly UtilityVM?: Guid
    readonly VirtualMachine?: Guid
  }
}

/** Members of every top-level object, and of subnets. */
export interface HostComputeBase {
  readonly ID?: Guid
  /** Free text: who made the object. */
  readonly Owner?: string
  readonly Name?: string
  /** `major * 2^32 + minor` of the service; may exceed 2^53. Read only. */
  readonly Version?: number
  readonly AdditionalParams?: unknown
  readonly Health?: Health
  readonly SchemaVersion?: SchemaVersion
  readonly Telemetry?: { readonly Data?: unknown }
  /** An unsigned 16-bit number; its meaning depends on the kind of object. Read only. */
  readonly State?: number
}

/** A document the service gave: it always names its object. */
export type Answered<Document extends HostComputeBase> = Document & { readonly ID: Guid }

/** DNS settings of a network (defaults of its endpoints) or of an endpoint. */
export interface Dns {
  /** The connection-specific suffix. */
  readonly Domain?: string
  /** Suffixes tried in this order for names without a dot. */
  readonly Search?: readonly string[]
  readonly ServerList?: readonly IpAddressText[]
  /** Windows takes them and they have no effect there. */
  readonly Options?: readonly string[]
}

export interface Route {
  /** The gateway. Required: 2025 builds refuse an empty one. */
  readonly NextHop?: IpAddressText
  readonly DestinationPrefix?: Cidr
  /** 0 to 65535. */
  readonly Metric?: number
}
