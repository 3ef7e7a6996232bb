import type { CallOptions, Wait } from '../objects/call-options.js'
import { Wait as Waiting } from '../objects/call-options.js'
import type { HostContext } from '../objects/host-context.js'
import { type CapturedFrame, unpackCapture } from './frame-packing.js'
import { encodePcapng } from './pcapng.js'

/** Frames as they enter and leave one port, until it is stopped. */
export class Capture implements AsyncDisposable {
  readonly #context: HostContext
  readonly #name: string
  readonly #epoch: bigint
  #stopped = false

  /** @internal */
  constructor(
    context: HostContext,
    /** The port's id. */
    readonly port: string,
    name: string,
    epoch: bigint,
  ) {
    this.#context = context
    this.#name = name
    this.#epoch = epoch
  }

  /** What was captured since the last call, oldest first. */
  async read(options: CallOptions = {}): Promise<readonly CapturedFrame[]> {
    return this.#read(Waiting.from(options))
  }

  /**
   * What was captured since the last call as a pcapng file, which Wireshark
   * opens. Each call gives a whole file.
   */
  async pcapng(options: CallOptions = {}): Promise<Uint8Array> {
    return encodePcapng({ name: this.#name, description: `port ${this.port}` }, await this.#read(Waiting.from(options)), this.#epoch)
  }

  /** Ends the capture; what was not read is gone. Idempotent. */
  async stop(options: CallOptions = {}): Promise<void> {
    if (this.#stopped || this.#context.closed) return
    this.#stopped = true
    const object = { kind: 'endpoint', id: this.port } as const
    await this.#context.change(`stop the capture at port ${this.port}`, object, Waiting.from(options), (calls) =>
      calls.stopCapture(this.port),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #read(wait: Wait): Promise<readonly CapturedFrame[]> {
    const packed = await this.#context.read(`read the capture at port ${this.port}`, wait, (calls) => calls.readCapture(this.port))
    return unpackCapture(packed)
  }
}
