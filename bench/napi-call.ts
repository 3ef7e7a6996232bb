import { loadBinding } from '../lib/native/load.js'
import { type Figure, inFlight, rate } from './figure.js'

const SAMPLES = 5
const WIDTH = 64

/** What crossing into the addon costs: a call that does nothing, and one through the pool. */
export async function napiCall(): Promise<readonly Figure[]> {
  const binding = loadBinding()
  const calls = 2_000_000
  const direct = await rate('napi.call', 'calls/s', { kind: 'synchronous', calls }, SAMPLES, async () => {
    for (let i = 0; i < calls; i++) binding.noop()
    return calls
  })
  const pooled = 100_000
  const async = await rate('napi.call', 'calls/s', { kind: 'asynchronous', calls: pooled, inFlight: WIDTH }, SAMPLES, async () => {
    await inFlight(pooled, WIDTH, () => binding.noopAsync())
    return pooled
  })
  return [direct, async]
}
