import { HcnError, quoteValue } from '../errors.js'
import { parseAnswer } from '../native/answer.js'
import type { NativeHost } from '../native/hcn-calls.js'

/**
 * The number of a namespace's compartment, as HNS' v1 API tells it.
 *
 * @throws HcnError `ERROR_NOT_FOUND`: no such namespace. `ERR_INVALID_ANSWER`.
 */
export async function readCompartment(hns: Pick<NativeHost, 'hnsCall'>, namespace: string): Promise<number> {
  const what = `read the compartment of namespace ${quoteValue(namespace)}`
  const answer = await hns.hnsCall('GET', `/namespaces/${encodeURIComponent(namespace)}`, '')
  const { Success, Error: said, Output } = parseAnswer<{ Success?: unknown; Error?: unknown; Output?: unknown }>(what, answer)
  if (Success !== true) throw new HcnError('ERROR_NOT_FOUND', `${what}: ${String(said ?? 'HNS does not have it')}`)
  const compartment = (Output as { CompartmentId?: unknown } | null | undefined)?.CompartmentId
  if (typeof compartment === 'number' && Number.isInteger(compartment) && compartment > 0) return compartment
  throw new HcnError('ERR_INVALID_ANSWER', `${what}: HNS answered ${quoteValue(answer)}, without a CompartmentId`)
}
