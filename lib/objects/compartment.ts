import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { VfpCompartment } from '../../types/index.js'
import { HcnError } from '../errors.js'
import { loadBinding } from '../native/load.js'
import { checkList, checkString } from '../policy/check.js'
import { type CallOptions, Wait } from './call-options.js'
import type { HostContext } from './host-context.js'

/** Starts a program inside the compartment of a namespace: on Linux through the helper that owns it. */
export async function spawnInside(
  context: HostContext,
  namespaceId: string,
  label: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions & CallOptions,
): Promise<ChildProcess> {
  checkString('command', command)
  checkList('args', args, (_, argument) => argument)
  const { signal, timeout: _, ...processOptions } = options
  const what = `spawn \`${command}\` in ${label}`
  const text = await context.read(what, Wait.from(options), (calls) => calls.describeCompartment(namespaceId))
  const compartment = JSON.parse(text) as VfpCompartment
  if (compartment.kind === 'windows') {
    const child = inCompartment(context, what, compartment.compartment, () =>
      spawn(command, args, { ...processOptions, ...(signal === undefined ? {} : { signal }) }),
    )
    await once(child, 'spawn')
    return child
  }
  if (compartment.kind !== 'linux') {
    throw new HcnError(
      'ERR_NOT_SUPPORTED',
      `${what}: memory ports have no compartments to run programs in; open the host with ports: 'linux'`,
    )
  }
  const child = spawn(compartment.helper, ['enter', String(compartment.pid), '--', command, ...args], {
    ...processOptions,
    ...(signal === undefined ? {} : { signal }),
  })
  // A helper that cannot be started is this call's failure, not an event for whom the caller did not yet attach a listener.
  await once(child, 'spawn')
  return child
}

/**
 * What `start` starts while this thread is in the compartment: Node makes
 * processes on it. Unverified: that a process is in its maker's compartment.
 */
function inCompartment<Result>(context: HostContext, what: string, compartment: number, start: () => Result): Result {
  const { enterCompartment } = loadBinding()
  const enter = (number: number) => {
    try {
      return enterCompartment(number)
    } catch (error) {
      throw context.explained(what, error)
    }
  }
  const before = enter(compartment)
  try {
    return start()
  } finally {
    enter(before)
  }
}
