// Runs inside the pod `dns`: a name server for one zone, over UDP and TCP.
// usage: name-server.js PORT ZONE-AS-JSON
import type { RemoteInfo } from 'node:dgram'
import type { Socket } from 'node:net'

import DNS from 'dns2'

import { serveVerbs, tell } from './lines.js'
import { answer, type Question, questionsOf } from './zone.js'

const [port, zoneText] = process.argv.slice(2)
const zone = JSON.parse(zoneText ?? '{}') as Readonly<Record<string, string>>
const asked: Question[] = []

const server = DNS.createServer({
  udp: true,
  tcp: true,
  handle: (request, send, client) => {
    asked.push(...questionsOf(request, addressOf(client as RemoteInfo | Socket)))
    void send(answer(zone, request))
  },
})
server.on('error', (error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
await server.listen({ udp: { port: Number(port), address: '0.0.0.0' }, tcp: { port: Number(port), address: '0.0.0.0' } })
tell({ listening: [Number(port)] })
serveVerbs({ questions: async () => asked })

function addressOf(client: RemoteInfo | Socket): string {
  return 'remoteAddress' in client ? (client.remoteAddress ?? '') : (client as RemoteInfo).address
}
