import { execFile } from 'node:child_process'
import { HcnError } from '../errors.js'
import { helperPath, loadBinding } from './load.js'

/** What the helper says about network namespaces; see its `check` command. */
export interface NamespaceCheck {
  readonly available: boolean
  /** How frames would be carried. */
  readonly ports: 'tap' | 'packet' | null
  readonly userNamespaces: boolean
  readonly namespaces: boolean
  readonly tun: boolean
  readonly packetSockets: boolean
  readonly iproute2: boolean
  /** Sentences: what is missing and what would help. */
  readonly missing: readonly string[]
}

/** What this machine can do for an embedded host. */
export interface MachineCheck {
  readonly platform: string
  readonly node: string
  readonly addon: { readonly works: boolean; readonly problem?: string }
  /** Always there where the addon is. */
  readonly memoryPorts: boolean
  readonly linuxPorts: NamespaceCheck | { readonly available: false; readonly missing: readonly string[] }
}

export async function checkMachine(): Promise<MachineCheck> {
  const addon = checkAddon()
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    addon,
    memoryPorts: addon.works,
    linuxPorts: await checkNamespaces(),
  }
}

function checkAddon(): MachineCheck['addon'] {
  try {
    loadBinding().noop()
    return { works: true }
  } catch (error) {
    if (!HcnError.is(error)) throw error
    return { works: false, problem: error.message }
  }
}

async function checkNamespaces(): Promise<MachineCheck['linuxPorts']> {
  if (process.platform !== 'linux') return { available: false, missing: [`network namespaces are Linux'; this is ${process.platform}`] }
  let helper: string
  try {
    helper = helperPath()
  } catch (error) {
    if (!HcnError.is(error, 'ERR_NATIVE_MISSING')) throw error
    return { available: false, missing: [error.message] }
  }
  return new Promise((resolve) => {
    execFile(helper, ['check'], (error, stdout) => {
      // The helper's status says whether namespaces can be had; that it said anything is in what it wrote.
      try {
        resolve(JSON.parse(stdout) as NamespaceCheck)
      } catch {
        resolve({ available: false, missing: [`the helper did not answer: ${error?.message ?? 'it wrote no JSON'}`] })
      }
    })
  })
}
