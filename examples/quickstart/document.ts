import type { Topology, VfpExplanation, VfpFlow, VfpPort } from 'hns-vfp'

import type { Claim } from './claims/claim-book.js'
import type { Balance } from './claims/service.js'
import type { Question } from './programs/zone.js'

/** A thing that was built, and how long that took. */
export interface BuildStep {
  readonly name: string
  readonly milliseconds: number
}

/** What the switch says it would do with a packet. */
export interface ExplainedPacket {
  /** In the notation of `parsePacket`. */
  readonly packet: string
  /** The pod at whose port it enters the switch. */
  readonly enters: string
  readonly explanation: VfpExplanation
}

export interface WrittenFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
  readonly about: string
}

/** Why frames stand in for processes. */
export interface Shortfall {
  readonly code: string
  readonly message: string
}

/** Everything the quickstart saw: what `--json` prints. */
export interface ObservedDocument {
  /** Raised when a member changes its meaning. */
  readonly version: 1
  /** Every claim holds. */
  readonly ok: boolean
  readonly ports: 'linux' | 'memory'
  /** Present when namespaces were wanted and could not be had. */
  readonly shortfall?: Shortfall
  /** Of Node. */
  readonly node: string
  readonly platform: string
  /** From the start of the process. */
  readonly milliseconds: number
  readonly steps: readonly BuildStep[]
  readonly claims: readonly Claim[]
  /** What the name server was asked, oldest first. */
  readonly questions: readonly Question[]
  readonly balance: Balance
  /** The first is the one that is stopped. */
  readonly explanations: readonly ExplainedPacket[]
  /** Connections at the port of client, busiest first. */
  readonly flows: readonly VfpFlow[]
  readonly switchPorts: readonly VfpPort[]
  readonly topology: Topology
  readonly files: readonly WrittenFile[]
}
