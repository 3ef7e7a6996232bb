import type { Endpoint, HostNetworking } from 'hns-vfp'

import type { Station } from './station.js'

/** Carries frames between stations and the switch until nobody has anything to say. */
export class Exchange {
  readonly #stations: { readonly endpoint: Endpoint; readonly station: Station }[] = []

  constructor(
    private readonly hns: HostNetworking,
    private readonly signal: AbortSignal,
  ) {}

  add(endpoint: Endpoint, station: Station): void {
    this.#stations.push({ endpoint, station })
  }

  /** The memory ports deliver within the call that sends, so a round in which nobody sends is the end. */
  async settle(): Promise<void> {
    for (let spoken = true; spoken; ) {
      this.signal.throwIfAborted()
      spoken = false
      for (const { endpoint, station } of this.#stations) {
        const frames = station.takeOutgoing()
        if (frames.length === 0) continue
        spoken = true
        await this.hns.vfp.send(endpoint, frames)
      }
      for (const { endpoint, station } of this.#stations) {
        for (const frame of await this.hns.vfp.receive(endpoint)) station.receive(frame)
        spoken ||= station.hasOutgoing
      }
    }
  }

  /** Lets time pass at the switch. */
  async advance(milliseconds: number): Promise<void> {
    await this.hns.advanceClock({ milliseconds })
  }
}
