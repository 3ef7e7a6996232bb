import { HcnError, quoteValue } from '../errors.js'
import { HCN_CALLS } from '../native/hcn-call-shapes.js'
import type { HcnCalls, NativeFailure, NativeHandle, NativeHost } from '../native/hcn-calls.js'
import {
  type AnswerLine,
  type Argument,
  type CallLine,
  type ErrorLine,
  type NotificationLine,
  type Recording,
  readPortRange,
} from './format.js'
import { Names } from './names.js'

type Listener = (type: number, status: number, data: string | null) => void

interface GivenHandle {
  readonly handle: number
}

interface Expected {
  readonly line: CallLine
  /** Where its answer stands; Infinity: there is none. */
  readonly answeredAt: number
  readonly startedAt: number
  readonly answer: AnswerLine | undefined
}

/**
 * Answers HCN calls from a recording.
 *
 * Calls come in the recorded order, save that those which were under way at the
 * same time may come in any. Ids of objects may be drawn anew. Each gets its recorded answer, after the
 * notifications that came before that answer. A call that was never answered
 * waits until the host is closed.
 */
export class Replay {
  readonly host: NativeHost
  readonly #recording: Recording
  /** Calls that have not come yet, in their order. */
  readonly #expected: Expected[]
  readonly #handles = new WeakMap<NativeHandle, number>()
  readonly #listeners = new Map<number, Listener>()
  readonly #names = new Names()
  /** Rejects each call that has no answer yet. */
  readonly #waiting = new Set<(error: NativeFailure) => void>()
  /** Answers that can be given. */
  readonly #due: { readonly at: number; readonly give: () => void }[] = []
  #notified = 0
  #closed = false

  constructor(recording: Recording) {
    this.#recording = recording
    const answers = new Map<number, { readonly line: AnswerLine; readonly at: number }>()
    for (const [at, line] of recording.entries()) if ('answer' in line) answers.set(line.answer, { line, at })
    this.#expected = [...recording.entries()].flatMap(([startedAt, line]) => {
      if (!('call' in line)) return []
      const answer = answers.get(line.call)
      return [{ line, startedAt, answer: answer?.line, answeredAt: answer?.at ?? Number.POSITIVE_INFINITY }]
    })
    this.host = new Proxy({} as NativeHost, {
      get: (_, name) => {
        // Not a promise, though somebody may ask.
        if (typeof name !== 'string' || name === 'then' || name === 'queryEach') return undefined
        if (name === 'close') return async () => this.#close()
        if (Object.hasOwn(HCN_CALLS, name)) return async (...given: unknown[]) => this.#answer(name as keyof HcnCalls, given)
        return async () => {
          throw new HcnError('ERR_NOT_SUPPORTED', `${name}: a recording has HCN's calls only, no switch and no clock`)
        }
      },
    })
  }

  #answer(name: keyof HcnCalls, given: readonly unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(stopped())
    const { handles: positions = [], closes } = HCN_CALLS[name]
    const shown = given
      .filter((argument) => typeof argument !== 'function')
      .map(
        (argument, position): Argument =>
          positions.includes(position) ? { handle: this.#handles.get(argument as NativeHandle) ?? -1 } : String(argument),
      )
    const expected = this.#take(name, shown)
    const listener = given.find((argument) => typeof argument === 'function')
    if (listener !== undefined) this.#listeners.set(expected.line.call, listener as Listener)
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      if (expected.answer === undefined) return
      this.#due.push({
        at: expected.answeredAt,
        give: () => {
          this.#waiting.delete(reject)
          this.#result(expected, closes === true ? (shown[0] as GivenHandle).handle : undefined).then(resolve, reject)
        },
      })
      if (this.#due.length === 1) setImmediate(() => this.#giveOne())
    })
  }

  /** One at a time, in the recorded order: what the program does about it comes before the next. */
  #giveOne(): void {
    if (this.#closed || this.#due.length === 0) return
    const next = this.#due.reduce((first, other) => (other.at < first.at ? other : first))
    this.#due.splice(this.#due.indexOf(next), 1)
    this.#notify(next.at)
    next.give()
    if (this.#due.length > 0) setImmediate(() => this.#giveOne())
  }

  async #result({ line, answer }: Expected, closed: number | undefined): Promise<unknown> {
    if (answer?.error !== undefined) throw this.#failure(answer.error)
    if (closed !== undefined) this.#listeners.delete(closed)
    const { kind, gives } = HCN_CALLS[line.name]
    if (kind === undefined) return answer?.text === undefined ? undefined : this.#names.toMade(answer.text)
    const handle: NativeHandle = { kind }
    this.#handles.set(handle, line.call)
    return gives === 'portRange' ? { reservation: handle, ...readPortRange(answer?.text) } : handle
  }

  #take(name: keyof HcnCalls, shown: readonly Argument[]): Expected {
    const [first] = this.#expected
    const possible = this.#expected.filter(({ line, startedAt }) => line.name === name && startedAt < (first?.answeredAt ?? 0))
    const found = possible.find(({ line }) => this.#equal(line, shown)) ?? possible.find(({ line }) => this.#equalButForId(line, shown))
    if (found !== undefined) {
      this.#expected.splice(this.#expected.indexOf(found), 1)
      return found
    }
    const wanted = first === undefined ? 'ends before it' : `has ${describe(first.line.name, first.line.arguments)}`
    throw new HcnError('ERR_REPLAY_DIFFERS', `the program calls ${describe(name, shown)}, the recording ${wanted}`)
  }

  #equal(line: CallLine, shown: readonly Argument[]): boolean {
    const here = shown.map((argument) => (typeof argument === 'string' ? this.#names.toRecorded(argument) : argument))
    return JSON.stringify(here) === JSON.stringify(line.arguments)
  }

  /** A creation whose id was drawn: from now on the one stands for the other. */
  #equalButForId(line: CallLine, shown: readonly Argument[]): boolean {
    if (!line.name.startsWith('create')) return false
    const position = HCN_CALLS[line.name].handles?.length ?? 0
    const [made, recorded] = [shown[position], line.arguments[position]]
    if (typeof made !== 'string' || typeof recorded !== 'string' || !this.#names.match(made, recorded)) return false
    if (this.#equal(line, shown)) return true
    this.#names.forget(made)
    return false
  }

  #notify(before: number): void {
    for (; this.#notified < before; ++this.#notified) {
      const line = this.#recording[this.#notified] as NotificationLine
      if ('notification' in line)
        this.#listeners.get(line.notification)?.(line.type, line.status, line.data === null ? null : this.#names.toMade(line.data))
    }
  }

  #failure({ hresult, message, record }: ErrorLine): NativeFailure {
    const text = this.#names.toMade(message)
    return Object.assign(new Error(text), { hresult, record: record === null ? null : this.#names.toMade(record) })
  }

  #close(): void {
    this.#closed = true
    for (const reject of this.#waiting) reject(stopped())
    this.#waiting.clear()
  }
}

function describe(name: string, shown: readonly Argument[]): string {
  return `${name}(${shown.map((argument) => (typeof argument === 'string' ? quoteValue(argument) : `handle ${argument.handle}`)).join(', ')})`
}

/** HCN_E_MANAGER_STOPPED, as a host that is closed answers. */
function stopped(): NativeFailure {
  return Object.assign(new Error('The host is closed.'), { hresult: 0x803b0020, record: null })
}
