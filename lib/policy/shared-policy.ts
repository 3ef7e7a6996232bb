/** Policies that networks and endpoints have alike. */

/** Connections are sent to a proxy. HCN: `L4Proxy`. The embedded host keeps it and redirects nothing yet. */
export interface L4ProxyPolicy {
  readonly kind: 'l4Proxy'
  /** The proxy's port, 1 to 65535. HCN: `Port`, as text. */
  readonly port: number
  /** The proxy's address. HCN: `IP`. */
  readonly ip?: string
  /** An IP protocol number: 6, 17. An endpoint's takes no other. */
  readonly protocol?: number
  /** Addresses and prefixes that go past the proxy. HCN: `Exceptions`, `ExceptionList`. */
  readonly exceptions?: readonly string[]
  readonly destination?: string
  /** HCN: `OutboundNAT`. Default false. */
  readonly outboundNat?: boolean
}

/** Which interface of the machine is meant; one member is needed. HCN: `InterfaceConstraint`. */
export interface InterfaceConstraintPolicy {
  readonly kind: 'interfaceConstraint'
  /** HCN: `InterfaceGuid`. */
  readonly guid?: string
  /** 0 to 2^53-1 here; HCN has 64 bits. HCN: `InterfaceLuid`. */
  readonly luid?: number
  /** HCN: `InterfaceIndex`. */
  readonly index?: number
  /** HCN: `InterfaceMediaType`. */
  readonly mediaType?: number
  /** `Ethernet`. HCN: `InterfaceAlias`. */
  readonly alias?: string
  /** HCN: `InterfaceDescription`. */
  readonly description?: string
}
