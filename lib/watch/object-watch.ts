import { HcnError } from '../errors.js'
import type { EventStream } from '../events.js'
import { type CallOptions, Wait } from '../objects/call-options.js'
import type { ListedText } from '../objects/collection.js'
import type { Endpoint } from '../objects/endpoint.js'
import type { GuestNetworkService } from '../objects/guest-network-service.js'
import type { ObjectKind } from '../objects/kind.js'
import type { LoadBalancer } from '../objects/load-balancer.js'
import type { Namespace } from '../objects/namespace.js'
import type { Network } from '../objects/network.js'
import type { SdnRoute } from '../objects/sdn-route.js'
import type { Pod } from '../pods/pod.js'
import { Differences, type Listed } from './differences.js'

/** What can be watched, and what the handle is that tells of it. */
export interface WatchedObjects {
  readonly network: Network
  readonly namespace: Namespace
  readonly endpoint: Endpoint
  readonly loadBalancer: LoadBalancer
  readonly sdnRoute: SdnRoute
  readonly guestNetworkService: GuestNetworkService
  readonly pod: Pod
}

export type WatchedKind = keyof WatchedObjects

/** What became of an object since the reader was last told of it. */
export type ObjectChange<Kind extends WatchedKind = ObjectKind> = {
  [Each in Kind]: {
    readonly type: 'added' | 'changed' | 'removed'
    readonly kind: Each
    /** As it was when it was listed; of a removed one, as it was last told of. Nothing is open until it is used. */
    readonly object: WatchedObjects[Each]
  }
}[Kind]

export interface WatchOptions<Kind extends WatchedKind = ObjectKind> {
  /**
   * Default: all but `pod`, which is an endpoint and a namespace: these are told of anyway. A pod is `changed` when one of the two is, by
   * a container added, say; and `removed` as soon as one is gone.
   */
  readonly kinds?: readonly Kind[] | undefined
  /** Only objects of that name; the host compares, with case. Default: all. */
  readonly name?: string | undefined
  /**
   * Only endpoints and pods of that network, or of the one with that id; the host compares. Wants `kinds` without others. Default: all.
   */
  readonly network?: Network | string | undefined
  /**
   * Milliseconds between the end of a look and the next one, when nothing else
   * asks for one: 1 to 2147483647, or 0 for none. On a host with `clock: 'manual'`
   * they pass by `advanceClock()`. A look reads every object that is watched: take
   * longer where there are many thousands. Default 1000.
   */
  readonly interval?: number | undefined
  /** Ends the iteration with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
}

/** @internal What a watch lists, and where it listens. */
export interface WatchSources {
  /** By kind, in the order of looking: what others stand on comes first. */
  readonly lists: ReadonlyMap<WatchedKind, { list(wait: Wait): Promise<readonly ListedText[]>; fromText(text: string): object }>
  listen(): EventStream
  /** Zero: never. */
  readonly intervalMs: number
  /** Else `clockTurned` tells of the time. */
  readonly hasTimer: boolean
}

interface Reader {
  readonly resolve: (result: IteratorResult<never, undefined>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * The objects of a host and what becomes of them, for `for await`: first every
 * object there is as `added`, then each change.
 *
 * HCN notifies of few things, and of no change. So a watch lists: at once when the service
 * notifies of anything, after `interval`, and when {@link refresh} asks; and
 * compares what it finds with what you were last told. It tells of states, not
 * of events. An object that changed three times while you were busy is
 * `changed` once, one that came and went between two looks is not mentioned, and
 * one that was deleted and made anew under its id is `changed`. But whoever
 * follows it knows, in the end, what there is: nothing is lost, however slow the
 * reader, and what is kept for it is never more than one change for each object.
 *
 * While the service restarts nothing is told, and nothing taken for removed; then
 * it goes on from what you knew. It ends with `break`, its signal, the host, or an error
 * of listing that waiting does not mend. One reader: share it and each change
 * goes to one of them.
 *
 * Networks are told of before what is on them, removals the other way round,
 * as far as one look sees both.
 */
export class ObjectWatch<Kind extends WatchedKind = ObjectKind>
  implements AsyncIterableIterator<ObjectChange<Kind>, undefined>, AsyncDisposable
{
  /** Resolves when it has looked for the first time: what was there then is told first. */
  readonly ready: Promise<void>
  readonly #sources: WatchSources
  readonly #signal: AbortSignal | undefined
  readonly #onEnd: () => void
  readonly #differences = new Differences()
  readonly #readers: Reader[] = []
  #settleReady: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined
  #events: EventStream | undefined
  /** The look that has begun; never rejects. */
  #looking: Promise<void> | undefined
  /** The look that begins after it. */
  #following: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #turnedMs = 0
  #ended = false
  #failure: { readonly reason: unknown } | undefined
  readonly #onAbort = () => this.#end({ reason: this.#signal?.reason })

  /** @internal */
  constructor(sources: WatchSources, signal: AbortSignal | undefined, onEnd: () => void) {
    this.#sources = sources
    this.#signal = signal
    this.#onEnd = onEnd
    signal?.throwIfAborted()
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // Who does not await `ready` learns of a failure from next().
    this.ready.catch(() => undefined)
    this.#wake()
  }

  /**
   * Looks now. When it resolves, what was so when it was called has been seen.
   * Nothing is done when the watch has ended.
   *
   * @throws HcnError what listing throws, such as `RPC_S_SERVER_UNAVAILABLE` while the service is away; `ERR_TIMEOUT`.
   */
  async refresh(options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    if (this.#ended) return
    await wait.settle(this.#look(), () => new HcnError('ERR_TIMEOUT', `refresh: no answer within ${wait.timeout} ms`))
  }

  async next(): Promise<IteratorResult<ObjectChange<Kind>, undefined>> {
    const change = this.#take()
    if (change !== undefined) return { done: false, value: change }
    if (this.#failure !== undefined) {
      const { reason } = this.#failure
      this.#failure = undefined
      throw reason
    }
    if (this.#ended) return { done: true, value: undefined }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<ObjectChange<Kind>, undefined>> {
    this.#end()
    this.#differences.clear()
    return { done: true, value: undefined }
  }

  async throw(reason?: unknown): Promise<IteratorResult<ObjectChange<Kind>, undefined>> {
    await this.return()
    throw reason
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** @internal The host closes: what was seen before is still read. */
  endWithHost(): void {
    this.#end()
  }

  /** @internal A clock that is turned by hand was. */
  clockTurned(milliseconds: number): void {
    const { intervalMs, hasTimer } = this.#sources
    if (hasTimer || intervalMs === 0) return
    this.#turnedMs += milliseconds
    if (this.#turnedMs >= intervalMs) this.#wake()
  }

  #wake(): void {
    // Who listens learns of what ends the watch from next(); all else is tried again.
    this.#look().catch(() => undefined)
  }

  /** A look that begins after this call: one that is under way may have passed what has just changed. */
  #look(): Promise<void> {
    const begin = async () => {
      await this.#looking
      this.#following = undefined
      const look = this.#list()
      this.#looking = look.catch(() => undefined)
      await look
    }
    this.#following ??= begin()
    return this.#following
  }

  async #list(): Promise<void> {
    clearTimeout(this.#timer)
    this.#turnedMs = 0
    try {
      if (this.#ended) return
      // First, so that nothing happens unnoticed between the two.
      await this.#listen()
      const listed = new Map<string, Listed>()
      for (const [kind, source] of this.#sources.lists) {
        for (const { id, text } of await source.list(Wait.from())) listed.set(`${kind} ${id.toLowerCase()}`, { kind, text })
      }
      if (!this.#ended) this.#adopt(listed)
    } catch (error) {
      if (!isPassing(error)) this.#end({ reason: error })
      throw error
    } finally {
      const { intervalMs, hasTimer } = this.#sources
      if (!this.#ended && hasTimer && intervalMs > 0) this.#timer = setTimeout(() => this.#wake(), intervalMs)
    }
  }

  #adopt(listed: ReadonlyMap<string, Listed>): void {
    this.#differences.update(listed)
    this.#settleReady?.resolve()
    while (this.#readers.length > 0) {
      const value = this.#take()
      if (value === undefined) return
      this.#readers.shift()?.resolve({ done: false, value: value as never })
    }
  }

  #take(): ObjectChange<Kind> | undefined {
    const difference = this.#differences.take()
    if (difference === undefined) return undefined
    const { type, listed } = difference
    const kind = listed.kind as WatchedKind
    return { type, kind, object: this.#sources.lists.get(kind)?.fromText(listed.text) } as ObjectChange<Kind>
  }

  async #listen(): Promise<void> {
    if (this.#events !== undefined) return
    const events = this.#sources.listen()
    await events.ready
    if (this.#ended) {
      await events.return()
      return
    }
    this.#events = events
    void this.#follow(events)
  }

  async #follow(events: EventStream): Promise<void> {
    // What happened does not matter: `lost` wants a look like any other.
    for await (const { kind } of events) if (kind !== 'serviceDisconnected') this.#wake()
    this.#events = undefined
    if (!this.#ended) this.#wake()
  }

  #end(failure?: { readonly reason: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd()
    void this.#events?.return()
    this.#settleReady?.reject(failure?.reason ?? new HcnError('ERR_HOST_CLOSED', 'watch: it was ended before it had looked'))
    const [first, ...others] = this.#readers.splice(0)
    if (failure !== undefined && first === undefined) this.#failure = failure
    if (failure !== undefined) first?.reject(failure.reason)
    else first?.resolve({ done: true, value: undefined })
    for (const reader of others) reader.resolve({ done: true, value: undefined })
  }
}

/** The service is away, or went away meanwhile: it comes back. */
function isPassing(error: unknown): boolean {
  return HcnError.is(error) && (error.category === 'retry' || error.category === 'reconcile')
}
