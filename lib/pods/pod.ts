import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { HcnError } from '../errors.js'
import { type CallOptions, Wait } from '../objects/call-options.js'
import { type Endpoint, endpointsMatching } from '../objects/endpoint.js'
import type { HostContext } from '../objects/host-context.js'
import { queryFor } from '../objects/kind.js'
import { type Namespace, resourcesOf } from '../objects/namespace.js'

/** What the service has of a pod at one moment. */
export interface PodState {
  readonly containers: readonly string[]
  /** All endpoints of the compartment, the pod's own among them. */
  readonly endpoints: readonly Endpoint[]
}

/** Containers that share one compartment, and so one endpoint, one address and one localhost. */
export class Pod implements AsyncDisposable {
  readonly #context: HostContext

  /** @internal */
  constructor(
    context: HostContext,
    readonly namespace: Namespace,
    readonly endpoint: Endpoint,
  ) {
    this.#context = context
  }

  get name(): string {
    return this.endpoint.name
  }

  /** Without prefix lengths. */
  get addresses(): readonly string[] {
    return this.endpoint.addresses
  }

  /** `id` is any text: a container runtime's id. */
  async addContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.namespace.addContainer(id, options)
  }

  async removeContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.namespace.removeContainer(id, options)
  }

  /** Asks the service. */
  async containers(options: CallOptions = {}): Promise<readonly string[]> {
    return this.namespace.containers(options)
  }

  /** Asks the service who shares the compartment. */
  async query(options: CallOptions = {}): Promise<PodState> {
    const wait = Wait.from(options)
    const document = await this.namespace.readDocument(wait)
    const attached = new Set(resourcesOf(document, 'Endpoint').map((id) => id.toLowerCase()))
    const onNetwork = await endpointsMatching(this.#context, queryFor({ VirtualNetwork: this.endpoint.networkId }), wait)
    return {
      containers: resourcesOf(document, 'Container'),
      endpoints: onNetwork.filter(({ id }) => attached.has(id.toLowerCase())),
    }
  }

  /**
   * Runs a program inside the compartment; see `Namespace.spawn`.
   *
   * @throws HcnError `ERR_NOT_SUPPORTED` on memory ports.
   */
  async spawn(command: string, args: readonly string[] = [], options: SpawnOptions & CallOptions = {}): Promise<ChildProcess> {
    return this.namespace.spawn(command, args, options)
  }

  /** Removes containers, endpoint and namespace; what is gone already is success. Closes both handles. */
  async delete(options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    await removeContainers(this.namespace, wait)
    await this.endpoint.remove(wait)
    await this.namespace.remove(wait)
  }

  /** Frees both handles. The pod stays. */
  async close(): Promise<void> {
    await Promise.all([this.endpoint.close(), this.namespace.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** A namespace that still lists containers may refuse to go. */
async function removeContainers(namespace: Namespace, wait: Wait): Promise<void> {
  try {
    for (const id of resourcesOf(await namespace.readDocument(wait), 'Container')) await namespace.removeContainer(id, limits(wait))
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  // A closed handle is no hindrance: deleting by id follows.
  return (
    HcnError.is(error, 'HCN_E_OBJECT_USED_AFTER_UNLOAD') || HcnError.is(error, 'ERROR_NOT_FOUND') || HcnError.is(error, 'ERR_HANDLE_CLOSED')
  )
}

function limits(wait: Wait): CallOptions {
  const remaining = wait.remaining()
  return { signal: wait.signal, timeout: remaining === undefined ? undefined : Math.max(1, remaining) }
}
