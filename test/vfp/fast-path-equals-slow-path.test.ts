import assert from 'node:assert/strict'
import fc from 'fast-check'
import { wrongChecksums } from '../../lib/index.js'
import { propertyRuns } from '../support/property.js'
import { type Happening, happenings, RandomWorld } from '../support/random-world.js'

describe('the fast path', () => {
  it('does to every packet what the slow path does, under any policy and any change of it', async () => {
    await fc.assert(
      fc.asyncProperty(happenings(), async (history) => {
        const [cached, uncached] = await Promise.all([RandomWorld.create(true), RandomWorld.create(false)])
        try {
          for (const [i, happening] of history.entries()) {
            assert.deepEqual(await cached.live(happening), await uncached.live(happening), `after ${i + 1}: ${tell(happening)}`)
          }
          assert.deepEqual(await cached.counters(), await uncached.counters())
        } finally {
          await Promise.all([cached.close(), uncached.close()])
        }
      }),
      { numRuns: propertyRuns() },
    )
  }).timeout(0)

  it('leaves every checksum right, whatever it rewrites', async () => {
    await fc.assert(
      fc.asyncProperty(happenings(), async (history) => {
        const world = await RandomWorld.create(true)
        try {
          for (const happening of history) {
            for (const frame of Object.values(await world.live(happening)).flat()) {
              assert.deepEqual(wrongChecksums(new Uint8Array(Buffer.from(frame, 'hex'))), [], tell(happening))
            }
          }
        } finally {
          await world.close()
        }
      }),
      { numRuns: propertyRuns() },
    )
  }).timeout(0)
})

function tell(happening: Happening): string {
  return JSON.stringify(happening)
}
