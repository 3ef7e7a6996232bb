import type { Answered, HostComputeLoadBalancer } from '../../types/index.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, chooseId } from './collection.js'
import type { HostContext } from './host-context.js'
import { jsonText } from './json-text.js'
import { LOAD_BALANCER } from './kind.js'
import { changeLoadBalancer, encodeLoadBalancer, type LoadBalancerSpec } from './load-balancer-spec.js'
import { ObjectHandle } from './object-handle.js'

/** An open handle on a load balancer: frontend VIPs turned into backends. */
export class LoadBalancer extends ObjectHandle<HostComputeLoadBalancer> {
  /** @internal */
  constructor(context: HostContext, document: Answered<HostComputeLoadBalancer>, native: NativeHandle | undefined) {
    super(LOAD_BALANCER, context, document, native)
  }

  /** As last read. */
  get frontendVips(): readonly string[] {
    return this.document.FrontendVIPs ?? []
  }

  /** Ids of the backends' endpoints, as last read. The service gives them in upper case. */
  get backends(): readonly string[] {
    return this.document.HostComputeEndpoints ?? []
  }

  /**
   * Replaces what `changes` names, in one step; the rest stays. Connections stay
   * on their backend while it is one.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NOT_FOUND`, `ERROR_ALREADY_EXISTS` (another one has that VIP and port), …
   */
  async update(changes: Partial<Omit<LoadBalancerSpec, 'id' | 'owner' | 'name'>>, options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    const document = changeLoadBalancer(await this.readDocument(wait), changes)
    await this.modify('update', document, wait)
    await this.readDocument(wait, this.objectName)
  }
}

/** `hns.loadBalancers` */
export class LoadBalancers extends Collection<LoadBalancer, HostComputeLoadBalancer> {
  /** @internal */
  constructor(context: HostContext) {
    super(LOAD_BALANCER, context, (...made) => new LoadBalancer(...made))
  }

  /**
   * A new load balancer. It takes effect for new connections at once.
   *
   * @throws HcnError `ERROR_ALREADY_EXISTS` (VIP, port and protocol are taken),
   * `HCN_E_ENDPOINT_NOT_FOUND`, …; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async create(spec: LoadBalancerSpec, options: CallOptions = {}): Promise<LoadBalancer> {
    const document = encodeLoadBalancer(spec)
    const id = chooseId('loadBalancer.id', spec.id)
    const settings = jsonText('loadBalancer', { ...document, ID: id })
    const label = `load balancer \`${spec.name ?? spec.frontendVips.join(', ')}\``
    return this.make(label, id, Wait.from(options), (calls) => calls.createLoadBalancer(id, settings))
  }
}
