import { clip, HcnError, quoteValue } from '../errors.js'
import { type CallOptions, Wait } from '../objects/call-options.js'
import type { ListedText } from '../objects/collection.js'
import type { DnsSettings } from '../objects/dns.js'
import { type Endpoint, type Endpoints, endpointsMatching, networkOf } from '../objects/endpoint.js'
import { encodeEndpoint, type RouteSpec } from '../objects/endpoint-spec.js'
import type { HostContext } from '../objects/host-context.js'
import { QUERY_ALL, queryFor } from '../objects/kind.js'
import type { Namespaces } from '../objects/namespace.js'
import type { Network } from '../objects/network.js'
import { checkMembers, checkObject, checkString } from '../policy/check.js'
import type { EndpointPolicy } from '../policy/endpoint-policy.js'
import { Pod } from './pod.js'

/** Marks the endpoints and namespaces that are pods of this package. */
const OWNER = 'hns-vfp.pod'

export interface PodSpec {
  /** Unique among the host's pods. */
  readonly name: string
  /** The network, or its id. */
  readonly network: Network | string
  /** Default: one per subnet, of the service's choice. */
  readonly addresses?: readonly string[] | undefined
  readonly macAddress?: string | undefined
  /** Default: the network's. */
  readonly dns?: DnsSettings | undefined
  readonly routes?: readonly RouteSpec[] | undefined
  readonly policies?: readonly EndpointPolicy[] | undefined
}

const MEMBERS = ['name', 'network', 'addresses', 'macAddress', 'dns', 'routes', 'policies'] as const

/** `hns.pods` */
export class Pods {
  readonly #context: HostContext
  readonly #endpoints: Endpoints
  readonly #namespaces: Namespaces
  readonly #beingMade = new Set<string>()

  /** @internal */
  constructor(context: HostContext, endpoints: Endpoints, namespaces: Namespaces) {
    this.#context = context
    this.#endpoints = endpoints
    this.#namespaces = namespaces
  }

  /**
   * A namespace with one endpoint attached. All of it or nothing: when a step
   * fails, or when nobody waits any more, what was made is removed again.
   *
   * @throws HcnError `ERROR_ALREADY_EXISTS` when there is a pod of that name, and whatever the steps throw.
   */
  async create(spec: PodSpec, options: CallOptions = {}): Promise<Pod> {
    checkMembers('pod', checkObject('pod', spec), MEMBERS)
    const name = checkString('pod.name', spec.name)
    const { network, ...rest } = spec
    // Everything that can be wrong with the endpoint is found before anything is made.
    encodeEndpoint({ ...rest, network }, networkOf('pod.network', network).id)
    const wait = Wait.from(options)
    const object = { kind: 'pod', id: name } as const
    if (this.#beingMade.has(name)) throw alreadyExists(name)
    this.#beingMade.add(name)
    const abandoned = new AbortController()
    // Runs to its end whatever becomes of the caller, so that nothing half made stays.
    const making = this.#make(name, spec, abandoned.signal).finally(() => this.#beingMade.delete(name))
    try {
      return await wait.settle(
        making,
        () =>
          new HcnError('ERR_OUTCOME_UNKNOWN', `create pod ${quoteValue(name)}: not done within ${wait.timeout} ms, and being taken back`, {
            object,
          }),
      )
    } catch (error) {
      abandoned.abort()
      this.#context.abandon(
        object,
        making
          .then(
            (pod) => pod.delete(),
            () => undefined,
          )
          .catch(() => undefined),
      )
      throw error
    }
  }

  /**
   * The pod of that name.
   *
   * @throws HcnError `ERROR_NOT_FOUND`.
   */
  async open(name: string, options: CallOptions = {}): Promise<Pod> {
    const pod = await this.find({ name: checkString('name', name) }, options)
    if (pod === undefined)
      throw new HcnError('ERROR_NOT_FOUND', `there is no pod ${quoteValue(name)}; hns.pods.list() tells which there are`)
    return pod
  }

  /** The pod of that name; undefined when there is none. */
  async find(filter: { readonly name: string }, options: CallOptions = {}): Promise<Pod | undefined> {
    checkMembers('find', checkObject('find', filter), ['name'])
    const name = checkString('find.name', filter.name)
    const wait = Wait.from(options)
    const [endpoint] = await this.#podEndpoints(queryFor({ Name: name }), wait)
    return endpoint === undefined ? undefined : this.#podOf(endpoint, wait)
  }

  /** All pods made by this package. One that vanishes meanwhile is left out. */
  async list(options: CallOptions = {}): Promise<readonly Pod[]> {
    const texts = await this.listTexts(QUERY_ALL, Wait.from(options))
    return texts.map(({ text }) => this.fromText(text))
  }

  /** @internal The pods whose endpoints match: both documents of each, as one text. */
  async listTexts(query: string, wait: Wait): Promise<readonly ListedText[]> {
    const endpoints = (await this.#endpoints.listTexts(query, wait)).filter(({ text }) => text.includes(OWNER))
    if (endpoints.length === 0) return []
    const namespaces = new Map((await this.#namespaces.listTexts(QUERY_ALL, wait)).map(({ id, text }) => [id.toLowerCase(), text] as const))
    return endpoints.flatMap(({ id, text }) => {
      const endpoint = this.#endpoints.fromText(text)
      const namespace = isOfPod(endpoint) ? namespaces.get(endpoint.namespaceId.toLowerCase()) : undefined
      return namespace === undefined ? [] : [{ id, text: JSON.stringify([text, namespace]) }]
    })
  }

  /** @internal A pod that holds nothing open. */
  fromText(text: string): Pod {
    const [endpoint, namespace] = JSON.parse(text) as readonly [string, string]
    return new Pod(this.#context, this.#namespaces.fromText(namespace), this.#endpoints.fromText(endpoint))
  }

  async #podEndpoints(query: string, wait: Wait): Promise<readonly Endpoint[]> {
    const endpoints = await endpointsMatching(this.#context, query, wait)
    return endpoints.filter(isOfPod)
  }

  async #podOf(endpoint: Endpoint, wait: Wait): Promise<Pod | undefined> {
    try {
      const namespace = await this.#namespaces.openById(endpoint.namespaceId ?? '', wait)
      return new Pod(this.#context, namespace, endpoint)
    } catch (error) {
      if (HcnError.is(error, 'ERROR_NOT_FOUND') || HcnError.is(error, 'HCN_E_OBJECT_USED_AFTER_UNLOAD')) return undefined
      throw error
    }
  }

  async #make(name: string, spec: PodSpec, abandoned: AbortSignal): Promise<Pod> {
    const wait = Wait.from()
    const undo: (() => Promise<void>)[] = []
    const unlessAbandoned = () => abandoned.throwIfAborted()
    try {
      const [taken] = await this.#podEndpoints(queryFor({ Name: name }), wait)
      if (taken !== undefined) throw alreadyExists(name)
      unlessAbandoned()
      const namespace = await this.#namespaces.createWaiting({ name, owner: OWNER }, wait)
      undo.unshift(() => namespace.delete())
      unlessAbandoned()
      const endpoint = await this.#endpoints.createWaiting({ ...spec, owner: OWNER }, wait)
      undo.unshift(() => endpoint.delete())
      unlessAbandoned()
      await namespace.attach(endpoint)
      await Promise.all([endpoint.readDocument(wait), namespace.readDocument(wait)])
      unlessAbandoned()
      return new Pod(this.#context, namespace, endpoint)
    } catch (error) {
      // The first failure is the one to tell; a host that is closed has taken everything down itself.
      for (const step of undo) await step().catch(() => undefined)
      throw error
    }
  }
}

function isOfPod(endpoint: Endpoint): endpoint is Endpoint & { readonly namespaceId: string } {
  return endpoint.document.Owner === OWNER && endpoint.namespaceId !== undefined
}

function alreadyExists(name: string): HcnError {
  return new HcnError('ERROR_ALREADY_EXISTS', `there is a pod ${quoteValue(name)} already; hns.pods.open('${clip(name)}') opens it`)
}
