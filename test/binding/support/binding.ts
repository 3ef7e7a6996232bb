import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EmbeddedHostOptions, NativeFailure, NativeHost } from '../../../lib/native/hcn-calls.js'
import { loadBinding } from '../../../lib/native/load.js'

export const binding = loadBinding()

export const memoryHost: EmbeddedHostOptions = {
  ports: 'memory',
  clock: 'manual',
  flowCache: true,
  seed: 7,
  maxConnections: 1000,
  profile: '',
  state: '',
  helperPath: '',
}

/** Draws an id. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'
/** Of no object. */
export const UNUSED_ID = '5f3e0000-1111-4222-8333-444455556666'

const SchemaVersion = { Major: 2, Minor: 0 }

export function networkDocument(name: string, secondOctet = 1): string {
  const prefix = `10.${secondOctet}.0`
  const Routes = [{ NextHop: `${prefix}.1`, DestinationPrefix: '0.0.0.0/0' }]
  const Ipams = [{ Type: 'Static', Subnets: [{ IpAddressPrefix: `${prefix}.0/24`, Routes }] }]
  return JSON.stringify({ Name: name, Type: 'L2Bridge', Ipams, SchemaVersion })
}

export const endpointDocument = JSON.stringify({ SchemaVersion })
export const namespaceDocument = JSON.stringify({ SchemaVersion })
export const sdnRouteDocument = JSON.stringify({ SchemaVersion, Routes: [{ DestinationPrefix: '10.9.0.0/16' }] })
export const v2Query = JSON.stringify({ SchemaVersion })

export async function withHost(use: (host: NativeHost) => Promise<void>, options = memoryHost): Promise<void> {
  const host = await binding.openEmbeddedHost(options)
  try {
    await use(host)
  } finally {
    await host.close()
  }
}

/** The failure that `promise` rejects with; a promise that is fulfilled is an error. */
export async function failureOf(promise: Promise<unknown>): Promise<NativeFailure> {
  assert.ok(promise instanceof Promise)
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof Error)
    return error as NativeFailure
  }
  assert.fail('the promise was fulfilled')
}

/** Its code, by name. */
export async function symbolOf(promise: Promise<unknown>): Promise<string | undefined> {
  const failure = await failureOf(promise)
  return binding.errorSymbols[String(failure.hresult)]
}

const collect = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()

/** Collects garbage and lets finalizers run until `done` says so; the test's timeout is the limit. */
export async function collectUntil(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Enough rounds for a finalizer that were to run, to have run. */
export async function collectThoroughly(): Promise<void> {
  for (let round = 0; round < 20; ++round) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
