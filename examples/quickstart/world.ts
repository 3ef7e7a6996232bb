import type { PodName } from './plan.js'
import type { Question } from './programs/zone.js'

/** What a web pod answered, and what the one who asked saw of the connection. */
export interface WebAnswer {
  readonly pod: string
  readonly port: number
  /** The client's address as the web pod saw it. */
  readonly client: string
  /** The server's address as the client saw it. */
  readonly server: string
  readonly clientPort: number
  readonly milliseconds: number
}

export interface Resolution {
  readonly address?: string
  readonly error?: string
}

export interface ConnectOutcome {
  readonly outcome: 'connected' | 'refused' | 'unreachable' | 'timed out'
  readonly milliseconds: number
}

/** A connection that stays open between requests. */
export interface KeptConnection {
  /** Sends a request and does not wait for its answer. */
  ask(): Promise<void>
  /** The answer, or null when none came within `patience` milliseconds. The request stays open then. */
  hear(patience: number): Promise<WebAnswer | null>
  hangUp(): Promise<void>
}

/**
 * Those who send and answer. There are two: processes in network namespaces,
 * and small stations that speak frames over memory ports. What is claimed of
 * the network is written once, against this.
 */
export interface World extends AsyncDisposable {
  /** Servers listen when it resolves. */
  start(): Promise<void>
  /** What `http` answers `helper` on localhost. Absent where containers are not processes. */
  readonly askOnLocalhost?: () => Promise<WebAnswer & { readonly addresses: readonly string[] }>
  resolve(from: PodName, name: string): Promise<Resolution>
  resolveOverTcp(from: PodName, name: string): Promise<Resolution>
  /** `count` requests from `from`, each over a connection of its own; `host` is a name. */
  get(from: PodName, host: string, port: number, count: number): Promise<readonly WebAnswer[]>
  connect(from: PodName, host: string, port: number): Promise<ConnectOutcome>
  /** It is opened by its first request. */
  keepConnection(from: PodName, host: string, port: number): KeptConnection
  /** Everything the name server has been asked so far, oldest first. */
  questions(): Promise<readonly Question[]>
}
