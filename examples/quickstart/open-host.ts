import { HcnError, HostNetworking } from 'hns-vfp'

import type { Shortfall } from './document.js'
import type { PortsChoice } from './options.js'

export interface OpenedHost {
  readonly hns: HostNetworking
  readonly ports: 'linux' | 'memory'
  /** Why ports are in memory although nobody asked for that. */
  readonly shortfall?: Shortfall
}

/** An embedded host of our own: with real namespaces when asked for or possible, else with ports in memory. */
export async function openHost(choice: PortsChoice): Promise<OpenedHost> {
  if (choice === 'memory') return { hns: await openInMemory(), ports: 'memory' }
  try {
    return { hns: await HostNetworking.open({ provider: 'embedded', ports: 'linux' }), ports: 'linux' }
  } catch (error) {
    const unavailable = HcnError.is(error, 'ERR_NAMESPACES_UNAVAILABLE') || HcnError.is(error, 'ERROR_NOT_SUPPORTED')
    if (choice === 'linux' || !unavailable) throw error
    const { code, message } = error
    return { hns: await openInMemory(), ports: 'memory', shortfall: { code, message } }
  }
}

/** Time is turned by hand, so that waiting for what never comes takes none. */
function openInMemory(): Promise<HostNetworking> {
  return HostNetworking.open({ provider: 'embedded', ports: 'memory', clock: 'manual' })
}
