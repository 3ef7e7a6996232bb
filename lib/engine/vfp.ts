import type { VfpExplanation, VfpFlowPage, VfpLayer, VfpPort, VfpPortCounters, VfpRule } from '../../types/index.js'
import { canonicalIp, sameGuid } from '../addresses.js'
import { clip, HcnError, invalidArgument, quoteValue } from '../errors.js'
import type { VfpCalls } from '../native/hcn-calls.js'
import { type CallOptions, Wait } from '../objects/call-options.js'
import type { EndpointReference } from '../objects/endpoint.js'
import { endpointId } from '../objects/endpoint.js'
import type { HostContext } from '../objects/host-context.js'
import { checkInteger, checkList, checkObject, checkString } from '../policy/check.js'
import { commandText, parseCommand, splitWords } from '../vfpctrl/command.js'
import { printListing } from '../vfpctrl/print.js'
import { Capture } from './capture.js'
import { Flows } from './flows.js'
import { packFrames, unpackFrames } from './frame-packing.js'
import { encodeFrame, type MacDefaults, type Packet, parsePacket } from './packet.js'
import { packetOfTuple } from './tuple-packet.js'

/** A port of the switch: its id, the port itself, or the endpoint (or pod) it belongs to. */
export type PortReference = VfpPort | EndpointReference

/** A packet as text, as a value or as the bytes of its frame. */
export type PacketInput = string | Packet | Uint8Array

/** A rule and where it stands. */
export interface PlacedRule extends VfpRule {
  readonly layer: string
  readonly group: string
  readonly direction: 'in' | 'out'
}

/** Stands for a machine outside, where nobody said which. */
const OUTSIDE_MAC = '02-00-00-00-00-01'

/** `hns.vfp`: looking into the switch, and frames in and out of its memory ports. */
export class Vfp {
  readonly #context: HostContext
  readonly #manualClock: boolean

  /** @internal */
  constructor(context: HostContext, manualClock: boolean) {
    this.#context = context
    this.#manualClock = manualClock
  }

  async ports(options: CallOptions = {}): Promise<readonly VfpPort[]> {
    return this.#ports(Wait.from(options))
  }

  /** In ascending priority: the order in which outbound packets pass them. */
  async layers(port: PortReference, options: CallOptions = {}): Promise<readonly VfpLayer[]> {
    const id = portId(port)
    return this.#layers(id, Wait.from(options))
  }

  /** All rules of a port, or of one `layer` of it, in order of evaluation. */
  async rules(port: PortReference, options: CallOptions & { readonly layer?: string | undefined } = {}): Promise<readonly PlacedRule[]> {
    const layers = await this.layers(port, options)
    const wanted = options.layer === undefined ? layers : layers.filter(({ id }) => id === options.layer)
    if (options.layer !== undefined && wanted.length === 0) {
      throw invalidArgument('layer', options.layer, `the port has ${layers.map(({ id }) => `\`${id}\``).join(', ') || 'none'}`)
    }
    return wanted.flatMap((layer) =>
      layer.groups.flatMap(({ id, direction, rules }) => rules.map((rule) => ({ ...rule, layer: layer.id, group: id, direction }))),
    )
  }

  /**
   * Connections of a port, or of all. Nothing is read before the first is asked for.
   *
   * @param options `pageSize`: how many are read at once, 1 to 10 000. Default 1000.
   */
  flows(port?: PortReference, options: CallOptions & { readonly pageSize?: number | undefined } = {}): Flows {
    const id = port === undefined ? null : portId(port)
    const limit = checkInteger('pageSize', checkObject('options', options).pageSize ?? 1000, 1, 10_000)
    return this.#flows(id, limit, () => Wait.from(options))
  }

  async counters(port: PortReference, options: CallOptions = {}): Promise<VfpPortCounters> {
    const id = portId(port)
    return this.#counters(id, Wait.from(options))
  }

  /**
   * What would become of a packet that enters the switch at `port`: the code a
   * real frame walks answers, and leaves no trace: no flow, NAT port or counter.
   *
   * A packet without MACs gets the port's own for source and, for destination,
   * that of the port with the destination's address, else the gateway's stand-in.
   * The switch forwards by address, so any unicast MAC does.
   *
   * @throws HcnError `ERR_INVALID_ARGUMENT`, `HCN_E_PORT_NOT_FOUND`.
   */
  async explain(port: PortReference, packet: PacketInput, options: CallOptions & MacDefaults = {}): Promise<VfpExplanation> {
    const id = portId(port)
    const wait = Wait.from(options)
    return this.#explain(id, packet, options, wait)
  }

  /**
   * What `vfpctrl.exe` prints for a command, lines ended by CR and LF: on Windows
   * its own text, elsewhere the same listing of this host's switch. With `/format 1`
   * one JSON document. A port may also be named by its endpoint's id.
   *
   * Verbs of an embedded host: `/list-vmswitch-port`, `/list-layer`, `/list-group`,
   * `/list-rule`, `/get-rule-counter`, `/list-unified-flow`, `/list-nat-range`,
   * `/get-port-state`, `/get-port-counter`, `/get-port-flow-stats`, `/process-tuples`.
   *
   * @param command As one types it, without the program's name, or its words: `/port ID /layer ACL_ENDPOINT_LAYER /list-rule`.
   * @throws HcnError `ERR_INVALID_ARGUMENT`, `HCN_E_PORT_NOT_FOUND`; `ERR_NOT_SUPPORTED` for a verb that changes something, or
   * that an embedded host has not; on Windows `ERR_PROGRAM_MISSING`, `ERR_PROGRAM_FAILED`, `ERROR_ACCESS_DENIED`.
   */
  async text(command: string | readonly string[], options: CallOptions = {}): Promise<string> {
    const words = typeof command === 'string' ? splitWords(command) : checkList('vfpctrl', command, checkString)
    const parsed = parseCommand(words)
    const wait = Wait.from(options)
    return this.#stoppable(commandText(parsed), wait, (calls, stop) => {
      if (calls.runVfpctrl !== undefined) return calls.runVfpctrl(words, stop)
      return printListing(parsed, {
        ports: () => this.#ports(wait),
        layers: (port) => this.#layers(port, wait),
        counters: (port) => this.#counters(port, wait),
        flows: (port) => this.#flows(port, 10_000, () => wait).toArray(),
        explain: (port, tuple) => this.#explain(port, packetOfTuple(tuple), {}, wait),
      })
    })
  }

  /**
   * Frames enter the switch at `port`, as if its endpoint had sent them; at an
   * uplink, as if they came in from the wire. What they cause has been delivered
   * when this resolves. Memory ports only.
   *
   * @throws HcnError `ERR_INVALID_ARGUMENT`, `HCN_E_PORT_NOT_FOUND`, `ERROR_NOT_SUPPORTED` on other ports.
   */
  async send(port: PortReference, packets: PacketInput | readonly PacketInput[], options: CallOptions & MacDefaults = {}): Promise<void> {
    const id = portId(port)
    const wait = Wait.from(options)
    const packed = packFrames(await this.#frames(id, [packets].flat() as readonly PacketInput[], options, wait))
    const object = { kind: 'endpoint', id } as const
    await this.#context.change(`send frames at port ${clip(id)}`, object, wait, (calls) => calls.sendFrames(id, packed))
  }

  /** Takes the frames delivered to `port` since the last call, oldest first. Memory ports only. */
  async receive(port: PortReference, options: CallOptions = {}): Promise<readonly Uint8Array[]> {
    const id = portId(port)
    const packed = await this.#context.read(`receive frames at port ${clip(id)}`, Wait.from(options), (calls) => calls.receiveFrames(id))
    return unpackFrames(packed)
  }

  /**
   * Records frames as they enter and leave `port`, whatever its driver.
   *
   * @param options `maxBytes`: how much is kept until it is read; what does not fit is lost. Default 16 MiB.
   */
  async capture(port: PortReference, options: CallOptions & { readonly maxBytes?: number | undefined } = {}): Promise<Capture> {
    const id = portId(port)
    const maxBytes = checkInteger('maxBytes', checkObject('options', options).maxBytes ?? 16 * 2 ** 20, 1, 2 ** 31 - 1)
    const wait = Wait.from(options)
    const known = (await this.#ports(wait)).find((candidate) => isPort(candidate, id))
    const object = { kind: 'endpoint', id } as const
    // The system's monotonic clock starts anywhere; a clock turned by hand has no date.
    const epoch = this.#manualClock ? 0n : BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()
    await this.#context.change(`start a capture at port ${clip(id)}`, object, wait, (calls) => calls.startCapture(id, maxBytes))
    return new Capture(this.#context, id, known === undefined || known.friendlyName === '' ? id : known.friendlyName, epoch)
  }

  async #ports(wait: Wait): Promise<readonly VfpPort[]> {
    return this.#read('list ports', wait, (calls, stop) => calls.listPorts(stop))
  }

  async #layers(id: string, wait: Wait): Promise<readonly VfpLayer[]> {
    return this.#read(`list layers of port ${clip(id)}`, wait, (calls, stop) => calls.listLayers(id, stop))
  }

  async #counters(id: string, wait: Wait): Promise<VfpPortCounters> {
    return this.#read(`read counters of port ${clip(id)}`, wait, (calls, stop) => calls.getPortCounters(id, stop))
  }

  #flows(id: string | null, limit: number, wait: () => Wait): Flows {
    return new Flows((cursor) => {
      const query = JSON.stringify(cursor === undefined ? { limit } : { cursor, limit })
      return this.#read<VfpFlowPage>('list flows', wait(), (calls, stop) => calls.listFlows(id, query, stop))
    })
  }

  async #explain(id: string, packet: PacketInput, macs: MacDefaults, wait: Wait): Promise<VfpExplanation> {
    const [frame] = await this.#frames(id, [packet], macs, wait)
    return this.#read(`explain a packet at port ${clip(id)}`, wait, (calls, stop) => calls.explain(id, frame as Uint8Array, stop))
  }

  async #read<Document>(what: string, wait: Wait, start: (calls: VfpCalls, stop: AbortSignal) => Promise<string>): Promise<Document> {
    return JSON.parse(await this.#stoppable(what, wait, start)) as Document
  }

  /** What nobody waits for any more is told so. */
  async #stoppable(what: string, wait: Wait, start: (calls: VfpCalls, stop: AbortSignal) => Promise<string>): Promise<string> {
    const over = new AbortController()
    try {
      return await this.#context.read(what, wait, (calls) => start(calls, over.signal))
    } catch (error) {
      over.abort(error)
      throw error
    }
  }

  async #frames(id: string, inputs: readonly PacketInput[], macs: MacDefaults, wait: Wait): Promise<readonly Uint8Array[]> {
    if (inputs.every((input) => input instanceof Uint8Array)) return inputs as readonly Uint8Array[]
    const ports = await this.#ports(wait)
    const own = ports.find((port) => isPort(port, id))
    if (own === undefined) throw new HcnError('HCN_E_PORT_NOT_FOUND', `there is no port ${quoteValue(id)}; hns.vfp.ports() lists them`)
    return inputs.map((input, i) => {
      if (input instanceof Uint8Array) return input
      const packet = typeof input === 'string' ? parsePacket(input) : input
      if (typeof packet !== 'object' || packet === null)
        throw invalidArgument(`packets[${i}]`, input, 'a text such as `tcp 10.1.0.4:1 > 10.1.0.5:80 S`, a packet or bytes are wanted')
      return encodeFrame(packet, { ...usualMacs(ports, own, packet), ...givenMacs(macs) })
    })
  }
}

function givenMacs({ sourceMac, destinationMac }: MacDefaults): MacDefaults {
  return { ...(sourceMac === undefined ? {} : { sourceMac }), ...(destinationMac === undefined ? {} : { destinationMac }) }
}

/** As the stack behind the port would fill them in. */
function usualMacs(ports: readonly VfpPort[], own: VfpPort, packet: Packet): MacDefaults {
  const peers = ports.filter((port) => port !== own && sameGuid(port.network, own.network))
  if (own.kind === 'uplink') return { sourceMac: OUTSIDE_MAC, destinationMac: own.macAddress }
  const destination = packet.kind === 'raw' || packet.kind === 'arp' ? undefined : packet.destination
  const onLink = peers.find(({ addresses }) => addresses.some((address) => canonicalIp(address) === destination))
  return { sourceMac: own.macAddress, destinationMac: onLink?.macAddress ?? OUTSIDE_MAC }
}

/** By its endpoint's id, or by the system's switch's own. */
function isPort(port: VfpPort, id: string): boolean {
  return sameGuid(port.id, id) || (port.switchPort !== undefined && sameGuid(port.switchPort, id))
}

function portId(port: PortReference): string {
  if (typeof port === 'string') return checkString('port', port)
  const candidate = port as Partial<VfpPort> | null
  if (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.id === 'string' &&
    typeof candidate.friendlyName === 'string'
  ) {
    return candidate.id
  }
  return endpointId('port', port)
}
