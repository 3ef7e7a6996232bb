import assert from 'node:assert/strict'
import { tracesOf } from './support/leftovers.js'
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
          const left = await untilQuiet(run.mark)

          assert.deepEqual(left.processes, [])
          assert.deepEqual(
            [...running.namespaces].filter((namespace) => left.alive.has(namespace)),
            [],
          )
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

/** The kernel takes a namespace's processes down in its own time: looks again until nothing is left, for at most five seconds. */
async function untilQuiet(mark: string): Promise<ReturnType<typeof tracesOf>> {
  const deadline = performance.now() + 5000
  for (;;) {
    const traces = tracesOf(mark)
    if (traces.processes.length === 0 || performance.now() > deadline) return traces
    await new Promise(setImmediate)
  }
}
