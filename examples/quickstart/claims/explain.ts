import type { ExplainedPacket } from '../document.js'
import { type PodName, podPlan, webService } from '../plan.js'
import type { Scenario } from '../scenario.js'
import type { ClaimBook } from './claim-book.js'

// No client of the scenario has this port, so a flow of it could only come from explaining.
const clientPort = 31337

const asked: readonly { readonly from: PodName; readonly port: number; readonly verdict: 'drop' | 'forward' }[] = [
  { from: 'stranger', port: webService.http.port, verdict: 'drop' },
  { from: 'stranger', port: webService.status.port, verdict: 'forward' },
  { from: 'client', port: webService.http.port, verdict: 'forward' },
]

/** Asks the switch what it would do with packets of which it was just seen what it does. */
export async function checkExplanations(book: ClaimBook, scenario: Scenario): Promise<readonly ExplainedPacket[]> {
  const explanations: ExplainedPacket[] = []
  const drops = await scenario.countDrops()

  const expected = asked.map(({ from, port, verdict }) => `${from} to port ${port}: ${verdict}`).join('; ')
  await book.check('explain.agrees', 'explain says of each packet what was just seen of its kind', expected, async () => {
    for (const { from, port } of asked) {
      const packet = `tcp ${podPlan(from).address}:${clientPort} > ${webService.vip}:${port} S`
      explanations.push({ enters: from, packet, explanation: await scenario.hns.vfp.explain(scenario.pod(from).endpoint, packet) })
    }
    const observed = explanations
      .map(({ enters, explanation }, at) => `${enters} to port ${asked[at]?.port}: ${explanation.verdict}`)
      .join('; ')
    return { observed, holds: observed === expected }
  })

  await book.check('explain.no-trace', 'explaining leaves no flow and counts nothing', 'no flow, nothing acl-blocked', async () => {
    const flows = await scenario.hns.vfp.flows().toArray()
    const left = flows.filter((flow) => flow.out.key.sourcePort === clientPort || flow.in.key.destinationPort === clientPort).length
    const dropped = await drops()
    return {
      observed: `${left === 0 ? 'no flow' : `${left} flows`}, ${dropped.get('acl-blocked') ?? 'nothing'} acl-blocked`,
      // What else the pods' kernels say meanwhile (IPv6 multicast) may well be dropped.
      holds: left === 0 && !dropped.has('acl-blocked'),
    }
  })
  return explanations
}
