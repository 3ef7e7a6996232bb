import { type ChildProcess, execFile } from 'node:child_process'
import { isAbsolute, win32 } from 'node:path'
import { HcnError } from '../errors.js'
import { commandText, commandWords, type VfpctrlCommand } from '../vfpctrl/command.js'
import { failureOf } from '../vfpctrl/lines.js'

/** A listing of the largest ports has some megabytes. */
const MAX_OUTPUT = 256 * 2 ** 20

/** No listing takes so long: a program that does hangs. Milliseconds. */
const PATIENCE = 60_000

export interface VfpctrlProgramOptions {
  /** Default: `vfpctrl.exe` of the system directory, and no other. */
  readonly path?: string | undefined
  /** Milliseconds for each run. Default 60 000. */
  readonly patience?: number | undefined
}

/** `vfpctrl.exe`: started without a shell, killed when nobody waits for it any more. */
export class VfpctrlProgram {
  readonly #path: string
  readonly #patience: number
  readonly #running = new Map<ChildProcess, Promise<void>>()
  #closed = false

  constructor({ path, patience = PATIENCE }: VfpctrlProgramOptions = {}) {
    this.#path = path ?? win32.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'vfpctrl.exe')
    this.#patience = patience
  }

  /**
   * What the program prints.
   *
   * @param stop Ends the program; the call then rejects with its reason.
   * @throws HcnError `ERR_PROGRAM_MISSING`, `ERROR_ACCESS_DENIED`, `ERR_PROGRAM_FAILED`
   * (with what it said), `HCN_E_PORT_NOT_FOUND`, `ERR_TIMEOUT`, `ERR_INVALID_ANSWER`
   * (it does not stop printing), `ERR_HOST_CLOSED`.
   */
  run(command: VfpctrlCommand, stop?: AbortSignal): Promise<string> {
    const what = commandText(command)
    if (this.#closed) return Promise.reject(new HcnError('ERR_HOST_CLOSED', `${what}: this HostNetworking is closed`))
    if (stop?.aborted === true) return Promise.reject(stop.reason)
    // A name without a folder would be looked for in the path, where anybody's program may stand.
    if (!isAbsolute(this.#path))
      return Promise.reject(new HcnError('ERR_PROGRAM_MISSING', `${what}: ${this.#path} is no file of this machine`))
    return new Promise((resolve, reject) => {
      let overdue = false
      let child: ChildProcess
      try {
        child = execFile(
          this.#path,
          [...commandWords(command)],
          { encoding: 'buffer', maxBuffer: MAX_OUTPUT, windowsHide: true, shell: false },
          (error, output, complaints) => {
            // Its texts are ASCII; what is not is somebody's name for something.
            const said = output.toString('utf8')
            if (stop?.aborted === true) reject(stop.reason)
            else if (this.#closed) reject(new HcnError('ERR_HOST_CLOSED', `${what}: this HostNetworking was closed`))
            else if (overdue) reject(new HcnError('ERR_TIMEOUT', `${what}: it was not done within ${this.#patience} ms, and was ended`))
            else if (error === null) resolve(said)
            else reject(this.#failure(command, error, said.trim() === '' ? complaints.toString('utf8') : said))
          },
        )
      } catch (error) {
        reject(this.#failure(command, error as Error, ''))
        return
      }
      // It reads nothing, and must not wait for it.
      child.stdin?.end()
      // Not asked politely: Windows has no such thing, and it holds nothing.
      const kill = () => child.kill('SIGKILL')
      const timer = setTimeout(() => {
        overdue = true
        kill()
      }, this.#patience)
      stop?.addEventListener('abort', kill, { once: true })
      const gone = new Promise<void>((done) => {
        const end = () => {
          clearTimeout(timer)
          stop?.removeEventListener('abort', kill)
          this.#running.delete(child)
          done()
        }
        child.once('close', end)
        child.once('error', end)
      })
      this.#running.set(child, gone)
    })
  }

  /** Ends what runs, and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#running]
    for (const [child] of all) child.kill('SIGKILL')
    await Promise.all(all.map(([, gone]) => gone))
  }

  #failure(command: VfpctrlCommand, error: Error, said: string): HcnError {
    const what = commandText(command)
    // A number is the program's exit status; a text is why there was no program.
    const { code } = error as { readonly code?: unknown }
    if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
      return new HcnError('ERR_INVALID_ANSWER', `${what}: it printed more than ${MAX_OUTPUT} bytes, and was ended`)
    if (code === 'EACCES' || code === 'EPERM')
      return new HcnError('ERROR_ACCESS_DENIED', `${what}: ${this.#path} may not be run; an administrator's rights are wanted`)
    if (typeof code === 'string')
      return new HcnError('ERR_PROGRAM_MISSING', `${what}: ${this.#path} does not start (${code})`, { cause: error })
    if (said.trim() !== '') return failureOf(command.verb, said)
    return new HcnError('ERR_PROGRAM_FAILED', `${what}: it ended with status ${String(code ?? 'unknown')} and said nothing`, {
      cause: error,
    })
  }
}
