import { Agent } from 'node:http'

import type { WebAnswer } from '../../world.js'
import { type GetArgument, get } from './get.js'

// One connection, kept: what is asked next has to use it.
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let pending: Promise<WebAnswer> | undefined

/** Sends a request over the kept connection and does not wait for its answer. */
export async function ask(target: GetArgument): Promise<void> {
  pending = get(target, agent)
  // `hear` reports the failure; until then nobody listens.
  pending.catch(() => undefined)
}

/** What has been answered after at most `patience` milliseconds; null when nothing was. The request stays open then. */
export async function hear({ patience }: { readonly patience: number }): Promise<WebAnswer | null> {
  if (pending === undefined) throw new Error('nothing was asked')
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<null>((settle) => {
    timer = setTimeout(() => settle(null), patience)
  })
  try {
    return await Promise.race([pending, silence])
  } finally {
    clearTimeout(timer)
  }
}

export async function hangUp(): Promise<void> {
  agent.destroy()
}
