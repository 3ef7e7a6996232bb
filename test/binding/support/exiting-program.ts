// What a process does at its end, by name; see process-exit.test.ts.
import { binding, memoryHost, NO_ID, namespaceDocument, networkDocument } from './binding.js'

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
}

void endings[process.argv[2] ?? '']?.()
