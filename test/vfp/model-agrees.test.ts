import fc from 'fast-check'
import { histories, worlds } from '../support/model-happenings.js'
import { ModelWorld } from '../support/model-world.js'
import { propertyRuns } from '../support/property.js'

describe('the model of the reference', () => {
  it('says of every packet what the engine does, under any policy and any change of it', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(), histories(40), async (given, history) => {
        const world = await ModelWorld.create(given)
        try {
          for (const happening of history) await world.live(happening)
          await world.compareCounters()
        } finally {
          await world.close()
        }
      }),
      { numRuns: propertyRuns(60) },
    )
  }).timeout(0)
})
