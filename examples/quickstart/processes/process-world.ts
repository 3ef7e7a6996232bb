import { fileURLToPath } from 'node:url'

import { nameService, type PodName, patienceMilliseconds, webPods, webService, zone } from '../plan.js'
import type { Question } from '../programs/zone.js'
import type { Scenario } from '../scenario.js'
import type { ConnectOutcome, KeptConnection, Resolution, WebAnswer, World } from '../world.js'
import { PodProgram } from './pod-program.js'

/** Real processes, each in the network namespace of its pod. */
export class ProcessWorld implements World {
  readonly #programs = new Map<string, PodProgram>()

  constructor(private readonly scenario: Scenario) {}

  async start(): Promise<void> {
    const { http, status } = webService
    await Promise.all([
      ...webPods.map((pod) => this.#run(pod, 'http', 'web-server', [pod, `${http.internalPort}`, `${status.internalPort}`])),
      this.#run('web-1', 'helper', 'visitor', []),
      this.#run('client', 'visitor', 'visitor', []),
      this.#run('stranger', 'visitor', 'visitor', []),
      this.#run('dns', 'named', 'name-server', [`${nameService.internalPort}`, JSON.stringify(zone)]),
    ])
  }

  readonly askOnLocalhost = async () => {
    const helper = this.#program('web-1', 'helper')
    const answer = await helper.ask<WebAnswer>('get', { host: 'localhost', port: webService.http.internalPort })
    return { ...answer, addresses: await helper.ask<string[]>('addresses') }
  }

  resolve(from: PodName, name: string): Promise<Resolution> {
    return this.#visitor(from).ask('resolve', { name })
  }

  resolveOverTcp(from: PodName, name: string): Promise<Resolution> {
    return this.#visitor(from).ask('resolveOverTcp', { name, server: nameService.vip })
  }

  get(from: PodName, host: string, port: number, count: number): Promise<readonly WebAnswer[]> {
    return this.#visitor(from).ask('getMany', { host, port, count })
  }

  connect(from: PodName, host: string, port: number): Promise<ConnectOutcome> {
    return this.#visitor(from).ask('connect', { host, port, patience: patienceMilliseconds })
  }

  keepConnection(from: PodName, host: string, port: number): KeptConnection {
    const visitor = this.#visitor(from)
    return {
      ask: () => visitor.ask('ask', { host, port }),
      hear: (patience) => visitor.ask('hear', { patience }),
      hangUp: () => visitor.ask('hangUp'),
    }
  }

  questions(): Promise<readonly Question[]> {
    return this.#program('dns', 'named').ask('questions')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#programs.values()].map((program) => program.stop()))
  }

  async #run(pod: PodName, container: string, program: string, args: readonly string[]): Promise<void> {
    const script = fileURLToPath(new URL(`../programs/${program}.js`, import.meta.url))
    const name = `${pod}/${container}`
    const child = await this.scenario.pod(pod).spawn(process.execPath, [script, ...args])
    this.#programs.set(name, await PodProgram.start(name, child))
  }

  #visitor(pod: PodName): PodProgram {
    return this.#program(pod, 'visitor')
  }

  #program(pod: PodName, container: string): PodProgram {
    const program = this.#programs.get(`${pod}/${container}`)
    if (program === undefined) throw new Error(`\`${pod}/${container}\` is not running`)
    return program
  }
}
