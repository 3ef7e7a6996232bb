import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { type Traces, tracesOf } from './support/leftovers.js'
import { missingForNamespaces, Quickstart } from './support/quickstart.js'

// Lines of progress after which the run is ended: while pods are made, before and while programs start, and while claims are checked.
const moments = [2, 6, 10, 14, 18, 24]

describe('stopping the quickstart', () => {
  before(async function () {
    const missing = await missingForNamespaces()
    if (missing === undefined) return
    console.log(`    not run: ${missing}`)
    this.skip()
  })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    for (const moment of moments) {
      it(`leaves nothing behind when ${signal} comes after ${moment} lines`, async () => {
        const { interfaces } = tracesOf('nobody')
        const run = new Quickstart(['--ports', 'linux'])
        try {
          await run.progressed(moment)
          const running = tracesOf(run.mark)
          run.child.kill(signal)
          const { status, signal: endedBy } = await run.ending
          const left = await untilQuiet(run.mark, running.namespaces)

          assert.ok(running.namespaces.size > 0, 'it had namespaces to leave behind')
          assert.deepEqual(left.processes, [])
          assert.deepEqual(stillAlive(running.namespaces, left), [])
          assert.deepEqual(left.interfaces, interfaces)
          if (signal === 'SIGKILL') assert.equal(endedBy, 'SIGKILL')
          else assert.equal(status, signal === 'SIGINT' ? 130 : 143)
        } finally {
          run.cleanUp()
        }
      })
    }
  }
})

function stillAlive(namespaces: ReadonlySet<string>, { alive }: Traces): readonly string[] {
  return [...namespaces].filter((namespace) => alive.has(namespace))
}

/** The kernel ends the processes of a namespace in its own time: looks again until nothing is left, for at most five seconds. */
async function untilQuiet(mark: string, namespaces: ReadonlySet<string>): Promise<Traces> {
  const deadline = performance.now() + 5000
  for (;;) {
    const traces = tracesOf(mark)
    const quiet = traces.processes.length === 0 && stillAlive(namespaces, traces).length === 0
    if (quiet || performance.now() > deadline) return traces
    await setTimeout(10)
  }
}
