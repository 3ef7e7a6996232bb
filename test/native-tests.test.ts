import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../build/Release/native_tests', import.meta.url))

interface Report {
  readonly passed: boolean
  /** What this machine lacks for the test. */
  readonly skipped?: string | undefined
  /** File, line and values of the checks that failed. */
  readonly details: string
}

/** The tests of the C++ rooms: one executable, each of its TAP lines a test here. */
// On Windows the executable is run by itself: node.exe under Wine has no pipes.
const describeHere = process.platform === 'win32' ? describe.skip : describe
describeHere('C++ rooms', function () {
  // A test of C++ may set up namespaces, or walk a million flows.
  this.timeout(120_000)
  const listed = spawnSync(program, ['--list'], { encoding: 'utf8' })
  const names = listed.status === 0 ? listed.stdout.split('\n').filter((name) => name !== '') : []
  let run: NativeRun

  it('have an executable with tests', () => {
    assert.ok(names.length > 0, `${program} lists no test (${listed.error?.message ?? listed.stderr}); \`npm run build:addon\` makes it`)
  })

  before(() => {
    run = new NativeRun()
  })
  for (const [index, name] of names.entries()) {
    it(name, async function () {
      const report = await run.report(index + 1)
      assert.ok(report.passed, report.details)
      if (report.skipped === undefined) return
      if (this.test !== undefined) this.test.title += ` (${report.skipped})`
      this.skip()
    })
  }
  it('end with status 0', async () => {
    if (names.length > 0) assert.equal(await run.end, 'status 0')
  })
})

/** One run of the executable. A test that the program did not live to report has failed. */
class NativeRun {
  readonly end: Promise<string>
  readonly #reports = new Map<number, Report>()
  readonly #waiting = new Map<number, (report: Report) => void>()
  #outcome: string | undefined

  constructor() {
    const child = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] })
    let failing: { number: number; details: string } | undefined
    const settleFailing = () => {
      if (failing !== undefined) this.#settle(failing.number, { passed: false, details: failing.details })
      failing = undefined
    }
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, verdict, number, skipped] = /^(ok|not ok) (\d+) - .*?(?: # SKIP (.*))?$/.exec(line) ?? []
      if (failing !== undefined && line.startsWith('  ')) failing.details += `\n${line}`
      else settleFailing()
      if (verdict === 'ok') this.#settle(Number(number), { passed: true, skipped, details: '' })
      if (verdict === 'not ok') failing = { number: Number(number), details: line }
    })
    this.end = new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.on('close', (status, signal) => resolve(signal === null ? `status ${status}` : signal))
    })
    void this.end.then((outcome) => {
      settleFailing()
      this.#outcome = outcome
      for (const settle of this.#waiting.values()) settle(this.#unreported())
    })
  }

  report(number: number): Promise<Report> {
    const report = this.#reports.get(number) ?? (this.#outcome === undefined ? undefined : this.#unreported())
    if (report !== undefined) return Promise.resolve(report)
    return new Promise((resolve) => this.#waiting.set(number, resolve))
  }

  #settle(number: number, report: Report): void {
    this.#reports.set(number, report)
    this.#waiting.get(number)?.(report)
    this.#waiting.delete(number)
  }

  #unreported(): Report {
    return { passed: false, details: `the program ended (${this.#outcome}) without reporting this test` }
  }
}
