import type { Direction } from './acl.js'
import type { Backend, Service } from './services.js'
import { TcpState } from './tcp-state.js'
import { ICMP, ICMPV6, type IpLike, keyOf, reversed, type Tuple } from './tuple.js'

/** What a connection keeps when policy around it changes (vfp.md 1.5). */
export interface Decisions {
  readonly balanced?: { readonly service: Service; readonly backend: Backend }
  /** The source it is given. */
  readonly source?: { readonly address: string; readonly port: number }
}

/** Seconds without a packet after which a connection is forgotten (vfp.md 1.4, 3.13). */
const IDLE_SECONDS = 240
/** An ICMP query's: the least that RFC 5508 allows; VFP's own is not known. */
const ICMP_SECONDS = 60
/** "At least a round trip" (vfp.md 1.4): the model says nothing about less than this. */
const RESET_SECONDS = 10

/** One connection at one port. */
export class Connection {
  decisions: Decisions = {}
  /** The first packet's tuple as it left the port. */
  after: Tuple
  /** Where it is sent to, if not to its destination address. */
  towards: string | undefined
  blocked = false
  tcp: TcpState | undefined
  lastPassed = 0

  constructor(
    readonly initiator: Direction,
    /** The first packet's tuple as it entered the port. */
    readonly before: Tuple,
    first: IpLike,
  ) {
    this.after = before
    this.tcp = first.kind === 'tcp' ? new TcpState(first) : undefined
  }

  /** The tuple with which its packets of `direction` enter the port. */
  entering(direction: Direction): Tuple {
    return direction === this.initiator ? this.before : reversed(this.after)
  }

  /** The tuple with which its packets of `direction` leave the port. */
  leaving(direction: Direction): Tuple {
    return direction === this.initiator ? this.after : reversed(this.before)
  }

  isForgotten(now: number): boolean {
    const isIcmp = this.before.protocol === ICMP || this.before.protocol === ICMPV6
    return now - this.lastPassed >= (isIcmp ? ICMP_SECONDS : this.tcp?.isReset === true ? RESET_SECONDS : IDLE_SECONDS)
  }
}

/** The connections of one port. */
export class Connections {
  #all: Connection[] = []

  find(direction: Direction, tuple: Tuple): Connection | undefined {
    return this.#all.find((connection) => keyOf(connection.entering(direction)) === keyOf(tuple))
  }

  /** Whether a connection other than `except` has answers that look like those to `after`. */
  hasAnswersOf(initiator: Direction, after: Tuple, except: Connection | undefined): boolean {
    const direction = initiator === 'out' ? 'in' : 'out'
    return this.#all.some((other) => other !== except && keyOf(other.entering(direction)) === keyOf(reversed(after)))
  }

  /** Whether a connection other than `except` was given another source and so shows this tuple. */
  shows(after: Tuple, except: Connection | undefined): boolean {
    return this.#all.some((other) => other !== except && other.decisions.source !== undefined && keyOf(other.after) === keyOf(after))
  }

  add(connection: Connection): void {
    this.#all.push(connection)
  }

  remove(connection: Connection): void {
    this.#all = this.#all.filter((other) => other !== connection)
  }

  forget(now: number): void {
    this.#all = this.#all.filter((connection) => !connection.isForgotten(now))
  }
}
