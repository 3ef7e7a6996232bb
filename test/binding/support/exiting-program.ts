// What a process does at its end, by name; see process-exit.test.ts.
import { writeSync } from 'node:fs'
import { helperPath } from '../../../lib/native/load.js'
import { binding, memoryHost, NO_ID, namespaceDocument, networkDocument, v2Query } from './binding.js'

const endings: Readonly<Record<string, () => Promise<void>>> = {
  async 'an idle host is open'() {
    const host = await binding.openEmbeddedHost(memoryHost)
    await host.createNetwork(NO_ID, networkDocument('idle'))
    await host.registerServiceCallback(() => undefined)
  },
  async 'calls are pending'() {
    const host = await binding.openEmbeddedHost(memoryHost)
    // Nobody waits for these but the process itself.
    for (let i = 0; i < 100; ++i) {
      void host.createNamespace(NO_ID, namespaceDocument).then(() => {
        if (i === 99) console.log('answered')
      })
    }
  },
  async 'process.exit() is called in the middle of calls'() {
    const host = await binding.openEmbeddedHost(memoryHost)
    await host.registerServiceCallback(() => undefined)
    for (let i = 0; i < 1000; ++i) void host.createNamespace(NO_ID, namespaceDocument)
    await host.listPorts()
    process.exit(7)
  },
  async 'a callback throws'() {
    const host = await binding.openEmbeddedHost(memoryHost)
    process.on('uncaughtException', (error) => console.log(`uncaught: ${error.message}`))
    await host.registerServiceCallback(() => {
      throw new Error('from the callback')
    })
    await host.createNamespace(NO_ID, namespaceDocument)
    console.log('goes on')
    await host.close()
  },
  async 'a callback exits'() {
    const host = await binding.openEmbeddedHost(memoryHost)
    await host.registerServiceCallback(() => process.exit(5))
    await host.createNamespace(NO_ID, namespaceDocument)
    console.log('not reached')
  },
  async 'a host with Linux ports is open'() {
    await openLinuxHost()
  },
  async 'process.exit() is called with a host with Linux ports'() {
    await openLinuxHost()
    process.exit(7)
  },
  async 'it is killed with a host with Linux ports'() {
    await openLinuxHost()
    process.kill(process.pid, 'SIGKILL')
  },
}

/** Prints what a namespace is made of; or, where Linux ports cannot be had, why. */
async function openLinuxHost(): Promise<void> {
  try {
    const host = await binding.openEmbeddedHost({ ...memoryHost, ports: 'linux', clock: 'system', helperPath: helperPath() })
    const namespace = await host.createNamespace(NO_ID, namespaceDocument)
    const { ID } = JSON.parse(await host.queryNamespaceProperties(namespace, v2Query)) as { readonly ID: string }
    writeSync(1, await host.describeCompartment(ID))
  } catch (error) {
    writeSync(1, JSON.stringify({ missing: error instanceof Error ? error.message : String(error) }))
  }
}

void endings[process.argv[2] ?? '']?.()
