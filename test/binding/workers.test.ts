import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { binding, memoryHost, NO_ID, namespaceDocument } from './support/binding.js'

const program = new URL('./support/busy-worker.js', import.meta.url)

function startWorker(shared: string, leave = false): Worker {
  return new Worker(program, { workerData: { shared, leave } })
}

/** Resolves when the worker has told of `calls` answered calls. */
function answered(worker: Worker, calls: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = 0
    worker.on('message', () => {
      heard += 1
      if (heard === calls) resolve()
    })
    worker.on('error', reject)
  })
}

/** Threads of this process, where the system tells. */
function threads(): number | undefined {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return undefined
  }
}

describe('the binding in Workers', function () {
  this.timeout(60_000)

  it('survives Workers that are terminated in the middle of calls', async () => {
    const shared = 'terminated'
    const mine = await binding.openSharedEmbeddedHost(shared, memoryHost)
    let before: number | undefined
    for (let round = 0; round < 12; ++round) {
      const workers = [startWorker(shared), startWorker(shared), startWorker(shared)]
      // Each round takes another moment.
      await Promise.all(workers.map((worker) => answered(worker, 1 + 7 * round)))
      const exits = await Promise.all(workers.map((worker) => worker.terminate()))
      assert.deepEqual(exits, [1, 1, 1])
      // From the second round on, Node's own threads are all there.
      if (round === 1) before = threads()
    }
    assert.ok((threads() ?? 0) <= (before ?? 0), `${threads()} threads, after the second round it was ${before}`)

    // The host that was shared with them is whole.
    const namespace = await mine.createNamespace(NO_ID, namespaceDocument)
    await mine.closeNamespace(namespace)
    await mine.close()
    // And they have given back their shares: the name is free.
    const next = await binding.openSharedEmbeddedHost(shared, { ...memoryHost, seed: 99 })
    await next.close()
  })

  it('ends with Workers that leave hosts, handles and callbacks open', async () => {
    const shared = 'left open'
    const workers = Array.from({ length: 4 }, () => startWorker(shared, true))
    const exits = await Promise.all(workers.map((worker) => once(worker, 'exit')))
    assert.deepEqual(exits.flat(), [0, 0, 0, 0])
    const next = await binding.openSharedEmbeddedHost(shared, { ...memoryHost, seed: 99 })
    await next.close()
  })
})
