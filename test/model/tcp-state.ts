import type { TcpPacket } from '../../lib/index.js'

/**
 * What is known of a TCP connection from the segments seen (RFC 9293, vfp.md
 * 3.13). `odd`: something passed that the reference leaves to the engine, so its
 * state is not known until a new connection begins.
 */
type State = 'syn-sent' | 'syn-received' | 'established' | 'closing' | 'over' | 'reset' | 'odd'

/** `open`: the reference leaves it to the engine whether the segment passes. */
export type Judgement = 'legal' | 'illegal' | 'open'

/** Who sends: the one who began the connection, or the other. */
export type Side = 'initiator' | 'responder'

export class TcpState {
  #state: State
  readonly #next: Record<Side, number | undefined> = { initiator: undefined, responder: undefined }
  readonly #finished: Record<Side, boolean> = { initiator: false, responder: false }

  /** `first`: the segment that the connection begins with. Anything but a SYN is an odd beginning. */
  constructor(first: TcpPacket) {
    this.#state = isSyn(first) ? 'syn-sent' : 'odd'
    this.#next.initiator = end(first)
  }

  /** A new SYN of the initiator begins a new connection: this one is over. */
  get isOver(): boolean {
    return this.#state === 'over' || this.#state === 'reset'
  }

  /** Whether it is over is not known. */
  get isOdd(): boolean {
    return this.#state === 'odd'
  }

  get isReset(): boolean {
    return this.#state === 'reset'
  }

  judge(side: Side, segment: TcpPacket): Judgement {
    const { flags } = segment
    if (this.#state === 'odd' || this.isOver) return 'open'
    if (this.#state === 'syn-sent') {
      if (flags.includes('R')) return side === 'initiator' || flags.includes('A') ? 'legal' : 'open'
      if (isSyn(segment)) return side === 'initiator' && end(segment) === this.#next.initiator ? 'legal' : 'open'
      if (side === 'responder' && isSynAck(segment)) return segment.ack === this.#next.initiator ? 'legal' : 'open'
      return 'illegal'
    }
    if (isSyn(segment) || isSynAck(segment)) {
      const repeated = this.#state === 'syn-received' && isSyn(segment) === (side === 'initiator') && end(segment) === this.#next[side]
      return repeated ? 'legal' : 'open'
    }
    if (this.#state === 'syn-received' && side === 'responder' && !flags.includes('R')) return 'open'
    return this.#isInOrder(side, segment) ? 'legal' : 'open'
  }

  /** The segment has passed. */
  advance(side: Side, segment: TcpPacket): void {
    if (this.judge(side, segment) !== 'legal') {
      if (segment.flags.includes('R')) this.#state = 'reset'
      else if (!this.isOver) this.#state = 'odd'
      return
    }
    const { flags } = segment
    this.#next[side] = end(segment)
    if (flags.includes('R')) this.#state = 'reset'
    else if (isSynAck(segment)) this.#state = 'syn-received'
    else if (!isSyn(segment)) {
      const all = this.#finished.initiator && this.#finished.responder
      if (flags.includes('F')) this.#finished[side] = true
      if (all) this.#state = 'over'
      else this.#state = this.#finished.initiator || this.#finished.responder ? 'closing' : 'established'
    }
  }

  /** Exactly the next segment of its sender, which has seen all that the other sent; after its FIN there is nothing but acknowledgements. */
  #isInOrder(side: Side, { seq = 0, ack = 0, flags }: TcpPacket): boolean {
    const other = side === 'initiator' ? 'responder' : 'initiator'
    return seq === this.#next[side] && ack === this.#next[other] && (this.#finished[side] ? flags === 'A' : flags.includes('A'))
  }
}

export function isSyn({ flags }: TcpPacket): boolean {
  return flags.includes('S') && !flags.includes('A')
}

function isSynAck({ flags }: TcpPacket): boolean {
  return flags.includes('S') && flags.includes('A')
}

/** The sequence number after the segment. */
export function end({ seq = 0, payload, flags }: TcpPacket): number {
  return seq + (payload?.length ?? 0) + Number(flags.includes('S')) + Number(flags.includes('F'))
}
