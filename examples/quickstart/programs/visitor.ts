// Runs inside a pod and does there what the quickstart asks for on stdin.
// Everything goes through the pod's own stack and the system's resolver.
import { networkInterfaces } from 'node:os'

import { serveVerbs, tell } from './lines.js'
import { connect } from './visits/connect.js'
import { get, getMany } from './visits/get.js'
import { ask, hangUp, hear } from './visits/kept-connection.js'
import { resolve, resolveOverTcp } from './visits/resolve.js'

const addresses = async () =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)

serveVerbs({ addresses, ask, connect, get, getMany, hangUp, hear, resolve, resolveOverTcp })
tell({ listening: [] })
