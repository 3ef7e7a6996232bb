import { connect as netConnect } from 'node:net'

import type { ConnectOutcome } from '../../world.js'

export interface ConnectArgument {
  readonly host: string
  readonly port: number
  /** Milliseconds. */
  readonly patience: number
}

/** Opens a connection and closes it at once; says how that ended. */
export function connect({ host, port, patience }: ConnectArgument): Promise<ConnectOutcome> {
  const begun = performance.now()
  return new Promise((settle) => {
    const socket = netConnect({ host, port })
    const end = (outcome: ConnectOutcome['outcome']) => {
      clearTimeout(timer)
      socket.destroy()
      settle({ outcome, milliseconds: performance.now() - begun })
    }
    const timer = setTimeout(() => end('timed out'), patience)
    socket.on('connect', () => end('connected'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'))
  })
}
