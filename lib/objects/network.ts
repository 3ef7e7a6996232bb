import type { Answered, HostComputeNetwork, ModifyNetworkSettings, NetworkMode } from '../../types/index.js'
import { quoteValue } from '../errors.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { checkBoolean, checkList } from '../policy/check.js'
import { decodeNetworkPolicy, encodeNetworkPolicy } from '../policy/network-codec.js'
import type { NetworkPolicy } from '../policy/network-policy.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, checkGuid, chooseId } from './collection.js'
import { type DnsSettings, decodeDns, encodeDns } from './dns.js'
import { type Endpoint, endpointsMatching } from './endpoint.js'
import { decodeFlags, NETWORK_FLAGS, type NetworkFlag } from './flags.js'
import type { HostContext } from './host-context.js'
import { jsonText } from './json-text.js'
import { NETWORK, queryFor } from './kind.js'
import { encodeIpSubnets, encodeNetwork, encodeSubnets, type IpSubnetSpec, type NetworkSpec, type SubnetSpec } from './network-spec.js'
import { ObjectHandle } from './object-handle.js'

const checkSubnetId = (field: string, id: unknown) => checkGuid(field, id, '; `subnets` of the network tells ids and prefixes')

const VERBS = { Add: 'add policies to', Remove: 'remove policies from', Update: 'update policies of' } as const

/** A subnet, as the service has it. */
export interface NetworkSubnet {
  readonly id: string
  readonly prefix: string
  readonly gateway: string | undefined
  /** Where addresses come from: the whole of it, unless smaller ones were named. */
  readonly ipSubnets: readonly { readonly id: string; readonly prefix: string }[]
}

/** An open handle on a network, with its subnets and policies. Deleting it deletes its endpoints, too. */
export class Network extends ObjectHandle<HostComputeNetwork> {
  /** @internal */
  constructor(context: HostContext, document: Answered<HostComputeNetwork>, native: NativeHandle | undefined) {
    super(NETWORK, context, document, native)
  }

  /** As last read. The service leaves it out of NAT networks. */
  get type(): NetworkMode {
    return this.document.Type ?? 'NAT'
  }

  /** As last read. */
  get subnets(): readonly NetworkSubnet[] {
    const subnets = this.document.Ipams?.flatMap((ipam) => ipam.Subnets ?? []) ?? []
    return subnets.map((subnet) => ({
      id: subnet.ID ?? '',
      prefix: subnet.IpAddressPrefix,
      gateway: subnet.Routes?.find((route) => route.DestinationPrefix?.endsWith('/0'))?.NextHop,
      ipSubnets: (subnet.IpSubnets ?? []).map(({ ID, IpAddressPrefix }) => ({ id: ID ?? '', prefix: IpAddressPrefix ?? '' })),
    }))
  }

  /** Those with a name, as last read; HCN's number is `document.Flags`. */
  get flags(): readonly NetworkFlag[] {
    return decodeFlags(this.document.Flags, NETWORK_FLAGS)
  }

  /** What endpoints get that say nothing of their own, as last read. */
  get dns(): DnsSettings {
    return decodeDns(this.document.Dns)
  }

  /** As last read. */
  get policies(): readonly NetworkPolicy[] {
    return (this.document.Policies ?? []).map(decodeNetworkPolicy)
  }

  /** The endpoints on this network. One that vanishes meanwhile is left out. */
  async endpoints(options: CallOptions = {}): Promise<readonly Endpoint[]> {
    return endpointsMatching(this.context, queryFor({ VirtualNetwork: this.id }), Wait.from(options))
  }

  /**
   * All of `policies` take effect, or none does. {@link policies} tells them after the next {@link query}.
   *
   * @throws HcnError `HCN_E_INVALID_POLICY_TYPE` (not for this type of network), `HCN_E_POLICY_ALREADY_EXISTS` (of which a network has one:
   * {@link updatePolicies} replaces it), `HCN_E_INVALID_POLICY`, …
   */
  async addPolicies(policies: readonly NetworkPolicy[], options: CallOptions = {}): Promise<void> {
    await this.#modifyPolicies('Add', policies, options)
  }

  /** @throws HcnError `HCN_E_POLICY_NOT_FOUND`, `HCN_E_ENTITY_HAS_REFERENCES` (an ACL or a nested set names the address set). */
  async removePolicies(policies: readonly NetworkPolicy[], options: CallOptions = {}): Promise<void> {
    await this.#modifyPolicies('Remove', policies, options)
  }

  /**
   * Replaces the policies of the types that are given, in one step; those of other types stay. Of address sets it replaces those whose ids
   * are given. An empty list takes all away.
   *
   * @throws HcnError `HCN_E_INVALID_POLICY`, `HCN_E_INVALID_POLICY_TYPE` (not for this type of network), …: then all stay.
   */
  async updatePolicies(policies: readonly NetworkPolicy[], options: CallOptions = {}): Promise<void> {
    await this.#modifyPolicies('Update', policies, options)
  }

  /** Replaces the settings that new endpoints get. Endpoints there are keep theirs. */
  async updateDns(dns: DnsSettings, options: CallOptions = {}): Promise<void> {
    await this.#modify(
      'update the DNS settings of',
      { ResourceType: 'DNS', RequestType: 'Update', Settings: encodeDns('dns', dns) },
      options,
    )
  }

  /**
   * {@link subnets} tells them, with the ids they got, after the next {@link query}.
   *
   * @throws HcnError `HCN_E_INVALID_SUBNET` or `HCN_E_INVALID_PREFIX` when one overlaps what the network has.
   */
  async addSubnets(subnets: readonly SubnetSpec[], options: CallOptions = {}): Promise<void> {
    const Settings = { Subnets: encodeSubnets('subnets', subnets) }
    await this.#modify('add subnets to', { ResourceType: 'Subnet', RequestType: 'Add', Settings }, options)
  }

  /** By id: see {@link subnets}. */
  async removeSubnets(ids: readonly string[], options: CallOptions = {}): Promise<void> {
    const Settings = { Subnets: checkList('ids', ids, checkSubnetId).map((ID) => ({ ID })) }
    await this.#modify('remove subnets from', { ResourceType: 'Subnet', RequestType: 'Remove', Settings }, options)
  }

  /**
   * Adds smaller ranges that addresses come from. One that was made with the subnet spans it: take that away first.
   *
   * @throws HcnError `HCN_E_SUBNET_NOT_FOUND`, `HCN_E_INVALID_IP_SUBNET` (outside the subnet, or overlapping another).
   */
  async addIpSubnets(subnetId: string, ipSubnets: readonly IpSubnetSpec[], options: CallOptions = {}): Promise<void> {
    const Settings = { SubnetId: checkGuid('subnetId', subnetId), IpSubnets: encodeIpSubnets('ipSubnets', ipSubnets) }
    await this.#modify('add IP subnets to', { ResourceType: 'IPSubnet', RequestType: 'Add', Settings }, options)
  }

  /**
   * By id: see {@link subnets}.
   *
   * @throws HcnError `HCN_E_SUBNET_NOT_FOUND`, `HCN_E_INVALID_IP_SUBNET` (not of this subnet), `HCN_E_ENTITY_HAS_REFERENCES` (endpoints have
   * addresses of it).
   */
  async removeIpSubnets(subnetId: string, ids: readonly string[], options: CallOptions = {}): Promise<void> {
    const Settings = { SubnetId: checkGuid('subnetId', subnetId), IpSubnets: checkList('ids', ids, checkSubnetId).map((ID) => ({ ID })) }
    await this.#modify('remove IP subnets from', { ResourceType: 'IPSubnet', RequestType: 'Remove', Settings }, options)
  }

  /**
   * Switches an extension of the network's switch on or off. HCN: `Extension`.
   *
   * @throws HcnError `HCN_E_SWITCH_EXTENSION_NOT_FOUND`; on the embedded host `HCN_E_REQUEST_UNSUPPORTED` for VFP, which it cannot be without.
   */
  async setExtension(id: string, enabled: boolean, options: CallOptions = {}): Promise<void> {
    const Settings = { Id: checkGuid('id', id), IsEnabled: checkBoolean('enabled', enabled) }
    await this.#modify('set an extension of', { ResourceType: 'Extension', RequestType: 'Update', Settings }, options)
  }

  async #modifyPolicies(RequestType: keyof typeof VERBS, policies: readonly NetworkPolicy[], options: CallOptions): Promise<void> {
    const Policies = checkList('policies', policies, (field, policy) => encodeNetworkPolicy(policy as NetworkPolicy, field))
    await this.#modify(VERBS[RequestType], { ResourceType: 'Policy', RequestType, Settings: { Policies } }, options)
  }

  async #modify(what: string, settings: ModifyNetworkSettings, options: CallOptions): Promise<void> {
    await this.modify(what, settings, Wait.from(options))
  }
}

/** `hns.networks` */
export class Networks extends Collection<Network, HostComputeNetwork> {
  /** @internal */
  constructor(context: HostContext) {
    super(NETWORK, context, (...made) => new Network(...made))
  }

  /**
   * A new network.
   *
   * @throws HcnError `HCN_E_NETWORK_ALREADY_EXISTS` when the name is taken,
   * `HCN_E_ADAPTER_NOT_FOUND`, `HCN_E_INVALID_SUBNET`, …; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async create(spec: NetworkSpec, options: CallOptions = {}): Promise<Network> {
    const document = encodeNetwork(spec)
    const id = chooseId('network.id', spec.id)
    const settings = jsonText('network', { ...document, ID: id })
    return this.make(`network ${quoteValue(spec.name)}`, id, Wait.from(options), (calls) => calls.createNetwork(id, settings))
  }
}
