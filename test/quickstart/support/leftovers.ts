import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What a run could leave on the machine. */
export interface Traces {
  /** Processes whose environment carries the run's mark: `pid command`. */
  readonly processes: readonly string[]
  /** Network namespaces of those processes, but for the one this process is in. */
  readonly namespaces: ReadonlySet<string>
  /** Every network namespace that some process is in, or that is mounted where this process can see it. */
  readonly alive: ReadonlySet<string>
  readonly interfaces: readonly string[]
}

/** Children inherit the environment, so the mark finds them wherever they were moved to. */
export const markName = 'HNS_QUICKSTART_RUN'

export function tracesOf(mark: string): Traces {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const processes: string[] = []
  const home = readlinkSync('/proc/self/ns/net')
  const namespaces = new Set<string>()
  const alive = new Set<string>()
  for (const pid of pids) {
    const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? ''
    const namespace = read(() => readlinkSync(`/proc/${pid}/ns/net`))
    if (namespace !== undefined) alive.add(namespace)
    if (environment.split('\0').includes(`${markName}=${mark}`)) {
      if (namespace !== undefined && namespace !== home) namespaces.add(namespace)
      processes.push(`${pid} ${read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.replaceAll('\0', ' ')}`)
    }
  }
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').matchAll(/ (net:\[\d+\]) /g)
  for (const [, namespace] of mounts) alive.add(namespace ?? '')
  return { processes, namespaces, alive, interfaces: readdirSync('/sys/class/net').sort() }
}

/** A process may end while it is looked at, and those of other users are not ours to read. */
function read<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined
    throw error
  }
}
