import type { Protocol } from './check.js'

/** Policies that ask something of Windows, its adapters and its virtual machines. */

/** How much of an adapter's hardware the endpoint gets. HCN: `Iov`, since schema 2.9. */
export interface IovPolicy {
  readonly kind: 'iov'
  /** 0 to 2^32-1; 0 turns it off. HCN: `IovOffloadWeight`. */
  readonly offloadWeight?: number
  /** HCN: `QueuePairsRequested`. */
  readonly queuePairs?: number
  /** HCN: `InterruptModeration`. */
  readonly interruptModeration?: 'default' | 'adaptive' | 'off' | 'low' | 'medium' | 'high'
}

/** The device of a virtual machine. HCN: `VmNic`. */
export interface VmNicPolicy {
  readonly kind: 'vmNic'
  /** HCN: `DeviceInstanceId`. */
  readonly deviceInstanceId?: string
  /** HCN: `VfInstanceId`. */
  readonly vfInstanceId?: string
}

/** Whose firewall rules apply. HCN: `Firewall`, since schema 2.16. */
export interface FirewallPolicy {
  readonly kind: 'firewall'
  /** HCN: `VmType`. */
  readonly vmType?: 'host' | 'wsa' | 'wsl'
  /** A GUID. HCN: `VmCreatorId`, which goes with `PolicyFlags` in place of `FirewallPolicyFlags`. */
  readonly vmCreatorId?: string
  /** HCN: flag 1, `ConstrainedInterface`. Default false. */
  readonly constrainedInterface?: boolean
}

/** Connections of the endpoint's own stack are sent to a proxy. HCN: `L4WFPPROXY`, since HNS 13.2. */
export interface L4WfpProxyPolicy {
  readonly kind: 'l4WfpProxy'
  /** 1 to 65535; one of the two is needed. HCN: `InboundProxyPort`. */
  readonly inboundPort?: number
  /** HCN: `OutboundProxyPort`. */
  readonly outboundPort?: number
  /** Which connections; absent: every one. HCN: `FilterTuple`. */
  readonly filter?: L4WfpProxyFilter
  /** The proxy's own account, whose traffic is exempt. HCN: `UserSID`. */
  readonly userSid?: string
  /** HCN: `InboundExceptions`, since schema 2.14. */
  readonly inboundExceptions?: ProxyExceptions
  /** HCN: `OutboundExceptions`, since schema 2.14. */
  readonly outboundExceptions?: ProxyExceptions
}

/** Lists as in an ACL: absent is any. */
export interface L4WfpProxyFilter {
  readonly protocols?: readonly Protocol[]
  readonly localAddresses?: readonly string[]
  readonly remoteAddresses?: readonly string[]
  readonly localPorts?: readonly string[]
  readonly remotePorts?: readonly string[]
  /** 0 to 65535. */
  readonly priority?: number
}

export interface ProxyExceptions {
  /** HCN: `IpAddressExceptions`. */
  readonly addresses?: readonly string[]
  /** HCN: `PortExceptions`. */
  readonly ports?: readonly string[]
}

/** IPsec between two sets of hosts. HCN: `Encryption`, since schema 2.1. The embedded host keeps it and encrypts nothing. */
export interface EncryptionPolicy {
  readonly kind: 'encryption'
  /** At least one way. HCN: `AuthenticationMethods`. */
  readonly authentication: readonly EncryptionAuthentication[]
  readonly name?: string
  /** Absent: any, here and below. HCN: `Endpoints1`. */
  readonly endpoints1?: readonly string[]
  /** HCN: `Endpoints2`. */
  readonly endpoints2?: readonly string[]
  /** HCN: `ProtocolType`. */
  readonly protocol?: string
  /** HCN: `Endpoint1Ports`. */
  readonly ports1?: readonly string[]
  /** HCN: `Endpoint2Ports`. */
  readonly ports2?: readonly string[]
}

export type EncryptionAuthentication =
  | { readonly type: 'presharedKey'; readonly key: string }
  | { readonly type: 'certificate'; readonly certificateName: string }
