import { nameService, podPlan, webService } from '../plan.js'
import type { Question } from '../programs/zone.js'
import type { World } from '../world.js'
import type { ClaimBook } from './claim-book.js'

const qualified = 'web.shop.svc.cluster.local'

/** DNS suffixes are a pod's own: one short name, asked in two pods. */
export async function checkNames(book: ClaimBook, world: World): Promise<void> {
  await book.check(
    'dns.short-name',
    '`web` in client is the service of its own Kubernetes namespace',
    `${webService.vip}, asked as ${qualified}`,
    async () => {
      const asked = await questionsFromNow(world)
      const { address, error } = await world.resolve('client', 'web')
      const first = (await asked())[0]
      return {
        observed: `${address ?? error}, asked as ${first?.name ?? 'nothing'}`,
        holds: address === webService.vip && first?.name === qualified && first.from === podPlan('client').address,
      }
    },
  )

  const { search } = podPlan('stranger')
  await book.check(
    'dns.other-suffixes',
    '`web` in stranger is searched under the suffixes of that pod, and does not exist',
    `ENOTFOUND, asked under ${search.join(', ')}`,
    async () => {
      const asked = await questionsFromNow(world)
      const { address, error } = await world.resolve('stranger', 'web')
      const suffixes = (await asked()).filter(({ name }) => name.startsWith('web.')).map(({ name }) => name.slice('web.'.length))
      return {
        observed: `${address ?? error}, asked under ${[...new Set(suffixes)].join(', ')}`,
        holds: error === 'ENOTFOUND' && search.every((suffix, at) => [...new Set(suffixes)][at] === suffix),
      }
    },
  )

  await book.check('dns.shared-suffix', '`web.shop` in stranger finds the service', webService.vip, async () => {
    const { address, error } = await world.resolve('stranger', 'web.shop')
    return { observed: address ?? error ?? '', holds: address === webService.vip }
  })

  await book.check(
    'dns.tcp',
    'the name server answers over TCP through the same VIP',
    `${webService.vip}, from ${nameService.vip}`,
    async () => {
      const { address, error } = await world.resolveOverTcp('client', qualified)
      return { observed: `${address ?? error}, from ${nameService.vip}`, holds: address === webService.vip }
    },
  )
}

/** What the name server is asked from now on. */
async function questionsFromNow(world: World): Promise<() => Promise<readonly Question[]>> {
  const before = (await world.questions()).length
  return async () => (await world.questions()).slice(before)
}
