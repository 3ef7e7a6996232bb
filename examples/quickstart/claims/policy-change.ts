import { webService } from '../plan.js'
import type { Scenario } from '../scenario.js'
import type { World } from '../world.js'
import type { ClaimBook } from './claim-book.js'
import { describeDrops } from './drops.js'

const answerMilliseconds = 2000
const silenceMilliseconds = 500

/** A connection that is already open obeys a new policy on its next packet. */
export async function checkPolicyChange(book: ClaimBook, scenario: Scenario, world: World): Promise<void> {
  const connection = await world.keepConnection('client', 'web', webService.http.port)
  await book.check(
    'policy.open',
    'client keeps a connection to http://web and is answered on it',
    'two answers on one client port',
    async () => {
      await connection.ask()
      const first = await connection.hear(answerMilliseconds)
      await connection.ask()
      const second = await connection.hear(answerMilliseconds)
      const ports = [first, second].map((answer) => answer?.clientPort)
      const same = ports[0] !== undefined && ports[0] === ports[1]
      return { observed: same ? 'two answers on one client port' : `client ports ${ports.join(', ')}`, holds: same }
    },
  )

  const drops = await scenario.countDrops()
  await scenario.closeForMaintenance()
  await book.check(
    'policy.obeyed',
    'its next packet obeys a rule that was added meanwhile',
    `silence for ${silenceMilliseconds} ms, and packets dropped`,
    async () => {
      await connection.ask()
      const answer = await connection.hear(silenceMilliseconds)
      const dropped = await drops()
      return {
        observed: `${answer === null ? `silence for ${silenceMilliseconds} ms` : `an answer of ${answer.pod}`}, ${describeDrops(dropped)}`,
        holds: answer === null && dropped.size > 0,
      }
    },
  )
  await connection.hangUp()

  await scenario.reopen()
  await book.check('policy.reopened', 'a new connection gets through when the rule is gone', 'answered', async () => {
    const [answer] = await world.get('client', 'web', webService.http.port, 1)
    return { observed: answer === undefined ? 'not answered' : 'answered', holds: answer !== undefined }
  })
}
