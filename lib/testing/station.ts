import type { VfpExplanation } from '../../types/index.js'
import { decodeFrame, type MacDefaults, type Packet, withoutMacs } from '../engine/packet.js'
import type { PacketInput } from '../engine/vfp.js'
import type { HostNetworking } from '../host-networking.js'
import type { Endpoint } from '../objects/endpoint.js'

/** One port of the switch, and whoever is behind it. */
export class Station {
  readonly #host: HostNetworking
  readonly #endpoint: Endpoint | undefined

  /** @internal */
  constructor(
    host: HostNetworking,
    /** As the lab knows it; `uplink` for the wire. */
    readonly address: string,
    /** VFP's name of the port; an endpoint's id. */
    readonly portId: string,
    /** The port's MAC; of an uplink, the host's. */
    readonly mac: string,
    endpoint: Endpoint | undefined,
  ) {
    this.#host = host
    this.#endpoint = endpoint
  }

  /** Throws at the uplink, which is none. */
  get endpoint(): Endpoint {
    if (this.#endpoint === undefined) throw new Error(`${this.address} is no endpoint`)
    return this.#endpoint
  }

  /** What it causes has been delivered when this resolves. */
  async send(packets: PacketInput | readonly PacketInput[], macs: MacDefaults = {}): Promise<void> {
    await this.#host.vfp.send(this.portId, packets, macs)
  }

  /** Packets delivered since the last call, without MACs. */
  async received(): Promise<readonly Packet[]> {
    return (await this.receivedFrames()).map((frame) => withoutMacs(decodeFrame(frame)))
  }

  /** As {@link received}, but bytes, from the Ethernet header on. */
  async receivedFrames(): Promise<readonly Uint8Array[]> {
    return this.#host.vfp.receive(this.portId)
  }

  /** What would become of a packet sent from here; leaves no trace. */
  explain(packet: PacketInput): Promise<VfpExplanation> {
    return this.#host.vfp.explain(this.portId, packet)
  }
}
