// Says so when a call hangs and another waits for the clock, then waits for both.
import { parentPort } from 'node:worker_threads'
import { HostNetworking } from '../../../lib/index.js'

const hns = await HostNetworking.open({
  provider: 'embedded',
  clock: 'manual',
  faults: [
    { call: 'createNamespace', fault: 'hang' },
    { call: 'enumerateNetworks', fault: 'delay', by: { hours: 1 } },
  ],
})
const waiting = [hns.namespaces.create(), hns.networks.list()]
// Answered behind them: both have begun.
await hns.endpoints.list()
parentPort?.postMessage('hanging')
await Promise.all(waiting)
