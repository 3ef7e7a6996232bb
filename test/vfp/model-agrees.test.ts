import fc from 'fast-check'
import { histories, worlds } from '../support/model-happenings.js'
import { ModelWorld } from '../support/model-world.js'
import { propertyRuns, propertySeed } from '../support/property.js'

describe('the model of the reference', () => {
  // A long run has long histories: a world costs more than a packet.
  const runs = propertyRuns(60)
  const longest = runs > 1000 ? 120 : 40

  it('says of every packet what the engine does, under any policy and any change of it', async () => {
    let packets = 0
    await fc.assert(
      fc.asyncProperty(worlds(), histories(longest), async (given, history) => {
        const world = await ModelWorld.create(given)
        try {
          for (const happening of history) await world.live(happening)
          await world.compareCounters()
        } finally {
          packets += world.packets
          await world.close()
        }
      }),
      { numRuns: runs, seed: propertySeed() },
    )
    if (runs > 1000) console.log(`      ${runs} histories, ${packets} packets`)
  }).timeout(0)
})
