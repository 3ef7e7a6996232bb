import DNS from 'dns2'

import { nameService, network, type PodName, patienceMilliseconds, podPlan, pods, webPods, webService, zone } from '../plan.js'
import { answer, type Question, questionsOf } from '../programs/zone.js'
import type { Scenario } from '../scenario.js'
import type { ConnectOutcome, KeptConnection, Resolution, WebAnswer, World } from '../world.js'
import type { Exchange } from './exchange.js'
import { bodyOf, requestFor, serveWeb } from './http.js'
import { candidates, questionFor, resolutionIn, withLength } from './resolver.js'
import { Station, type StationIdentity } from './station.js'
import type { TcpConnection } from './tcp.js'

const retransmissionMilliseconds = 200

/** The same scenario where no process can live in a namespace: each pod is a station on a memory port. */
export class FrameWorld implements World {
  readonly #stations = new Map<PodName, Station>()
  readonly #questions: Question[] = []
  #nextQuestion = 1

  constructor(
    private readonly scenario: Scenario,
    private readonly exchange: Exchange,
  ) {}

  async start(): Promise<void> {
    for (const { name } of pods) {
      const pod = this.scenario.pod(name)
      const station = new Station(this.#identify(name))
      this.#stations.set(name, station)
      this.exchange.add(pod.endpoint, station)
    }
    for (const pod of webPods) {
      for (const { internalPort } of [webService.http, webService.status]) {
        this.#station(pod).listenTcp(internalPort, (connection) => serveWeb(pod, connection))
      }
    }
    const names = this.#station('dns')
    names.listenUdp(nameService.internalPort, ({ source, payload }) => this.#answer(source, Buffer.from(payload ?? [])))
    names.listenTcp(nameService.internalPort, (connection) => {
      connection.onData = (data) => connection.write(withLength(this.#answer(connection.ends.destination, data.subarray(2))))
    })
  }

  async questions(): Promise<readonly Question[]> {
    return this.#questions
  }

  async resolve(from: PodName, name: string): Promise<Resolution> {
    let last: Resolution = { error: 'EAI_AGAIN' }
    for (const candidate of candidates(name, podPlan(from).search)) {
      const question = questionFor(candidate, this.#nextQuestion++)
      let reply: Buffer | undefined
      this.#station(from).ask(nameService.vip, nameService.port, question, (payload) => {
        reply = payload
      })
      await this.exchange.settle()
      if (reply === undefined) return { error: 'EAI_AGAIN' }
      last = resolutionIn(reply)
      if (last.address !== undefined) break
    }
    return last
  }

  async resolveOverTcp(from: PodName, name: string): Promise<Resolution> {
    let reply: Buffer | undefined
    const connection = this.#station(from).connectTcp(nameService.vip, nameService.port)
    connection.onData = (data) => {
      reply = data.subarray(2)
    }
    connection.write(withLength(questionFor(name, this.#nextQuestion++)))
    await this.#finish([connection])
    return reply === undefined ? { error: 'ETIMEDOUT' } : resolutionIn(reply)
  }

  async get(from: PodName, host: string, port: number, count: number): Promise<readonly WebAnswer[]> {
    const address = await this.#addressOf(from, host)
    const answers: WebAnswer[] = []
    const connections = Array.from({ length: count }, () => {
      const connection = this.#station(from).connectTcp(address, port)
      connection.onData = (data) => answers.push(webAnswer(connection, data))
      connection.write(requestFor(host))
      return connection
    })
    await this.#finish(connections)
    return answers
  }

  async connect(from: PodName, host: string, port: number): Promise<ConnectOutcome> {
    const address = await this.#addressOf(from, host)
    const connection = this.#station(from).connectTcp(address, port)
    let milliseconds = 0
    await this.exchange.settle()
    while (connection.state === 'syn-sent' && milliseconds < patienceMilliseconds) {
      milliseconds += await this.#retransmit(connection)
    }
    if (connection.state === 'syn-sent') return { outcome: 'timed out', milliseconds }
    const outcome = connection.state === 'open' ? 'connected' : 'refused'
    await this.#finish([connection])
    return { outcome, milliseconds }
  }

  keepConnection(from: PodName, host: string, port: number): KeptConnection {
    let connection: TcpConnection | undefined
    let heard: WebAnswer | null = null
    const open = async (): Promise<TcpConnection> => {
      const opened = this.#station(from).connectTcp(await this.#addressOf(from, host), port)
      opened.onData = (data) => {
        heard = webAnswer(opened, data)
      }
      return opened
    }
    return {
      ask: async () => {
        heard = null
        connection ??= await open()
        connection.write(requestFor(host))
        await this.exchange.settle()
      },
      hear: async (patience) => {
        if (connection === undefined) return null
        for (let waited = 0; heard === null && waited < patience; ) waited += await this.#retransmit(connection)
        return heard
      },
      hangUp: async () => {
        if (connection !== undefined) await this.#finish([connection])
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** What a sender does when nothing came back for a while; returns that while. */
  async #retransmit(connection: TcpConnection): Promise<number> {
    await this.exchange.advance(retransmissionMilliseconds)
    connection.retransmit()
    await this.exchange.settle()
    return retransmissionMilliseconds
  }

  async #finish(connections: readonly TcpConnection[]): Promise<void> {
    await this.exchange.settle()
    for (const connection of connections) connection.close()
    await this.exchange.settle()
  }

  async #addressOf(from: PodName, host: string): Promise<string> {
    if (/^[\d.]+$/.test(host)) return host
    const { address, error } = await this.resolve(from, host)
    if (address === undefined) throw new Error(`\`${host}\` in ${from}: ${error}`)
    return address
  }

  #answer(from: string, message: Buffer): Buffer {
    const request = DNS.Packet.parse(message)
    this.#questions.push(...questionsOf(request, from))
    return answer(zone, request).toBuffer()
  }

  #identify(name: PodName): StationIdentity {
    const { macAddress, addresses } = this.scenario.pod(name).endpoint
    const subnet = network.prefix.slice(0, network.prefix.lastIndexOf('.') + 1)
    return {
      name,
      mac: macAddress,
      address: addresses[0] ?? '',
      gateway: network.gateway,
      isOnLink: (address) => address.startsWith(subnet),
    }
  }

  #station(name: PodName): Station {
    const station = this.#stations.get(name)
    if (station === undefined) throw new Error(`no station \`${name}\``)
    return station
  }
}

function webAnswer(connection: TcpConnection, data: Buffer): WebAnswer {
  const said = bodyOf(data) as Pick<WebAnswer, 'pod' | 'port' | 'client'> | undefined
  if (said === undefined) throw new Error(`no HTTP answer: ${data.toString()}`)
  const { destination, sourcePort } = connection.ends
  return { ...said, server: destination, clientPort: sourcePort, milliseconds: 0 }
}
