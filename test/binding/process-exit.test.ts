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
})
