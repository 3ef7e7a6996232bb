// Keeps two hosts busy, and tells of it, until its thread is terminated. With `leave`, it ends by
// itself with everything open.
import { parentPort, workerData } from 'node:worker_threads'
import type { NativeHost } from '../../../lib/native/hcn-calls.js'
import { binding, memoryHost, NO_ID, namespaceDocument, networkDocument, v2Query } from './binding.js'

const { shared, leave } = workerData as { readonly shared: string; readonly leave: boolean }

async function begin(): Promise<void> {
  const hosts = [await binding.openEmbeddedHost(memoryHost), await binding.openSharedEmbeddedHost(shared, memoryHost)]
  for (const host of hosts) await host.registerServiceCallback((_type, _status, data) => void JSON.parse(data ?? 'null'))
  await hosts[0]?.createNetwork(NO_ID, networkDocument('worker'))
  if (leave) {
    // The last calls are made and the thread ends as soon as they are answered.
    for (const host of hosts) void host.createNamespace(NO_ID, namespaceDocument)
    return
  }
  for (const host of hosts) for (let lane = 0; lane < 16; ++lane) void work(host)
}

async function work(host: NativeHost): Promise<never> {
  const kept = []
  for (;;) {
    const namespace = await host.createNamespace(NO_ID, namespaceDocument)
    const asked = [host.queryNamespaceProperties(namespace, v2Query), host.listPorts(), host.openNetwork(NO_ID)]
    if (kept.length > 20) kept.length = 0
    kept.push(namespace)
    parentPort?.postMessage('answered')
    const [answer] = await Promise.allSettled(asked)
    const { ID } = JSON.parse((answer as PromiseFulfilledResult<string>).value) as { readonly ID: string }
    await host.deleteNamespace(ID)
    if (kept.length % 2 === 0) await host.closeNamespace(namespace)
  }
}

void begin()
