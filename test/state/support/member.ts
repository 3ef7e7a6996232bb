import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Command } from './member-program.js'

const program = fileURLToPath(new URL('./member-program.js', import.meta.url))

/** Another process that has the folder open and does what it is asked. */
export class Member {
  readonly #process: ChildProcess
  readonly #told: string[] = []
  #next = 0

  private constructor(child: ChildProcess) {
    this.#process = child
    child.on('message', (answer: Answer) => {
      if (answer.event !== undefined) this.#told.push(answer.event)
    })
  }

  static async start(folder: string, profile?: string): Promise<Member> {
    const child = fork(program, profile === undefined ? [folder] : [folder, profile], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const member = new Member(child)
    await once(child, 'message')
    return member
  }

  /** What `name` of the program gave; rejects with the message of what it threw. */
  async ask(name: Command['name'], ...values: readonly string[]): Promise<string> {
    const id = this.#next++
    const answered = new Promise<string>((resolve, reject) => {
      const onMessage = (answer: Answer) => {
        if (answer.id !== id) return
        this.#process.off('message', onMessage)
        if (answer.error === undefined) resolve(answer.result ?? '')
        else reject(new Error(answer.error))
      }
      this.#process.on('message', onMessage)
    })
    this.#process.send({ id, name, values } satisfies Command)
    return answered
  }

  /** Ends when `networkCreated <id>` has come; the test's own time limit ends a wait in vain. */
  async hears(event: string): Promise<void> {
    while (!this.#told.includes(event)) await once(this.#process, 'message')
  }

  /** What it has told so far, in order. */
  get told(): readonly string[] {
    return this.#told
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}
