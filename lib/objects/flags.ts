import type { EndpointFlagBits, NetworkFlagBits } from '../../types/index.js'
import { checkInteger, checkList, checkOneOf } from '../policy/check.js'

/** HCN's name for a bit of a network's `Flags`. */
export type NetworkFlag = Exclude<keyof NetworkFlagBits, 'None'>

/** HCN's name for a bit of an endpoint's `Flags`. */
export type EndpointFlag = Exclude<keyof EndpointFlagBits, 'None'>

type Bits<Flag extends string> = { readonly [Name in Flag]: number }

export const NETWORK_FLAGS: { readonly [Name in NetworkFlag]: NetworkFlagBits[Name] } = {
  EnableDnsProxy: 1,
  EnableDhcpServer: 2,
  EnableMirroring: 4,
  EnableNonPersistent: 8,
  EnablePersistent: 16,
  IsolateVSwitch: 32,
  EnableFlowSteering: 64,
  DisableSharing: 128,
  EnableFirewall: 256,
  SuppressMediaDisconnect: 512,
  DisableHostPort: 1024,
  WeakHostReceiveAdapter: 2048,
  WeakHostSendAdapter: 4096,
  EnableIov: 8192,
}

export const ENDPOINT_FLAGS: { readonly [Name in EndpointFlag]: EndpointFlagBits[Name] } = {
  RemoteEndpoint: 1,
  DisableInterComputeCommunication: 2,
  EnableMirroring: 4,
  EnableLowInterfaceMetric: 8,
  OverrideDNSServerOrder: 16,
  EnableDhcp: 32,
}

/** The bits, given as HCN's number or by their names. @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeFlags<Flag extends string>(field: string, flags: unknown, bits: Bits<Flag>): number {
  if (flags === undefined) return 0
  if (typeof flags === 'number') return checkInteger(field, flags, 0, 0xffffffff)
  const names = Object.keys(bits) as Flag[]
  const checked = checkList(field, flags, (place, name) => checkOneOf(place, name, names))
  return checked.reduce((sum, name) => sum | bits[name], 0)
}

/** Names of the bits that are set. One without a name is in `document.Flags` alone. */
export function decodeFlags<Flag extends string>(flags: number | undefined, bits: Bits<Flag>): readonly Flag[] {
  return (Object.keys(bits) as Flag[]).filter((name) => ((flags ?? 0) & bits[name]) !== 0)
}
