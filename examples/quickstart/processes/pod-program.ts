import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What a program writes: an answer to a verb, or, once, where it listens. */
type Line =
  | { readonly listening: readonly number[] }
  | { readonly listening?: undefined; readonly id: number; readonly result?: unknown; readonly error?: string }

interface Waiting {
  readonly settle: (result: unknown) => void
  readonly fail: (error: Error) => void
}

const starting = 0 // The id under which `start` waits.
const stderrKept = 2000 // Characters: enough for a stack trace.

/** A process in a pod that speaks lines of JSON; see `programs/lines.ts`. */
export class PodProgram {
  readonly #waiting = new Map<number, Waiting>()
  #nextId = starting + 1
  #stderr = ''
  #end: Error | undefined

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrKept)
    })
    child.on('error', (error) => this.#fail(error))
    child.on('close', (code, signal) => {
      const how = signal === null ? `exited with status ${code}` : `was ended by ${signal}`
      this.#fail(new Error(`\`${name}\` ${how}${this.#stderr === '' ? '' : `: ${this.#stderr.trim()}`}`))
    })
    // A program that ended takes its pipe along; the 'close' above says so better than EPIPE does.
    child.stdin?.on('error', () => undefined)
  }

  /** Resolves when the program says that it listens. */
  static async start(name: string, child: ChildProcess): Promise<PodProgram> {
    const program = new PodProgram(name, child)
    const { stdout } = child
    if (stdout === null) throw new Error(`\`${name}\` has no stdout`)
    await new Promise<void>((settle, fail) => {
      program.#waiting.set(starting, { settle: () => settle(), fail })
      createInterface({ input: stdout }).on('line', (text) => program.#hear(text))
    })
    return program
  }

  ask<T>(verb: string, argument: unknown = {}): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    const id = this.#nextId++
    return new Promise<T>((settle, fail) => {
      this.#waiting.set(id, { settle: (result) => settle(result as T), fail })
      this.child.stdin?.write(`${JSON.stringify({ id, verb, argument })}\n`)
    })
  }

  async stop(): Promise<void> {
    if (this.#end !== undefined) return
    const closed = once(this.child, 'close')
    this.child.kill('SIGKILL')
    await closed
  }

  #hear(text: string): void {
    const line = JSON.parse(text) as Line
    if (line.listening !== undefined) this.#take(starting)?.settle(undefined)
    else if (line.error !== undefined) this.#take(line.id)?.fail(new Error(line.error))
    else this.#take(line.id)?.settle(line.result)
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #fail(error: Error): void {
    this.#end ??= error
    for (const { fail } of this.#waiting.values()) fail(this.#end)
    this.#waiting.clear()
  }
}
