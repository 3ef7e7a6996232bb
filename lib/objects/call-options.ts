import { invalidArgument } from '../errors.js'

/** The last argument of everything that waits. */
export interface CallOptions {
  /**
   * Ends the waiting, not the work: the call rejects with `signal.reason` at
   * once, and what the service has begun runs to its end. Ask `reconcile()` what
   * became of it.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Milliseconds for the whole call. Default: none. When they are over, a call
   * whose change has begun rejects with `ERR_OUTCOME_UNKNOWN`, any other with
   * `ERR_TIMEOUT`: of a call that changes something it says that the time was
   * over before the change began, and nothing was done.
   */
  readonly timeout?: number | undefined
}

/** setTimeout's own limit: about 24 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** What is left of a call's options while its steps run. */
export class Wait {
  readonly signal: AbortSignal | undefined
  readonly #deadline: number | undefined
  readonly #timeout: number | undefined

  private constructor(options: CallOptions) {
    if (typeof options !== 'object' || options === null) throw invalidArgument('options', options, 'an object of options is wanted')
    const { signal, timeout } = options
    if (signal !== undefined && typeof signal?.addEventListener !== 'function')
      throw invalidArgument('signal', signal, 'an AbortSignal is wanted')
    if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
      throw invalidArgument('timeout', timeout, `milliseconds from above 0 to ${LONGEST_TIMEOUT} are wanted`)
    }
    this.signal = signal
    this.#timeout = timeout
    this.#deadline = timeout === undefined ? undefined : performance.now() + timeout
  }

  /** @throws the signal's reason, when it has been aborted already: then nothing is begun. */
  static from(options: CallOptions = {}): Wait {
    const wait = new Wait(options)
    wait.signal?.throwIfAborted()
    return wait
  }

  /** Milliseconds; undefined: for ever. May be negative. */
  remaining(): number | undefined {
    return this.#deadline === undefined ? undefined : this.#deadline - performance.now()
  }

  /** For messages. */
  get timeout(): number | undefined {
    return this.#timeout
  }

  /**
   * `work`'s result, unless the signal or the deadline comes first: then
   * `overdue`'s error, or the signal's reason, and `work` is left alone.
   */
  async settle<Result>(work: Promise<Result>, overdue: () => Error): Promise<Result> {
    const remaining = this.remaining()
    if (this.signal === undefined && remaining === undefined) return work
    let timer: NodeJS.Timeout | undefined
    let onAbort: (() => void) | undefined
    try {
      return await new Promise<Result>((resolve, reject) => {
        onAbort = () => reject(this.signal?.reason)
        if (this.signal?.aborted === true) onAbort()
        else this.signal?.addEventListener('abort', onAbort, { once: true })
        if (remaining !== undefined) timer = setTimeout(() => reject(overdue()), Math.max(0, remaining))
        work.then(resolve, reject)
      })
    } finally {
      clearTimeout(timer)
      if (onAbort !== undefined) this.signal?.removeEventListener('abort', onAbort)
    }
  }
}
