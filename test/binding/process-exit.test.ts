import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./support/exiting-program.js', import.meta.url))

interface End {
  readonly status: number | string | null
  readonly signal: string | null
  readonly output: string
}

/** The end of a process, which must come by itself. */
function endWhen(ending: string): Promise<End> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ending], { timeout: 15_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? null), signal: error?.signal ?? null, output: stdout + stderr })
    })
  })
}

describe('a process with native hosts', () => {
  it('ends when only an idle host is open', async () => {
    assert.deepEqual(await endWhen('an idle host is open'), { status: 0, signal: null, output: '' })
  })

  it('does not end before its calls are answered', async () => {
    assert.deepEqual(await endWhen('calls are pending'), { status: 0, signal: null, output: 'answered\n' })
  })

  it('ends with its own status in the middle of calls', async () => {
    assert.deepEqual(await endWhen('process.exit() is called in the middle of calls'), { status: 7, signal: null, output: '' })
  })

  it('hears of an error thrown by a callback as of any uncaught one', async () => {
    const end = await endWhen('a callback throws')
    assert.equal(end.status, 0)
    assert.match(end.output, /^uncaught: from the callback$/m)
    assert.match(end.output, /^goes on$/m)
  })

  it('ends when a callback ends it', async () => {
    assert.deepEqual(await endWhen('a callback exits'), { status: 5, signal: null, output: '' })
  })

  const endings: readonly (readonly [string, number | null, string | null])[] = [
    ['a host with Linux ports is open', 0, null],
    ['process.exit() is called with a host with Linux ports', 7, null],
    ['it is killed with a host with Linux ports', null, 'SIGKILL'],
  ]
  for (const [ending, status, signal] of endings) {
    it(`leaves no process behind when ${ending}`, async function () {
      const end = await endWhen(ending)
      const compartment = JSON.parse(end.output) as { readonly missing?: string; readonly kind?: string; readonly pid?: number }
      if (compartment.missing !== undefined) {
        if (this.test !== undefined) this.test.title += ` (${compartment.missing})`
        this.skip()
      }
      assert.equal(compartment.kind, 'linux')
      assert.deepEqual([end.status, end.signal], [status, signal])
      // The kernel takes the helper down after the process itself.
      while (isAlive(compartment.pid)) await new Promise((resolve) => setImmediate(resolve))
    })
  }
})

function isAlive(pid: number | undefined): boolean {
  try {
    assert.ok(pid !== undefined && pid > 1)
    return process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
