// Rings the bell when an object of the given id is on the shared host.
import { parentPort, workerData } from 'node:worker_threads'
import { binding, memoryHost } from './binding.js'

const { shared, id, bell } = workerData as { readonly shared: string; readonly id: string; readonly bell: Int32Array }

async function watch(): Promise<void> {
  const host = await binding.openSharedEmbeddedHost(shared, memoryHost)
  parentPort?.postMessage('watching')
  while (!(await host.enumerateNamespaces('')).toLowerCase().includes(id));
  Atomics.store(bell, 0, 1)
  Atomics.notify(bell, 0)
  await host.close()
}

void watch()
