import { isDeepStrictEqual } from 'node:util'
import type {
  Answered,
  EndpointPolicyDocument,
  EndpointStatisticsDocument,
  HostComputeEndpoint,
  IpConfiguration,
  ModifyEndpointSettings,
} from '../../types/index.js'
import { invalidArgument, quoteValue } from '../errors.js'
import { parseAnswer } from '../native/answer.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { checkList, checkObject } from '../policy/check.js'
import { decodeEndpointPolicy, encodeEndpointPolicy } from '../policy/codec.js'
import { compact } from '../policy/constructors.js'
import type { EndpointPolicy } from '../policy/endpoint-policy.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, checkGuid, chooseId } from './collection.js'
import { type DnsSettings, decodeDns } from './dns.js'
import { type EndpointSpec, encodeEndpoint, type RouteSpec } from './endpoint-spec.js'
import { decodeFlags, ENDPOINT_FLAGS, type EndpointFlag } from './flags.js'
import type { HostContext } from './host-context.js'
import { jsonText } from './json-text.js'
import { ENDPOINT, NETWORK, QUERY_ALL } from './kind.js'
import { ObjectHandle } from './object-handle.js'

/** hcsshim's names for the numbers of an endpoint's `State`, in order. */
const STATES = ['uninitialized', 'created', 'attached', 'attachedSharing', 'detached', 'degraded', 'destroyed'] as const

export type EndpointState = (typeof STATES)[number] | 'unknown'

/** Frames from the endpoint's own view. Dropped ones are among those sent and received. Exact up to 2^53. */
export interface EndpointStatistics {
  /** Ethernet header included, no frame check sequence. */
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly packetsReceived: number
  readonly packetsSent: number
  /** On their way to the endpoint. */
  readonly droppedIncoming: number
  /** On their way from it. */
  readonly droppedOutgoing: number
}

export interface EndpointAddress {
  readonly address: string
  /** Bits. */
  readonly prefixLength?: number
  /** The network's IP subnet it is of. */
  readonly ipSubnetId?: string
}

const ZERO_GUID = '00000000-0000-0000-0000-000000000000'

/** An open handle on an endpoint: one virtual NIC on one network, with its port of the switch. */
export class Endpoint extends ObjectHandle<HostComputeEndpoint> {
  /** @internal */
  constructor(context: HostContext, document: Answered<HostComputeEndpoint>, native: NativeHandle | undefined) {
    super(ENDPOINT, context, document, native)
  }

  /** Without prefix lengths, as last read. */
  get addresses(): readonly string[] {
    return (this.document.IpConfigurations ?? []).flatMap(({ IpAddress }) => (IpAddress === undefined ? [] : [IpAddress]))
  }

  /** As last read. */
  get macAddress(): string {
    return this.document.MacAddress ?? ''
  }

  get networkId(): string {
    return this.document.HostComputeNetwork ?? ''
  }

  /** The namespace it is attached to, as last read. */
  get namespaceId(): string | undefined {
    const id = this.document.HostComputeNamespace
    return id === undefined || id === '' || id === ZERO_GUID ? undefined : id
  }

  /** As last read; `unknown` where the service does not say. */
  get state(): EndpointState {
    return STATES[this.document.State ?? -1] ?? 'unknown'
  }

  /** Whether it is a peer on another host, which has no port here. */
  get remote(): boolean {
    return this.flags.includes('RemoteEndpoint')
  }

  /** Those with a name, as last read; HCN's number is `document.Flags`. */
  get flags(): readonly EndpointFlag[] {
    return decodeFlags(this.document.Flags, ENDPOINT_FLAGS)
  }

  /** As last read, those that the service filled in among them. */
  get routes(): readonly RouteSpec[] {
    return (this.document.Routes ?? []).flatMap(({ DestinationPrefix, NextHop, Metric }) =>
      DestinationPrefix === undefined || NextHop === undefined
        ? []
        : [compact({ destination: DestinationPrefix, nextHop: NextHop, metric: Metric })],
    )
  }

  /** As last read. */
  get dns(): DnsSettings {
    return decodeDns(this.document.Dns)
  }

  /** As last read, the service's own ones among them. */
  get policies(): readonly EndpointPolicy[] {
    return (this.document.Policies ?? []).map(decodeEndpointPolicy)
  }

  /**
   * All of `policies` take effect, or none does. What is connected obeys from
   * its next packet on. {@link policies} tells them after the next {@link query}.
   *
   * @throws HcnError `HCN_E_INVALID_POLICY`, `HCN_E_PORT_ALREADY_EXISTS` (a port mapping's external port is taken), …
   */
  async addPolicies(policies: readonly EndpointPolicy[], options: CallOptions = {}): Promise<void> {
    await this.#modifyPolicies('add policies to', 'Add', encodeAll(policies), Wait.from(options))
  }

  /**
   * Takes away policies that are deeply equal to what {@link policies} would tell.
   *
   * @throws HcnError `HCN_E_POLICY_NOT_FOUND`: then all stay.
   */
  async removePolicies(policies: readonly EndpointPolicy[], options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    const wanted = encodeAll(policies)
    // The service compares text, so it is given the text it has.
    const there = [...((await this.readDocument(wait)).Policies ?? [])]
    const stored = wanted.map((document) => {
      const wantedPolicy = decodeEndpointPolicy(document)
      const at = there.findIndex((candidate) => isDeepStrictEqual(decodeEndpointPolicy(candidate), wantedPolicy))
      return at < 0 ? document : (there.splice(at, 1)[0] as EndpointPolicyDocument)
    })
    await this.#modifyPolicies('remove policies from', 'Remove', stored, wait)
  }

  /**
   * Replaces the policies of the types that are given, in one step: no packet meets a mixture. Those of other types
   * stay; an empty list takes all away. HCN: `Update`.
   *
   * @throws HcnError as {@link addPolicies}: then all stay.
   */
  async setPolicies(policies: readonly EndpointPolicy[], options: CallOptions = {}): Promise<void> {
    await this.#modifyPolicies('set policies of', 'Update', encodeAll(policies), Wait.from(options))
  }

  /**
   * What has passed the endpoint since it was made. Asks the service.
   *
   * @throws HcnError `HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION` for a remote endpoint, `HCN_E_OBJECT_USED_AFTER_UNLOAD`, `ERR_TIMEOUT`.
   */
  async statistics(options: CallOptions = {}): Promise<EndpointStatistics> {
    const wait = Wait.from(options)
    const native = await this.nativeHandle(wait)
    const text = await this.context.read(`query statistics of ${this.label}`, wait, (calls) => calls.queryEndpointStats(native, QUERY_ALL))
    const counted = parseAnswer<EndpointStatisticsDocument>(`query statistics of ${this.label}`, text)
    return {
      bytesReceived: counted.BytesReceived,
      bytesSent: counted.BytesSent,
      packetsReceived: counted.PacketsReceived,
      packetsSent: counted.PacketsSent,
      droppedIncoming: counted.DroppedPacketsIncoming,
      droppedOutgoing: counted.DroppedPacketsOutgoing,
    }
  }

  /**
   * The addresses with their prefixes, as they are now. Asks the service;
   * {@link addresses} tells what was last read.
   *
   * @throws HcnError `HCN_E_OBJECT_USED_AFTER_UNLOAD`, `ERR_TIMEOUT`.
   */
  async queryAddresses(options: CallOptions = {}): Promise<readonly EndpointAddress[]> {
    const wait = Wait.from(options)
    const native = await this.nativeHandle(wait)
    const text = await this.context.read(`query addresses of ${this.label}`, wait, (calls) =>
      calls.queryEndpointAddresses(native, QUERY_ALL),
    )
    return parseAnswer<readonly IpConfiguration[]>(`query addresses of ${this.label}`, text, 'list').flatMap(
      ({ IpAddress, PrefixLength, IpSubnetId }) =>
        IpAddress === undefined ? [] : [compact({ address: IpAddress, prefixLength: PrefixLength, ipSubnetId: IpSubnetId })],
    )
  }

  async #modifyPolicies(
    what: string,
    RequestType: 'Add' | 'Remove' | 'Update',
    Policies: readonly EndpointPolicyDocument[],
    wait: Wait,
  ): Promise<void> {
    const settings: ModifyEndpointSettings = { ResourceType: 'Policy', RequestType, Settings: { Policies } }
    await this.modify(what, settings, wait)
  }
}

function encodeAll(policies: readonly EndpointPolicy[]): readonly EndpointPolicyDocument[] {
  return checkList('policies', policies, (field, policy) => encodeEndpointPolicy(policy as EndpointPolicy, field))
}

/** `hns.endpoints` */
export class Endpoints extends Collection<Endpoint, HostComputeEndpoint> {
  /** @internal */
  constructor(context: HostContext) {
    super(ENDPOINT, context, (...made) => new Endpoint(...made))
  }

  /**
   * A new endpoint on a network, with its port of the switch.
   *
   * @throws HcnError `HCN_E_NETWORK_NOT_FOUND`, `HCN_E_INVALID_IP` (outside every subnet),
   * `ERROR_OBJECT_ALREADY_EXISTS` (the address is taken), `HCN_E_ADDR_INVALID_OR_RESERVED`, …; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async create(spec: EndpointSpec, options: CallOptions = {}): Promise<Endpoint> {
    checkObject('endpoint', spec)
    return this.createWaiting(spec, Wait.from(options))
  }

  /** @internal */
  async createWaiting(spec: EndpointSpec, wait: Wait): Promise<Endpoint> {
    const network = networkOf('endpoint.network', spec.network)
    const document = encodeEndpoint(spec, network.id)
    const id = chooseId('endpoint.id', spec.id)
    const settings = jsonText('endpoint', { ...document, ID: id })
    const label = spec.name === undefined ? 'endpoint' : `endpoint ${quoteValue(spec.name)}`
    if (network.handle !== undefined) {
      const handle = await network.handle.nativeHandle(wait)
      return this.make(label, id, wait, (calls) => calls.createEndpoint(handle, id, settings))
    }
    return this.make(label, id, wait, async (calls) => {
      const handle = await NETWORK.open(calls, network.id)
      try {
        return await calls.createEndpoint(handle, id, settings)
      } finally {
        await NETWORK.close(calls, handle)
      }
    })
  }
}

/** @internal */
export function networkOf(field: string, network: unknown): { readonly id: string; readonly handle?: ObjectHandle<object> } {
  if (network instanceof ObjectHandle && network.objectKind === 'network') return { id: network.id, handle: network }
  if (typeof network === 'string') return { id: checkGuid(field, network, '; hns.networks.get({ name }) gives a network by its name') }
  throw invalidArgument(field, network, 'a Network or its id is wanted')
}

/** @internal */
export async function endpointsMatching(context: HostContext, query: string, wait: Wait): Promise<readonly Endpoint[]> {
  return new Endpoints(context).listMatching(query, wait)
}

/** An endpoint, what has one, or an endpoint's id. */
export type EndpointReference = Endpoint | { readonly endpoint: Endpoint } | string

export function endpointId(field: string, reference: unknown): string {
  if (reference instanceof Endpoint) return reference.id
  const inner = typeof reference === 'object' && reference !== null ? (reference as { endpoint?: unknown }).endpoint : undefined
  if (inner instanceof Endpoint) return inner.id
  if (typeof reference === 'string') return checkGuid(field, reference)
  throw invalidArgument(field, reference, 'an Endpoint, a Pod or the id of an endpoint is wanted')
}
