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
   * Replaces what `changes` names; the rest stays. From HNS 15.4 on that is one
   * step, and connections stay on their backend while it is one. Older versions
   * cannot (`hns.features.modifyLoadBalancer`): there the load balancer is
   * deleted and made anew under its id, and put back as it was when that fails;
   * for a moment it is not there.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NOT_FOUND`, `ERROR_ALREADY_EXISTS` (another one has that VIP and port), …
   */
  async update(changes: Partial<Omit<LoadBalancerSpec, 'id' | 'owner' | 'name'>>, options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    const before = await this.readDocument(wait)
    const document = changeLoadBalancer(before, changes)
    if (this.context.features.modifyLoadBalancer) await this.modify('update', document, wait)
    else await this.recreate(document, before, wait)
    await this.readDocument(wait, this.objectName)
  }

  private async recreate(document: HostComputeLoadBalancer, before: HostComputeLoadBalancer, wait: Wait): Promise<void> {
    const wanted = jsonText('settings', { ...document, ID: this.id })
    const old = jsonText('settings', before)
    await this.context.change(`update ${this.label}`, this.objectName, wait, async (calls) => {
      await calls.deleteLoadBalancer(this.id)
      try {
        this.adopt(await calls.createLoadBalancer(this.id, wanted))
      } catch (error) {
        this.adopt(await calls.createLoadBalancer(this.id, old))
        throw error
      }
    })
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
