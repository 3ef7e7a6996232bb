import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { HcnError, HostNetworking } from 'hns-vfp'

import { markName } from './leftovers.js'

const main = fileURLToPath(new URL('../../../examples/quickstart/main.js', import.meta.url))

export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** `npm start` as a child, with a folder of its own for what it writes. */
export class Quickstart {
  /** In the environment of every process it starts. */
  readonly mark = randomUUID()
  readonly out = mkdtempSync(join(tmpdir(), 'hns-quickstart-'))
  readonly child: ChildProcess
  readonly ending: Promise<Ending>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [main, '--out', this.out, ...args], {
      env: { ...process.env, [markName]: this.mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ending = new Promise((settle, fail) => {
      this.child.on('error', fail)
      this.child.on('close', (status, signal) => settle({ status, signal, stdout: this.#stdout, stderr: this.#stderr }))
    })
  }

  /** Resolves as soon as `lines` lines of progress were written. */
  progressed(lines: number): Promise<void> {
    let seen = 0
    return new Promise((settle, fail) => {
      const reader = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })
      reader.on('line', () => {
        if (++seen === lines) settle()
      })
      reader.on('close', () => fail(new Error(`it wrote ${seen} lines and ended`)))
    })
  }

  cleanUp(): void {
    this.child.kill('SIGKILL')
    rmSync(this.out, { recursive: true, force: true })
  }
}

/** What is missing for namespaces here; undefined when nothing is. */
export async function missingForNamespaces(): Promise<string | undefined> {
  try {
    const hns = await HostNetworking.open({ provider: 'embedded', ports: 'linux' })
    await hns.close()
    return undefined
  } catch (error) {
    if (HcnError.is(error, 'ERR_NAMESPACES_UNAVAILABLE')) return error.message
    throw error
  }
}
