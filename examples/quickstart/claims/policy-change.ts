import { webService } from '../plan.js'
import type { Scenario } from '../scenario.js'
import type { World } from '../world.js'
import type { ClaimBook } from './claim-book.js'
import { describeDrops } from './drops.js'

const answerMilliseconds = 2000
const silenceMilliseconds = 500

/**
 * A connection that is already open obeys a new policy on its next packet, and
 * goes on when the policy is as before: what its sender repeats gets through.
 */
export async function checkPolicyChange(book: ClaimBook, scenario: Scenario, world: World): Promise<void> {
  let clientPort: number | undefined
  const connection = world.keepConnection('client', 'web', webService.http.port)
  await book.check(
    'policy.open',
    'client keeps a connection to http://web and is answered on it',
    'two answers on one client port',
    async () => {
      await connection.ask()
      const first = await connection.hear(answerMilliseconds)
      await connection.ask()
      const second = await connection.hear(answerMilliseconds)
      clientPort = second?.clientPort
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
    `silence for ${silenceMilliseconds} ms, packets connection-blocked`,
    async () => {
      await connection.ask()
      const answer = await connection.hear(silenceMilliseconds)
      const dropped = await drops()
      return {
        observed: `${answer === null ? `silence for ${silenceMilliseconds} ms` : `an answer of ${answer.pod}`}, ${describeDrops(dropped)}`,
        holds: answer === null && dropped.has('connection-blocked'),
      }
    },
  )

  await scenario.reopen()
  await book.check('policy.resumed', 'the same connection goes on when the rule is gone', 'answered on the same client port', async () => {
    const answer = await connection.hear(answerMilliseconds)
    if (answer === null) return { observed: `silence for ${answerMilliseconds} ms`, holds: false }
    const same = answer.clientPort === clientPort
    return { observed: `answered on ${same ? 'the same' : 'another'} client port`, holds: same }
  })
  await connection.hangUp()
}
