import { patienceMilliseconds, webService } from '../plan.js'
import type { Scenario } from '../scenario.js'
import type { World } from '../world.js'
import type { ClaimBook } from './claim-book.js'
import { describeDrops } from './drops.js'

/** The ACLs, seen from the one they stop: on one port, and not on another. */
export async function checkAccess(book: ClaimBook, scenario: Pick<Scenario, 'countDrops'>, world: Pick<World, 'connect'>): Promise<void> {
  const drops = await scenario.countDrops()
  await book.check(
    'access.stopped',
    `stranger is stopped at ${webService.vip}:${webService.http.port}, silently`,
    `timed out after ${patienceMilliseconds} ms`,
    async () => {
      const { outcome, milliseconds } = await world.connect('stranger', webService.vip, webService.http.port)
      return {
        observed: outcome === 'timed out' ? `${outcome} after ${Math.round(milliseconds)} ms` : outcome,
        holds: outcome === 'timed out',
      }
    },
  )
  await book.check('access.dropped', 'an ACL of a web pod dropped its packets', 'acl-blocked', async () => {
    const dropped = await drops()
    return { observed: describeDrops(dropped), holds: dropped.has('acl-blocked') }
  })
  await book.check('access.other-port', `stranger is let through to ${webService.vip}:${webService.status.port}`, 'connected', async () => {
    const { outcome } = await world.connect('stranger', webService.vip, webService.status.port)
    return { observed: outcome, holds: outcome === 'connected' }
  })
}
