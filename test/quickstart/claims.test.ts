import assert from 'node:assert/strict'

import { checkAccess } from '../../examples/quickstart/claims/access.js'
import { type Claim, ClaimBook } from '../../examples/quickstart/claims/claim-book.js'
import { checkService } from '../../examples/quickstart/claims/service.js'
import { requestCount, webService } from '../../examples/quickstart/plan.js'
import type { ConnectOutcome, WebAnswer } from '../../examples/quickstart/world.js'

describe('claims of the quickstart', () => {
  let heard: Claim[]
  let book: ClaimBook

  beforeEach(() => {
    heard = []
    book = new ClaimBook((claim) => heard.push(claim), new AbortController().signal)
  })

  const failing = () => book.failed.map(({ id }) => id)
  const answersOf = (pods: readonly string[]) =>
    Array.from(
      { length: requestCount },
      (_, at): WebAnswer => ({
        pod: pods[at % pods.length] ?? '',
        port: 8080,
        client: '10.244.1.20',
        server: webService.vip,
        clientPort: 40_000 + at,
        milliseconds: 1,
      }),
    )
  const counted = async () => async () => new Map([['acl-blocked', 1]])
  const outcomes =
    (byPort: Readonly<Record<number, ConnectOutcome['outcome']>>) =>
    async (_from: string, _host: string, port: number): Promise<ConnectOutcome> => ({
      outcome: byPort[port] ?? 'unreachable',
      milliseconds: 1,
    })

  it('hold when the stranger is stopped on one port and let through on the other', async () => {
    await checkAccess(book, { countDrops: counted }, { connect: outcomes({ 80: 'timed out', 8081: 'connected' }) })

    assert.deepEqual(failing(), [])
  })

  it('do not hold when the stranger gets through, or is refused aloud', async () => {
    for (const outcome of ['connected', 'refused'] as const) {
      await checkAccess(book, { countDrops: counted }, { connect: outcomes({ 80: outcome, 8081: 'connected' }) })
    }

    assert.deepEqual(failing(), ['access.stopped', 'access.stopped'])
  })

  it('do not hold when the stranger is stopped by something that is no ACL', async () => {
    const countDrops = async () => async () => new Map([['no-backend', 1]])
    await checkAccess(book, { countDrops }, { connect: outcomes({ 80: 'timed out', 8081: 'connected' }) })

    assert.deepEqual(failing(), ['access.dropped'])
  })

  it('do not hold when one backend has most of the requests', async () => {
    const get = async () => answersOf(['web-1', 'web-1', 'web-2'])
    await checkService(book, { get })

    assert.deepEqual(failing(), ['service.balance'])
  })

  it('do not hold when a backend shows its own address', async () => {
    const get = async () => answersOf(['web-1', 'web-2']).map((answer, at) => (at === 17 ? { ...answer, server: '10.244.1.11' } : answer))
    await checkService(book, { get })

    assert.deepEqual(failing(), ['service.responses'])
  })

  it('do not hold when looking fails, and the next one is still looked at', async () => {
    await book.check('a', 'one', 'something', async () => {
      throw new Error('no answer within 3 s')
    })
    await book.check('b', 'two', 'something', async () => ({ observed: 'something', holds: true }))

    assert.deepEqual(
      heard.map(({ holds, observed }) => ({ holds, observed })),
      [
        { holds: false, observed: 'no answer within 3 s' },
        { holds: true, observed: 'something' },
      ],
    )
  })
})
