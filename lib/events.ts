import type { NotificationBase } from '../types/index.js'
import type { NativeHandle } from './native/hcn-calls.js'
import { type CallOptions, Wait } from './objects/call-options.js'
import type { HostContext } from './objects/host-context.js'
import { checkInteger } from './policy/check.js'

/**
 * Objects that came or went, as far as HCN tells: of endpoints, load balancers
 * and SDN routes, and of an object that changes, it has no notification (there
 * is no number for them in `HCN_NOTIFICATIONS`). `hns.watch()` follows them, too.
 */
export type ObjectEventKind =
  | 'networkCreated'
  | 'networkDeleted'
  | 'namespaceCreated'
  | 'namespaceDeleted'
  | 'guestNetworkServiceCreated'
  | 'guestNetworkServiceDeleted'

export type HnsEvent =
  | { readonly kind: ObjectEventKind; readonly id: string }
  /** The service went away, or this host closed: the last event. After a restart ask for a new stream, and list anew. */
  | { readonly kind: 'serviceDisconnected' }
  /** You did not read for so long that `count` events had no room. List anew what you follow. */
  | { readonly kind: 'lost'; readonly count: number }
  /**
   * What has no form here: HCN's number and data. Before each network that comes or goes there is one of type 1
   * (NetworkPreCreate) or 3 (NetworkPreDelete).
   */
  | { readonly kind: 'other'; readonly type: number; readonly status: number; readonly data: unknown }

const KINDS: Readonly<Record<number, ObjectEventKind>> = {
  2: 'networkCreated',
  4: 'networkDeleted',
  5: 'namespaceCreated',
  6: 'namespaceDeleted',
  7: 'guestNetworkServiceCreated',
  8: 'guestNetworkServiceDeleted',
}
const SERVICE_DISCONNECT = 0x01000000

export interface EventOptions {
  /** Ends the iteration with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** How many events are kept for a reader that is busy. Default 1024. */
  readonly bufferSize?: number | undefined
}

interface Reader {
  readonly resolve: (result: IteratorResult<HnsEvent, undefined>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Notifications of the service, in order, for `for await`.
 *
 * It listens from {@link ready} on, until `break`, the signal, the end of the
 * service or the closing of the host. One reader: share it and each event goes to one of them.
 */
export class EventStream implements AsyncIterableIterator<HnsEvent, undefined>, AsyncDisposable {
  /** Resolves when the service tells of everything that happens from then on. */
  readonly ready: Promise<void>
  readonly #context: HostContext
  readonly #bufferSize: number
  readonly #signal: AbortSignal | undefined
  readonly #buffer: HnsEvent[] = []
  readonly #readers: Reader[] = []
  readonly #onEnd: (stream: EventStream) => void
  #registration: NativeHandle | undefined
  #lost = 0
  #ended = false
  #failure: { readonly reason: unknown } | undefined
  readonly #onAbort = () => void this.#end({ reason: this.#signal?.reason })

  /** @internal */
  constructor(context: HostContext, options: EventOptions, onEnd: (stream: EventStream) => void) {
    this.#context = context
    this.#bufferSize = checkInteger('bufferSize', options.bufferSize ?? 1024, 1, 1_000_000)
    this.#signal = options.signal
    this.#onEnd = onEnd
    const wait = Wait.from({ signal: options.signal } satisfies CallOptions)
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.ready = this.#register(wait)
    // Who does not await `ready` learns of a failure from next().
    this.ready.catch((reason: unknown) => this.#end({ reason }))
  }

  async next(): Promise<IteratorResult<HnsEvent, undefined>> {
    const event = this.#buffer.shift()
    if (event !== undefined) return { done: false, value: event }
    if (this.#lost > 0) {
      const count = this.#lost
      this.#lost = 0
      return { done: false, value: { kind: 'lost', count } }
    }
    if (this.#failure !== undefined) {
      const { reason } = this.#failure
      this.#failure = undefined
      throw reason
    }
    if (this.#ended) return { done: true, value: undefined }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<HnsEvent, undefined>> {
    this.#buffer.length = 0
    this.#lost = 0
    await this.#end()
    return { done: true, value: undefined }
  }

  async throw(reason?: unknown): Promise<IteratorResult<HnsEvent, undefined>> {
    await this.return()
    throw reason
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** @internal The host closes: what was told before is still read. */
  async endWithHost(): Promise<void> {
    if (this.#ended) return
    this.#deliver({ kind: 'serviceDisconnected' })
    await this.#end()
  }

  async #register(wait: Wait): Promise<void> {
    const listen = (type: number, status: number, data: string | null) => this.#hear(type, status, data)
    this.#registration = await this.#context.read('listen to the service', wait, async (calls) => {
      const registration = await calls.registerServiceCallback(listen)
      // Ended meanwhile: nobody else would take it back.
      if (this.#ended && !this.#context.closed) await calls.unregisterServiceCallback(registration)
      return registration
    })
  }

  #hear(type: number, status: number, data: string | null): void {
    if (this.#ended) return
    if (type === SERVICE_DISCONNECT) {
      this.#deliver({ kind: 'serviceDisconnected' })
      void this.#end()
      return
    }
    const parsed = parseData(data)
    const kind = KINDS[type]
    const id = (parsed as NotificationBase | null)?.ID
    this.#deliver(kind !== undefined && typeof id === 'string' ? { kind, id } : { kind: 'other', type, status, data: parsed })
  }

  #deliver(event: HnsEvent): void {
    const reader = this.#readers.shift()
    if (reader !== undefined) reader.resolve({ done: false, value: event })
    // Once one has been lost, later ones are too: what is kept has no gap before the `lost`.
    else if (this.#lost > 0 || this.#buffer.length >= this.#bufferSize) this.#lost++
    else this.#buffer.push(event)
  }

  async #end(failure?: { readonly reason: unknown }): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd(this)
    const [first, ...others] = this.#readers.splice(0)
    if (failure !== undefined && first === undefined) this.#failure = failure
    if (failure !== undefined) first?.reject(failure.reason)
    else first?.resolve({ done: true, value: undefined })
    for (const reader of others) reader.resolve({ done: true, value: undefined })
    const registration = this.#registration
    this.#registration = undefined
    if (registration === undefined || this.#context.closed) return
    await this.#context
      .read('stop listening to the service', Wait.from(), (calls) => calls.unregisterServiceCallback(registration))
      .catch(() => undefined)
  }
}

function parseData(data: string | null): unknown {
  if (data === null || data === '') return null
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
