import { invalidArgument } from '../errors.js'
import type { EventStream } from '../events.js'
import type { Wait } from '../objects/call-options.js'
import type { ListedText } from '../objects/collection.js'
import { networkOf } from '../objects/endpoint.js'
import { type ObjectKind, QUERY_ALL, queryFor } from '../objects/kind.js'
import { checkInteger, checkList, checkMembers, checkObject, checkOneOf, checkString } from '../policy/check.js'
import { ObjectWatch, type WatchedKind, type WatchOptions } from './object-watch.js'

const MEMBERS = ['kinds', 'name', 'network', 'interval', 'signal'] as const

const HCN_KINDS: readonly ObjectKind[] = ['network', 'namespace', 'endpoint', 'loadBalancer', 'sdnRoute', 'guestNetworkService']
/** In the order of looking: what others stand on comes first. */
const KINDS: readonly WatchedKind[] = [...HCN_KINDS, 'pod']

/** @internal What a watch needs of the host. */
export interface WatchedHost {
  readonly collections: Readonly<Record<WatchedKind, WatchedCollection>>
  readonly hasManualClock: boolean
  listen(): EventStream
}

interface WatchedCollection {
  listTexts(query: string, wait: Wait): Promise<readonly ListedText[]>
  fromText(text: string): object
}

/** @internal What `hns.watch()` does. */
export function openWatch<Kind extends WatchedKind>(host: WatchedHost, options: WatchOptions<Kind>, onEnd: () => void): ObjectWatch<Kind> {
  checkMembers('watch', checkObject('watch', options), MEMBERS)
  const wanted = checkList('watch.kinds', options.kinds ?? HCN_KINDS, (field, kind) => checkOneOf(field, kind, KINDS))
  if (wanted.length === 0) throw invalidArgument('watch.kinds', options.kinds, 'at least one kind is wanted; without it, all are watched')
  const query = queryOf(options, wanted)
  const lists = KINDS.filter((kind) => wanted.includes(kind)).map((kind) => {
    const collection = host.collections[kind]
    const list = (wait: Wait) => collection.listTexts(query, wait)
    return [kind, { list, fromText: (text: string) => collection.fromText(text) }] as const
  })
  const intervalMs = checkInteger('watch.interval', options.interval ?? 1000, 0, 2 ** 31 - 1)
  const sources = { lists: new Map(lists), listen: host.listen, intervalMs, hasTimer: !host.hasManualClock }
  return new ObjectWatch<Kind>(sources, options.signal, onEnd)
}

function queryOf({ name, network }: WatchOptions<WatchedKind>, wanted: readonly WatchedKind[]): string {
  const filter: Record<string, string> = {}
  if (name !== undefined) filter.Name = checkString('watch.name', name)
  if (network !== undefined) {
    if (wanted.some((kind) => kind !== 'endpoint' && kind !== 'pod'))
      throw invalidArgument('watch.network', network, "only endpoints and pods are on a network; it goes with kinds: ['endpoint']")
    filter.VirtualNetwork = networkOf('watch.network', network).id
  }
  return Object.keys(filter).length === 0 ? QUERY_ALL : queryFor(filter)
}
