import type { Lab } from '../../../lib/testing/index.js'

/**
 * Turns the lab's clock, second by second, until the work is done; gives the
 * seconds. A call that waits may begin after the first of them: it counts from then.
 */
export async function turnUntil(lab: Lab, work: Promise<unknown>): Promise<number> {
  let done = false
  const end = () => {
    done = true
  }
  work.then(end, end)
  let seconds = 0
  while (!done) {
    await lab.clock.advance({ seconds: 1 })
    seconds++
  }
  return seconds
}
