import { dataPath } from './data-path.js'
import type { Figure } from './figure.js'
import type { PeerRow, Peers } from './peers.js'

/** One of our figures beside a peer's of the same work, both taken in this run. */
export interface Comparison {
  readonly figure: Figure
  readonly peer: PeerRow
  /** Ours in theirs: above 1 we are faster. */
  readonly ratio: number
}

const FAMILIES = ['acl', 'fw', 'ipc'] as const
const SIZES = [1_000, 10_000, 100_000] as const
const HEADERS = 1_000_000

/** Peers' rows are in millions. */
const MILLION = 1e6

/** Whether `figure` and `row` measure the same work; the peers' README says what theirs is. */
export function isSameWork(figure: Figure, row: PeerRow): boolean {
  const { name, config } = figure
  if (name === 'flow.hit') return row.anchor === 'g roof' && row.name === `nat, ${config.flows} flows`
  if (name === 'switch.forward')
    return row.anchor === 'a ovs-dpdk' && row.name === `ct-lb, size ${config.frameBytes}, ${config.flows} flows`
  if (name === 'flow.miss') {
    if (config.loadBalancers !== 5000) return false
    return row.name.startsWith('new-ct-lb') || (row.anchor === 'g roof' && row.name.startsWith('new,'))
  }
  if (name !== 'classify') return false
  const [family] = String(config.file).split('.')
  // Of the algorithms of one processor: which of them is fastest is the peer's choice, row by row.
  return row.anchor === 'b rte_acl' && row.name === `${family} ${config.rules} rules, uniform: best, batch ${config.batch}`
}

/** The fastest algorithm of each case. */
export function withBest(rows: readonly PeerRow[]): readonly PeerRow[] {
  const best = new Map<string, PeerRow>()
  for (const row of rows) {
    const name = row.name.replace(/: \w+, batch/, ': best, batch')
    if (name !== row.name && !((best.get(name)?.value ?? 0) >= row.value)) best.set(name, { ...row, name })
  }
  return [...rows, ...best.values()]
}

export function compare(figures: readonly Figure[], rows: readonly PeerRow[]): readonly Comparison[] {
  return figures.flatMap((figure) =>
    rows.filter((row) => isSameWork(figure, row)).map((peer) => ({ figure, peer, ratio: figure.value / (peer.value * MILLION) })),
  )
}

/** Ours and theirs in turn, so that what else the machine does meets both. `said` hears what comes next. */
export async function versus(peers: Peers, filter: string, said: (text: string) => void): Promise<readonly Comparison[]> {
  const found: Comparison[] = []
  const wants = (name: string): boolean => name.startsWith(filter) || filter.startsWith(name)
  const beside = async (name: string, ...scripts: readonly [script: string, selection: string][]): Promise<void> => {
    said(`${name} beside ${scripts.map(([script]) => script).join(' and ')}`)
    const figures = await dataPath(name)
    for (const [script, selection] of scripts) found.push(...compare(figures, await peers.rows(script, selection)))
  }
  if (wants('flow.hit')) await beside('flow.hit', ['g-roof', ''])
  if (wants('flow.miss')) await beside('flow.miss', ['g-roof', ''], ['a-ovs-dpdk', '^ovs new-ct-lb'])
  if (wants('switch.forward')) await beside('switch.forward', ['a-ovs-dpdk', '^ovs ct-lb (64|imix) [0-9]+ $'])
  if (!wants('classify')) return found
  for (const rules of SIZES) {
    for (const family of FAMILIES) {
      said(`classify, ${family} of ${rules} rules`)
      const figures = await peers.withRules(family, rules, HEADERS, (files) => dataPath('classify', files))
      const rows = await peers.rows('b-acl', `^${family} ${rules} uniform$`, { HEADERS: String(HEADERS), SIZES: String(rules) })
      found.push(...compare(figures, withBest(rows)))
    }
  }
  return found
}
