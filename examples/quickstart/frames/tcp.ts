import type { TcpPacket } from 'hns-vfp'

/** What a connection asks of its station. */
export interface TcpHost {
  send(segment: TcpPacket): void
}

type State = 'syn-sent' | 'syn-received' | 'open' | 'closing' | 'closed'

interface Ends {
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
}

/**
 * As much of TCP as a request and its answer need: a handshake, data in order,
 * an end. One segment at a time is under way (stop and wait), and it is sent
 * again whenever {@link retransmit} is called, so a dropped packet is made up for.
 */
export class TcpConnection {
  state: State
  onData: (data: Buffer) => void = () => undefined
  #sendNext: number
  #receiveNext = 0
  #unacknowledged: TcpPacket | undefined
  readonly #queue: { readonly flags: string; readonly payload: Buffer }[] = []

  private constructor(
    private readonly host: TcpHost,
    readonly ends: Ends,
    state: State,
    initialSequence: number,
  ) {
    this.state = state
    this.#sendNext = initialSequence
  }

  static open(host: TcpHost, ends: Ends, initialSequence: number): TcpConnection {
    const connection = new TcpConnection(host, ends, 'syn-sent', initialSequence)
    connection.#send('S')
    return connection
  }

  static accept(host: TcpHost, ends: Ends, syn: TcpPacket, initialSequence: number): TcpConnection {
    const connection = new TcpConnection(host, ends, 'syn-received', initialSequence)
    connection.#receiveNext = ((syn.seq ?? 0) + 1) >>> 0
    connection.#send('SA')
    return connection
  }

  write(payload: Buffer): void {
    this.#submit('PA', payload)
  }

  close(): void {
    if (this.state !== 'open') return
    this.#submit('FA', Buffer.alloc(0))
    this.state = 'closing'
  }

  /** Sends what was not acknowledged once more. */
  retransmit(): void {
    if (this.#unacknowledged !== undefined) this.host.send(this.#unacknowledged)
  }

  receive(segment: TcpPacket): void {
    if (segment.flags.includes('R')) {
      this.state = 'closed'
      this.#unacknowledged = undefined
      return
    }
    if (this.state === 'syn-sent') {
      if (!segment.flags.includes('S') || !segment.flags.includes('A')) return
      this.#receiveNext = ((segment.seq ?? 0) + 1) >>> 0
      this.state = 'open'
      const greeting = this.#queue.length === 0
      this.#acknowledged(segment.ack ?? 0)
      // Data that waited for the handshake carries the acknowledgement itself.
      if (greeting) this.#acknowledge()
      return
    }
    if (segment.flags.includes('A')) this.#acknowledged(segment.ack ?? 0)
    const payload = Buffer.from(segment.payload ?? [])
    const length = payload.length + (segment.flags.includes('F') ? 1 : 0)
    if (length === 0) return
    // What came already, and came again because our answer was lost, is acknowledged once more and not read twice.
    if ((segment.seq ?? 0) !== this.#receiveNext) return this.#acknowledge()
    this.#receiveNext = (this.#receiveNext + length) >>> 0
    if (segment.flags.includes('F')) {
      if (this.state === 'open') {
        this.#submit('FA', Buffer.alloc(0))
        this.state = 'closing'
      } else {
        this.#acknowledge()
      }
      return
    }
    this.#acknowledge()
    this.onData(payload)
  }

  #acknowledged(upTo: number): void {
    if (this.#unacknowledged === undefined || upTo !== this.#sendNext) return
    if (this.state === 'syn-received') this.state = 'open'
    if (this.#unacknowledged.flags.includes('F')) this.state = 'closed'
    this.#unacknowledged = undefined
    const next = this.#queue.shift()
    if (next !== undefined) this.#send(next.flags, next.payload)
  }

  #submit(flags: string, payload: Buffer): void {
    if (this.#unacknowledged === undefined) this.#send(flags, payload)
    else this.#queue.push({ flags, payload })
  }

  #send(flags: string, payload: Buffer = Buffer.alloc(0)): void {
    const segment = this.#segment(flags, payload)
    this.#sendNext = (this.#sendNext + payload.length + (/[SF]/.test(flags) ? 1 : 0)) >>> 0
    this.#unacknowledged = segment
    this.host.send(segment)
  }

  #acknowledge(): void {
    this.host.send(this.#segment('A', Buffer.alloc(0)))
  }

  #segment(flags: string, payload: Buffer): TcpPacket {
    const segment = { kind: 'tcp' as const, ...this.ends, flags, seq: this.#sendNext, ack: this.#receiveNext }
    return payload.length === 0 ? segment : { ...segment, payload }
  }
}
