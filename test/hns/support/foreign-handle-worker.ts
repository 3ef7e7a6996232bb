import { parentPort, workerData } from 'node:worker_threads'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { symbolOf } from '../../binding/support/binding.js'
import { WireHost } from '../../support/wire-host.js'

// Another thread's handle as far as it gets here: what a message carries of it.
const host = await WireHost.open()
const { handle } = workerData as { readonly handle: NativeHandle }
parentPort?.postMessage(await symbolOf(host.native.queryNetworkProperties(handle, '')))
await host.close()
