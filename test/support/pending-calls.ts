import type { NativeHandle, NativeHost } from '../../lib/native/hcn-calls.js'

/** One call that a {@link PendingCalls} was asked for and has not answered yet. */
export interface PendingCall {
  readonly name: string
  readonly args: readonly unknown[]
  answer(result: unknown): void
  fail(error: Error): void
}

/**
 * Calls that are answered when the test says so: for what is about waiting, which
 * no real host can be made to do at a given moment.
 */
export class PendingCalls {
  readonly calls: PendingCall[] = []
  readonly host: NativeHost

  constructor() {
    const calls = this.calls
    this.host = new Proxy({} as NativeHost, {
      get: (_, name) => {
        // Each call is to be seen.
        if (name === 'queryEach') return undefined
        return (...args: unknown[]) =>
          new Promise((answer, fail) => {
            calls.push({ name: String(name), args, answer, fail })
          })
      },
    })
  }

  /** Names of the calls asked for so far. */
  get names(): readonly string[] {
    return this.calls.map(({ name }) => name)
  }

  /** The last call of that name. */
  call(name: string): PendingCall {
    const call = this.calls.findLast((candidate) => candidate.name === name)
    if (call === undefined) throw new Error(`nobody asked for ${name}; asked for were ${this.names.join(', ')}`)
    return call
  }
}

export function fakeHandle(kind: NativeHandle['kind']): NativeHandle {
  return { kind }
}

/** Lets everything that is ready to run, run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
