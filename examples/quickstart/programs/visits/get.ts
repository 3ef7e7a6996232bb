import { type Agent, get as httpGet } from 'node:http'

import type { WebAnswer } from '../../world.js'

export interface GetArgument {
  readonly host: string
  readonly port: number
}

/** One request. Without an agent it has a connection of its own. */
export function get({ host, port }: GetArgument, agent?: Agent): Promise<WebAnswer> {
  const begun = performance.now()
  return new Promise((settle, fail) => {
    const request = httpGet({ host, port, agent: agent ?? false, timeout: 3000 }, (response) => {
      const server = response.socket.remoteAddress ?? ''
      const clientPort = response.socket.localPort ?? 0
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => {
        const said = JSON.parse(body) as Pick<WebAnswer, 'pod' | 'port' | 'client'>
        settle({ ...said, server, clientPort, milliseconds: performance.now() - begun })
      })
      response.on('error', fail)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer from ${host}:${port} within 3 s`)))
    request.on('error', fail)
  })
}

/** `count` requests, each over a connection of its own, a few at a time. */
export async function getMany({ host, port, count }: GetArgument & { readonly count: number }): Promise<WebAnswer[]> {
  const answers: WebAnswer[] = []
  let begun = 0
  const worker = async () => {
    while (begun++ < count) answers.push(await get({ host, port }))
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return answers
}
