import { podPlan, webService } from '../plan.js'
import type { Scenario } from '../scenario.js'
import type { World } from '../world.js'
import type { ClaimBook } from './claim-book.js'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** The containers of a pod share one compartment, and so one address. */
export async function checkCompartment(
  book: ClaimBook,
  scenario: Pick<Scenario, 'describeCompartment'>,
  world: Pick<World, 'askOnLocalhost'>,
): Promise<void> {
  const plan = podPlan('web-1')
  await book.check(
    'compartment.shared',
    'the containers of web-1 share one compartment and its one endpoint',
    `containers ${plan.containers.join(', ')}; addresses ${plan.address}`,
    async () => {
      const { containers, addresses } = await scenario.describeCompartment('web-1')
      return {
        observed: `containers ${containers.join(', ')}; addresses ${addresses.join(', ')}`,
        holds: `${containers}` === `${plan.containers}` && `${addresses}` === plan.address,
      }
    },
  )

  const askOnLocalhost = world.askOnLocalhost
  if (askOnLocalhost === undefined) return
  await book.check(
    'compartment.localhost',
    `helper reaches http on localhost:${webService.http.internalPort}`,
    `web-1 answers a caller from 127.0.0.1 who has the address ${plan.address} itself`,
    async () => {
      const { pod, client, addresses } = await askOnLocalhost()
      return {
        observed: `${pod} answers a caller from ${client} who has the address ${addresses.join(', ')} itself`,
        holds: pod === 'web-1' && loopback.has(client) && `${addresses}` === plan.address,
      }
    },
  )
}
