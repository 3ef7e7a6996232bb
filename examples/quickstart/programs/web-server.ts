// Runs inside a web pod: says which pod answered and whom it saw.
// usage: web-server.js POD-NAME PORT...
import { once } from 'node:events'
import { createServer } from 'node:http'

import { exitWithParent, tell } from './lines.js'

const [pod, ...ports] = process.argv.slice(2)

const servers = ports.map((port) => {
  // The default of five seconds would close the connection that is kept to see a policy change arrive.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ pod, port: Number(port), client: request.socket.remoteAddress }))
  })
  return server.listen(Number(port), '0.0.0.0')
})
await Promise.all(servers.map((server) => once(server, 'listening')))
tell({ listening: ports.map(Number) })
exitWithParent()
