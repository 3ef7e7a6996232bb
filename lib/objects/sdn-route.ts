import type { Answered, HostComputeRoute } from '../../types/index.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, chooseId } from './collection.js'
import type { HostContext } from './host-context.js'
import { jsonText } from './json-text.js'
import { SDN_ROUTE } from './kind.js'
import { ObjectHandle } from './object-handle.js'
import { changeSdnRoute, decodeEntries, encodeSdnRoute, type SdnRouteEntry, type SdnRouteSpec } from './sdn-route-spec.js'

/**
 * An open handle on an SDN route: next hops for a set of endpoints.
 *
 * The embedded host keeps and lists routes; they change no packet's way yet.
 */
export class SdnRoute extends ObjectHandle<HostComputeRoute> {
  /** @internal */
  constructor(context: HostContext, document: Answered<HostComputeRoute>, native: NativeHandle | undefined) {
    super(SDN_ROUTE, context, document, native)
  }

  /** As last read. */
  get routes(): readonly SdnRouteEntry[] {
    return decodeEntries(this.document)
  }

  /** Ids of the endpoints that get the routes, as last read. */
  get endpoints(): readonly string[] {
    return this.document.HostComputeEndpoints ?? []
  }

  /** The endpoints' network, as last read; undefined while it has none. */
  get networkId(): string | undefined {
    return this.document.HostComputeNetwork
  }

  /**
   * Replaces what `changes` names, in one step; the rest stays.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NOT_FOUND`, `ERROR_INVALID_PARAMETER` (endpoints of several networks), …
   */
  async update(changes: Partial<Pick<SdnRouteSpec, 'endpoints' | 'routes'>>, options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    const document = changeSdnRoute(await this.readDocument(wait), changes)
    await this.modify('update', document, wait)
    await this.readDocument(wait, this.objectName)
  }
}

/** `hns.routes` */
export class SdnRoutes extends Collection<SdnRoute, HostComputeRoute> {
  /** @internal */
  constructor(context: HostContext) {
    super(SDN_ROUTE, context, (...made) => new SdnRoute(...made))
  }

  /**
   * A new SDN route.
   *
   * @throws HcnError `HCN_E_ENDPOINT_NOT_FOUND`, `ERROR_INVALID_PARAMETER` (endpoints of several networks),
   * `HCN_E_INVALID_IP` (a next hop that is no host's address), …; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async create(spec: SdnRouteSpec, options: CallOptions = {}): Promise<SdnRoute> {
    const document = encodeSdnRoute(spec)
    const id = chooseId('route.id', spec.id)
    const settings = jsonText('route', { ...document, ID: id })
    const label = `SDN route \`${spec.name ?? spec.routes.map(({ destination }) => destination).join(', ')}\``
    return this.make(label, id, Wait.from(options), (calls) => calls.createSdnRoute(id, settings))
  }
}
