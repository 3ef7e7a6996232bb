import type { ChildProcess, SpawnOptions } from 'node:child_process'
import type { Answered, HostComputeNamespace, ModifyNamespaceSettings, NamespaceResource, NamespaceType } from '../../types/index.js'
import { quoteValue } from '../errors.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { checkBoolean, checkList, checkMembers, checkObject, checkOneOf, checkString } from '../policy/check.js'
import { compact } from '../policy/constructors.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, chooseId } from './collection.js'
import { spawnInside } from './compartment.js'
import { type EndpointReference, endpointId } from './endpoint.js'
import type { HostContext } from './host-context.js'
import { NAMESPACE } from './kind.js'
import { ObjectHandle } from './object-handle.js'

/** An open handle on a namespace: a compartment, with the endpoints and containers in it. */
export class Namespace extends ObjectHandle<HostComputeNamespace> {
  /** @internal */
  constructor(context: HostContext, document: Answered<HostComputeNamespace>, native: NativeHandle | undefined) {
    super(NAMESPACE, context, document, native)
  }

  /** The compartment's number, as last read. 0: none of its own yet. */
  get compartmentId(): number {
    return this.document.NamespaceId ?? 0
  }

  get type(): NamespaceType {
    return this.document.Type ?? 'Host'
  }

  /** Ids of the endpoints attached. Asks the service. */
  async endpoints(options: CallOptions = {}): Promise<readonly string[]> {
    return resourcesOf(await this.query(options), 'Endpoint')
  }

  /** Ids of the containers inside. Asks the service. */
  async containers(options: CallOptions = {}): Promise<readonly string[]> {
    return resourcesOf(await this.query(options), 'Container')
  }

  /**
   * Puts an endpoint into the compartment: on Linux ports the interface appears there.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS` when it is in another one, `HCN_E_ENDPOINT_NOT_FOUND`, `ERR_PORT_DRIVER`.
   */
  async attach(endpoint: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.#modifyEndpoint('attach an endpoint to', 'Add', endpoint, options)
  }

  /** @throws HcnError `HCN_E_ENDPOINT_NOT_ATTACHED`, `HCN_E_ENDPOINT_NOT_FOUND`. */
  async detach(endpoint: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.#modifyEndpoint('detach an endpoint from', 'Remove', endpoint, options)
  }

  /** `id` is any text: a container runtime's id. */
  async addContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.#modifyContainer('add a container to', 'Add', id, options)
  }

  async removeContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.#modifyContainer('remove a container from', 'Remove', id, options)
  }

  /**
   * Runs a program inside the compartment, as `child_process.spawn` would run it
   * outside. Linux ports: it is killed when the host closes, whatever it does.
   * On Windows it goes on.
   *
   * @throws HcnError `ERR_NOT_SUPPORTED` on memory ports, which have no compartments to run in;
   * on Windows `ERROR_PROC_NOT_FOUND` where it has none, `ERROR_NOT_FOUND`, `ERR_INVALID_ANSWER`.
   */
  async spawn(command: string, args: readonly string[] = [], options: SpawnOptions & CallOptions = {}): Promise<ChildProcess> {
    return spawnInside(this.context, this.id, this.label, command, args, options)
  }

  async #modifyEndpoint(what: string, RequestType: 'Add' | 'Remove', endpoint: EndpointReference, options: CallOptions): Promise<void> {
    const Settings = { EndpointId: endpointId('endpoint', endpoint) }
    await this.#modify(what, { ResourceType: 'Endpoint', RequestType, Settings }, options)
  }

  async #modifyContainer(what: string, RequestType: 'Add' | 'Remove', id: string, options: CallOptions): Promise<void> {
    const Settings = { ContainerId: checkString('container', id) }
    await this.#modify(what, { ResourceType: 'Container', RequestType, Settings }, options)
  }

  async #modify(what: string, settings: ModifyNamespaceSettings, options: CallOptions): Promise<void> {
    await this.modify(what, settings, Wait.from(options))
  }
}

export function resourcesOf(document: HostComputeNamespace, type: 'Endpoint' | 'Container'): readonly string[] {
  return (document.Resources ?? []).filter(({ Type }) => Type === type).map(({ Data }) => Data.Id)
}

export interface NamespaceSpec {
  /** Default: none. */
  readonly name?: string | undefined
  /** Default `Host`: a compartment for process-isolated containers. */
  readonly type?: NamespaceType | undefined
  readonly owner?: string | undefined
  /** What is attached from the start: all of it, or there is no namespace. HCN: `Resources`. */
  readonly endpoints?: readonly EndpointReference[] | undefined
  /** Texts of the caller's, such as a container runtime's ids. HCN: `Resources`. */
  readonly containers?: readonly string[] | undefined
  /** HCN: `CreateWithCompartment`. Default: the service's; the embedded host always makes one. */
  readonly createWithCompartment?: boolean | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

const MEMBERS = ['name', 'type', 'owner', 'endpoints', 'containers', 'createWithCompartment', 'id'] as const

function encodeResources({ endpoints = [], containers = [] }: NamespaceSpec): readonly NamespaceResource[] | undefined {
  const resources: readonly NamespaceResource[] = [
    ...checkList('namespace.endpoints', endpoints, endpointId).map((Id) => ({ Type: 'Endpoint' as const, Data: { Id } })),
    ...checkList('namespace.containers', containers, checkString).map((Id) => ({ Type: 'Container' as const, Data: { Id } })),
  ]
  return resources.length === 0 ? undefined : resources
}

/** `hns.namespaces`. One of type `HostDefault`, the host's own, is there from the start and cannot be deleted. */
export class Namespaces extends Collection<Namespace, HostComputeNamespace> {
  /** @internal */
  constructor(context: HostContext) {
    super(NAMESPACE, context, (...made) => new Namespace(...made))
  }

  /**
   * A new namespace.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NOT_FOUND`, `HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS`, `HCN_E_NAMESPACE_ATTACH_FAILED` (more than
   * there may be), `ERR_INVALID_ARGUMENT`, `ERR_PORT_DRIVER`, `ERR_OUTCOME_UNKNOWN`.
   */
  async create(spec: NamespaceSpec = {}, options: CallOptions = {}): Promise<Namespace> {
    return this.createWaiting(spec, Wait.from(options))
  }

  /** @internal */
  async createWaiting(spec: NamespaceSpec, wait: Wait): Promise<Namespace> {
    checkMembers('namespace', checkObject('namespace', spec), MEMBERS)
    const id = chooseId('namespace.id', spec.id)
    const document: HostComputeNamespace = compact({
      SchemaVersion: { Major: 2, Minor: 0 },
      ID: id,
      Name: spec.name === undefined ? undefined : checkString('namespace.name', spec.name),
      Owner: spec.owner === undefined ? undefined : checkString('namespace.owner', spec.owner),
      Type:
        spec.type === undefined
          ? ('Host' as const)
          : checkOneOf('namespace.type', spec.type, ['Host', 'HostDefault', 'Guest', 'GuestDefault'] as const),
      Resources: encodeResources(spec),
      CreateWithCompartment:
        spec.createWithCompartment === undefined ? undefined : checkBoolean('namespace.createWithCompartment', spec.createWithCompartment),
    })
    const settings = JSON.stringify(document)
    const label = spec.name === undefined ? 'namespace' : `namespace ${quoteValue(spec.name)}`
    return this.make(label, id, wait, (calls) => calls.createNamespace(id, settings))
  }
}
