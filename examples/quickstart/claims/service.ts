import { podPlan, requestCount, webPods, webService } from '../plan.js'
import type { WebAnswer, World } from '../world.js'
import type { ClaimBook } from './claim-book.js'

/** How the backends shared the requests. */
export interface Balance {
  readonly requests: number
  readonly backends: readonly { readonly pod: string; readonly answers: number }[]
  /** Pearson's statistic against equal shares, one degree of freedom. */
  readonly chiSquare: number
}

/** One in a hundred thousand fair runs exceeds it: chi-square, one degree of freedom, p = 0.00001. */
export const chiSquareLimit = 19.5

/** The service's VIP, seen from the client: who answers, as whom, and how evenly. */
export async function checkService(book: ClaimBook, world: Pick<World, 'get'>): Promise<Balance> {
  let answers: readonly WebAnswer[] = []
  await book.check(
    'service.responses',
    `every request of client to http://web is answered, and always as ${webService.vip}`,
    `${requestCount} answers from ${webService.vip}`,
    async () => {
      answers = await world.get('client', 'web', webService.http.port, requestCount)
      const servers = [...new Set(answers.map(({ server }) => server))]
      return {
        observed: `${answers.length} answers from ${servers.join(', ')}`,
        holds: answers.length === requestCount && `${servers}` === webService.vip,
      }
    },
  )

  const balance = balanceOf(answers)
  await book.check('service.balance', 'both web pods share them evenly', `χ² below ${chiSquareLimit}`, async () => {
    const shares = balance.backends.map(({ pod, answers }) => `${pod} ${answers}`)
    return {
      observed: `${shares.join(', ')}: χ² ${balance.chiSquare.toFixed(2)}`,
      holds: answers.length > 0 && balance.chiSquare < chiSquareLimit,
    }
  })

  const { address } = podPlan('client')
  await book.check('service.client-address', 'the web pods see the client itself, not a translated address', address, async () => {
    const clients = [...new Set(answers.map(({ client }) => client))]
    return { observed: clients.join(', '), holds: `${clients}` === address }
  })
  return balance
}

function balanceOf(answers: readonly WebAnswer[]): Balance {
  const backends = webPods.map((pod) => ({ pod, answers: answers.filter((answer) => answer.pod === pod).length }))
  const fair = answers.length / backends.length
  const chiSquare = fair === 0 ? 0 : backends.reduce((sum, { answers }) => sum + (answers - fair) ** 2 / fair, 0)
  return { requests: answers.length, backends, chiSquare }
}
