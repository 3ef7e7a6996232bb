import { debuglog } from 'node:util'
import { clip, codeOfHresult, HcnError, parseErrorRecord } from '../errors.js'
import type { HnsFeatures } from '../native/features.js'
import type { NativeFailure, NativeHost } from '../native/hcn-calls.js'
import type { Wait } from './call-options.js'
import type { ObjectKind } from './kind.js'

/** An object of the host by what people call it; pods by their name, all else by id. */
export interface ObjectName {
  readonly kind: ObjectKind | 'pod'
  readonly id: string
}

/**
 * What all handles of one host share: its calls, whether it is closed, and the
 * changes that nobody waits for any more.
 */
export class HostContext {
  readonly #native: NativeHost
  /** What the version of the service has. */
  readonly features: HnsFeatures
  readonly #errorSymbols: Readonly<Record<string, string>>
  readonly #abandoned = new Map<string, Set<Promise<unknown>>>()
  readonly #forgotten: FinalizationRegistry<string>
  #closed = false

  constructor(native: NativeHost, errorSymbols: Readonly<Record<string, string>>, features: HnsFeatures) {
    this.features = features
    this.#native = native
    this.#errorSymbols = errorSymbols
    const log = debuglog('hns-vfp')
    this.#forgotten = new FinalizationRegistry((what) => log('%s was dropped without close(); the collector closed it', what))
  }

  get closed(): boolean {
    return this.#closed
  }

  markClosed(): void {
    this.#closed = true
  }

  /** Reports in the debug log (`NODE_DEBUG=hns-vfp`) when `owner` is collected while it still held something open. */
  watch(owner: object, what: string): void {
    this.#forgotten.register(owner, what, owner)
  }

  unwatch(owner: object): void {
    this.#forgotten.unregister(owner)
  }

  /** @throws HcnError `ERR_HOST_CLOSED`. */
  checkOpen(what: string): void {
    if (this.#closed) throw new HcnError('ERR_HOST_CLOSED', `${what}: this HostNetworking is closed`)
  }

  /**
   * A call that changes nothing. With `after`, it follows a change of that
   * object that has been made: then not hearing the answer leaves the outcome unknown.
   */
  async read<Result>(what: string, wait: Wait, start: (native: NativeHost) => Promise<Result>, after?: ObjectName): Promise<Result> {
    this.checkOpen(what)
    return wait.settle(this.#call(what, start), () =>
      after === undefined
        ? new HcnError('ERR_TIMEOUT', `${what}: no answer within ${wait.timeout} ms`)
        : outcomeUnknown(what, after, `was not answered within ${wait.timeout} ms`),
    )
  }

  /**
   * A call that changes `object`. When nobody waits any more, `discard` gets what
   * it gave in the end, and reconcile() can wait for that end.
   */
  async change<Result>(
    what: string,
    object: ObjectName,
    wait: Wait,
    start: (native: NativeHost) => Promise<Result>,
    discard: (late: Result) => void = () => undefined,
  ): Promise<Result> {
    this.checkOpen(what)
    const remaining = wait.remaining()
    if (remaining !== undefined && remaining <= 0)
      throw new HcnError('ERR_TIMEOUT', `${what}: ${wait.timeout} ms were over before it began`)
    wait.signal?.throwIfAborted()
    const work = this.#call(what, start)
    let settled = false
    const noted = work.then(
      () => {
        settled = true
      },
      () => {
        settled = true
      },
    )
    try {
      return await wait.settle(work, () => outcomeUnknown(what, object, `was not answered within ${wait.timeout} ms`))
    } catch (error) {
      if (!settled) {
        this.abandon(object, noted)
        work.then(discard, () => undefined)
      }
      throw error
    }
  }

  /** `work` about `object` goes on, though nobody waits for it. */
  abandon(object: ObjectName, work: Promise<unknown>): void {
    const key = keyOf(object)
    const pending = this.#abandoned.get(key) ?? new Set()
    this.#abandoned.set(key, pending)
    pending.add(work)
    const forget = () => {
      pending.delete(work)
      if (pending.size === 0 && this.#abandoned.get(key) === pending) this.#abandoned.delete(key)
    }
    work.then(forget, forget)
  }

  /** Resolves when no abandoned change of `object` is running any more. */
  async whenSettled(object: ObjectName, wait: Wait): Promise<void> {
    const running = [...(this.#abandoned.get(keyOf(object)) ?? [])]
    if (running.length === 0) return
    await wait.settle(Promise.allSettled(running), () => outcomeUnknown('reconcile', object, `is still running after ${wait.timeout} ms`))
  }

  /** The error for a failure of `what` that no promise brought. */
  explained(what: string, error: unknown): unknown {
    return HostContext.explain(what, error, this.#errorSymbols)
  }

  async #call<Result>(what: string, start: (native: NativeHost) => Promise<Result>): Promise<Result> {
    try {
      return await start(this.#native)
    } catch (error) {
      throw HostContext.explain(what, error, this.#errorSymbols)
    }
  }

  /** A native failure as the error people get; anything else as it is. */
  static explain(what: string, error: unknown, symbols: Readonly<Record<string, string>>): unknown {
    if (!(error instanceof Error) || typeof (error as Partial<NativeFailure>).hresult !== 'number') return error
    const failure = error as NativeFailure
    const record = parseErrorRecord(failure.record)
    return new HcnError(codeOfHresult(failure.hresult, symbols), `${what}: ${(record?.Error ?? failure.message).trim()}`, {
      hresult: failure.hresult >>> 0,
      record,
      cause: error,
    })
  }
}

function keyOf(object: ObjectName): string {
  return `${object.kind} ${object.id.toLowerCase()}`
}

function outcomeUnknown(what: string, object: ObjectName, fate: string): HcnError {
  const message = `${what}: the call ${fate}; reconcile('${object.kind}', '${clip(object.id)}') tells what became of it`
  return new HcnError('ERR_OUTCOME_UNKNOWN', message, { object })
}
