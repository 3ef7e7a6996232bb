import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HostNetworking } from '../../lib/index.js'
import { useFolder } from './support/folder.js'

const program = fileURLToPath(new URL('./support/writing-program.js', import.meta.url))

/** `HNS_VFP_KILLS=1000` kills a thousand times. */
const kills = Number(process.env.HNS_VFP_KILLS ?? 10)

/** What the folder must hold, as far as one knows: `unknown` may be there or not. */
class Ledger {
  readonly #state = new Map<string, 'there' | 'gone' | 'unknown'>()

  read(line: string): void {
    const [what, id = ''] = line.split(' ')
    if (what === 'created') this.#state.set(id, 'there')
    else if (what === 'deleted') this.#state.set(id, 'gone')
    else if (what === 'create' || what === 'delete') this.#state.set(id, 'unknown')
    else assert.fail(`the program said: ${line}`)
  }

  /** Compares, and knows from then on. */
  check(found: ReadonlySet<string>): void {
    for (const id of found) assert.ok(this.#state.has(id), `${id} was never begun`)
    for (const [id, state] of this.#state) {
      if (state !== 'unknown') assert.equal(found.has(id), state === 'there', `${id} was answered to be ${state}`)
      if (found.has(id)) this.#state.set(id, 'there')
      else this.#state.delete(id)
    }
  }

  get size(): number {
    return this.#state.size
  }
}

describe('a process that writes to a state folder', () => {
  const folder = useFolder()

  it('may be killed at any moment: what was answered is there, and the folder opens', async function () {
    this.timeout(kills * 5000)
    const ledger = new Ledger()
    let answered = 0
    for (let i = 0; i < kills; ++i) {
      const child = spawn(process.execPath, [program, folder()], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      const killAt = 1 + Math.floor(Math.random() * 60)
      let seen = 0
      for await (const line of createInterface({ input: child.stdout })) {
        ledger.read(line)
        if (/^(created|deleted) /.test(line)) ++answered
        if (++seen === killAt) child.kill('SIGKILL')
      }
      assert.deepEqual(await ended, [null, 'SIGKILL'])

      const hns = await HostNetworking.open({ provider: 'embedded', state: folder() })
      try {
        const endpoints = await hns.endpoints.list()
        ledger.check(new Set(endpoints.map(({ id }) => id)))
        assert.equal((await hns.vfp.ports()).filter(({ kind }) => kind === 'endpoint').length, endpoints.length)
      } finally {
        await hns.close()
      }
    }
    assert.ok(answered > kills, `${answered} answers in ${kills} lives`)
    assert.ok(ledger.size > 0)
  })
})
