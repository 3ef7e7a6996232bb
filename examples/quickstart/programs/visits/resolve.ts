import { lookup } from 'node:dns/promises'

import DNS from 'dns2'

import type { Resolution } from '../../world.js'

/** Asks the system's resolver (`getaddrinfo`), as every program in a pod does. */
export async function resolve({ name }: { readonly name: string }): Promise<Resolution> {
  try {
    return { address: (await lookup(name, { family: 4 })).address }
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
}

/** Asks `server` itself over TCP, where a question is a whole connection. */
export async function resolveOverTcp({ name, server }: { readonly name: string; readonly server: string }): Promise<Resolution> {
  const response = await DNS.TCPClient({ dns: server })(name)
  const address = response.answers[0]?.address
  return address === undefined ? { error: 'ENOTFOUND' } : { address }
}
