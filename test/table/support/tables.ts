import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmbeddedHostOptions, HcnCalls } from '../../../lib/native/hcn-calls.js'
import { loadBinding } from '../../../lib/native/load.js'
import { ENDPOINT, GUEST_NETWORK_SERVICE, LOAD_BALANCER, NAMESPACE, NETWORK, SDN_ROUTE } from '../../../lib/objects/kind.js'
import { recordTo } from '../../../lib/recording/open.js'

/** A table of HCN's functions, empty of objects, until it is closed. */
export interface OpenTable {
  readonly calls: HcnCalls
  close(): Promise<void>
}

/** One way to come by a table. */
export interface TableUnderTest {
  readonly name: string
  open(): Promise<OpenTable>
}

const OPTIONS: EmbeddedHostOptions = {
  ports: 'memory',
  clock: 'system',
  flowCache: true,
  seed: 0,
  maxConnections: 1000,
  helperPath: '',
  state: '',
  profile: 'latest',
}

const embedded: TableUnderTest = {
  name: 'the embedded host',
  async open() {
    const calls = await loadBinding().openEmbeddedHost(OPTIONS)
    return { calls, close: () => calls.close() }
  },
}

const shared: TableUnderTest = {
  name: 'an embedded host that others in the process use',
  async open() {
    const name = randomUUID()
    const other = await loadBinding().openSharedEmbeddedHost(name, OPTIONS)
    const calls = await loadBinding().openSharedEmbeddedHost(name, OPTIONS)
    const close = async () => {
      await calls.close()
      await other.close()
    }
    return { calls, close }
  },
}

const stored: TableUnderTest = {
  name: 'an embedded host that keeps its objects in a folder',
  open: () =>
    inFolder(async (folder) => {
      const calls = await loadBinding().openEmbeddedHost({ ...OPTIONS, state: join(folder, 'state') })
      return { calls, close: () => calls.close() }
    }),
}

const recorded: TableUnderTest = {
  name: 'an embedded host whose calls are recorded',
  open: () =>
    inFolder(async (folder) => {
      const calls = recordTo(join(folder, 'calls'), await loadBinding().openEmbeddedHost(OPTIONS))
      return { calls, close: () => calls.close() }
    }),
}

async function inFolder(open: (folder: string) => Promise<OpenTable>): Promise<OpenTable> {
  const folder = mkdtempSync(join(tmpdir(), 'hns-table-'))
  const table = await open(folder)
  const close = async () => {
    await table.close()
    rmSync(folder, { recursive: true })
  }
  return { calls: table.calls, close }
}

const system: TableUnderTest = {
  name: "the machine's own HNS",
  async open() {
    const calls = await loadBinding().openSystemHost()
    const close = async () => {
      await removeAll(calls)
      await calls.close()
    }
    return { calls, close }
  },
}

/** A service outlives its tests: what they made goes. */
async function removeAll(calls: HcnCalls): Promise<void> {
  for (const kind of [LOAD_BALANCER, SDN_ROUTE, GUEST_NETWORK_SERVICE, ENDPOINT, NAMESPACE, NETWORK]) {
    for (const id of JSON.parse(await kind.enumerate(calls, '')) as readonly string[]) {
      // The host's own namespace stays.
      await kind.delete(calls, id).catch(() => undefined)
    }
  }
}

/** The system's when HNS_VFP_TEST_PROVIDER asks for it, else every other. */
export const tables: readonly TableUnderTest[] =
  process.env.HNS_VFP_TEST_PROVIDER === 'system' ? [system] : [embedded, shared, stored, recorded]
