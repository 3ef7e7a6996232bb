import type { VfpCompartment, VfpExplanation, VfpFlowPage, VfpLayer, VfpPort, VfpPortCounters } from '../../types/index.js'
import { sameGuid } from '../addresses.js'
import { HcnError, quoteValue } from '../errors.js'
import type { NativeHost, VfpCalls } from '../native/hcn-calls.js'
import { parseCommand, type VfpctrlCommand } from '../vfpctrl/command.js'
import { layerOf } from '../vfpctrl/documents.js'
import { parseFlows } from '../vfpctrl/flows-text.js'
import { counterKey, parseDocument, readLayers, readPortCounters, readPorts, readRuleCounters } from '../vfpctrl/json.js'
import { notUnderstood } from '../vfpctrl/lines.js'
import type { ListedGroup, ListedLayer, ListedPort, ListedRule, ListedRuleCounters } from '../vfpctrl/listed.js'
import { directionCounters } from '../vfpctrl/port-texts.js'
import { parsePorts } from '../vfpctrl/ports-text.js'
import { parseRuleTree } from '../vfpctrl/rules-text.js'
import { parseExplanation, simulatedTupleText } from '../vfpctrl/simulation-text.js'
import { tupleOfFrame } from './frame-tuple.js'
import { readCompartment } from './hns-compartment.js'
import { readPortOwners } from './hns-endpoints.js'

/** What gives a listing's text: the program, or in a test whatever prints the same. */
interface Runner {
  run(command: VfpctrlCommand, stop?: AbortSignal): Promise<string>
}

type Targets = VfpctrlCommand['targets']
type Document = NonNullable<ReturnType<typeof parseDocument>>

/**
 * The VFP table of Windows' own switch, read through `vfpctrl.exe`: its JSON where
 * that says all that is wanted, else its text.
 *
 * Ports are found by the switch's own id of them, by their name, or by the
 * endpoint they belong to.
 */
export class SystemSwitch implements VfpCalls {
  readonly #program: Runner
  readonly #hns: Pick<NativeHost, 'hnsCall'>
  /** Verbs whose JSON lacked something once: it is this Windows', and will be so again. */
  readonly #textOnly = new Set<string>()

  constructor(program: Runner, hns: Pick<NativeHost, 'hnsCall'>) {
    this.#program = program
    this.#hns = hns
  }

  async listPorts(stop?: AbortSignal): Promise<string> {
    return JSON.stringify(await this.#ports(stop))
  }

  async listLayers(port: string, stop?: AbortSignal): Promise<string> {
    const targets = { port: await this.#switchPort(port, stop) }
    // With one run that tells everything, where this Windows has it.
    const document = await this.#document('get-rule-counter', targets, stop)
    const counters = document === undefined ? undefined : readRuleCounters(document)
    const complete = document === undefined ? undefined : readLayers(document)
    const layers = complete ?? (await this.#listedLayers(targets, stop))
    const documents: VfpLayer[] = []
    for (const layer of layers) documents.push(await this.#countedLayer(layer, targets, counters, stop))
    return JSON.stringify(documents)
  }

  async listFlows(port: string | null, _query: string, stop?: AbortSignal): Promise<string> {
    const ids = port === null ? (await this.#ports(stop)).map(({ switchPort = '' }) => switchPort) : [await this.#switchPort(port, stop)]
    const flows: VfpFlowPage['flows'][number][] = []
    for (const id of ids) flows.push(...parseFlows(await this.#run('list-unified-flow', { port: id }, stop)))
    return JSON.stringify({ flows } satisfies VfpFlowPage)
  }

  async getPortCounters(port: string, stop?: AbortSignal): Promise<string> {
    const verb = 'get-port-counter'
    const targets = { port: await this.#switchPort(port, stop) }
    const output = await this.#run(verb, targets, stop, { json: true })
    const document = parseDocument(verb, output)
    const sides = document === undefined ? undefined : readPortCounters(document)
    const side = (wanted: 'out' | 'in') => {
      const listed = sides?.find(({ direction }) => direction === wanted)
      if (listed === undefined) throw notUnderstood(verb, output, `no counters of direction \`${wanted}\` are in it`)
      return directionCounters(listed)
    }
    return JSON.stringify({ port, out: side('out'), in: side('in') } satisfies VfpPortCounters)
  }

  async explain(port: string, frame: Uint8Array, stop?: AbortSignal): Promise<string> {
    const argument = simulatedTupleText(tupleOfFrame(frame))
    const output = await this.#run('process-tuples', { port: await this.#switchPort(port, stop) }, stop, { argument })
    return JSON.stringify(parseExplanation(output) satisfies VfpExplanation)
  }

  /** What the program prints, its ports named as the facade names them. */
  async runVfpctrl(words: readonly string[], stop?: AbortSignal): Promise<string> {
    const command = parseCommand(words)
    const { port } = command.targets
    if (port === undefined) return this.#program.run(command, stop)
    const targets = { ...command.targets, port: await this.#switchPort(port, stop) }
    return this.#program.run({ ...command, targets }, stop)
  }

  async sendFrames(): Promise<never> {
    throw notSupported('send frames')
  }

  async receiveFrames(): Promise<never> {
    throw notSupported('receive frames')
  }

  async startCapture(): Promise<never> {
    throw notSupported('capture frames')
  }

  async readCapture(): Promise<never> {
    throw notSupported('capture frames')
  }

  async stopCapture(): Promise<never> {
    throw notSupported('capture frames')
  }

  async describeCompartment(namespace: string): Promise<string> {
    const compartment = await readCompartment(this.#hns, namespace)
    return JSON.stringify({ kind: 'windows', compartment } satisfies VfpCompartment)
  }

  async #ports(stop: AbortSignal | undefined): Promise<readonly VfpPort[]> {
    const listed = await this.#listedPorts(stop)
    const owners = await readPortOwners(this.#hns, listed)
    return listed.map((port): VfpPort => {
      const owner = owners.get(port)
      return {
        id: owner?.id ?? port.name,
        switchPort: port.name,
        friendlyName: port.friendlyName,
        kind: owner === undefined ? kindOf(port) : 'endpoint',
        network: owner?.network ?? '',
        macAddress: port.macAddress,
        addresses: owner?.addresses ?? [],
        mtu: port.mtu ?? 0,
      }
    })
  }

  async #listedPorts(stop: AbortSignal | undefined): Promise<readonly ListedPort[]> {
    const verb = 'list-vmswitch-port'
    const document = await this.#document(verb, {}, stop)
    const ports = document === undefined ? undefined : readPorts(document)
    if (ports !== undefined) return ports
    this.#textOnly.add(verb)
    return parsePorts(await this.#run(verb, {}, stop))
  }

  /** The switch's own id of a port. */
  async #switchPort(id: string, stop: AbortSignal | undefined): Promise<string> {
    const ports = await this.#ports(stop)
    const found =
      ports.find(({ switchPort = '' }) => sameGuid(switchPort, id)) ??
      ports.find((port) => sameGuid(port.id, id)) ??
      ports.find(({ friendlyName }) => sameGuid(friendlyName, id))
    if (found?.switchPort !== undefined) return found.switchPort
    throw new HcnError('HCN_E_PORT_NOT_FOUND', `there is no port ${quoteValue(id)}; hns.vfp.ports() lists them`)
  }

  async #listedLayers(targets: Targets, stop: AbortSignal | undefined): Promise<readonly ListedLayer[]> {
    const { layers } = parseRuleTree('list-layer', await this.#run('list-layer', targets, stop))
    const whole: ListedLayer[] = []
    for (const layer of layers) {
      const inLayer = { ...targets, layer: layer.id }
      const { groups } = parseRuleTree('list-rule', await this.#run('list-rule', inLayer, stop))
      whole.push({ ...layer, groups })
    }
    return [...whole].sort((a, b) => a.priority - b.priority)
  }

  /** `known`: counters of the port's rules, from JSON; without, the layer's are read from text. */
  async #countedLayer(
    layer: ListedLayer,
    targets: Targets,
    known: ReadonlyMap<string, ListedRuleCounters> | undefined,
    stop: AbortSignal | undefined,
  ): Promise<VfpLayer> {
    const key = (group: ListedGroup, rule: ListedRule) => counterKey(nameOf(layer), nameOf(group), nameOf(rule))
    const rules = layer.groups.flatMap((group) => group.rules.map((rule) => key(group, rule)))
    const counters = new Map(known)
    if (rules.some((rule) => !counters.has(rule))) {
      const output = await this.#run('get-rule-counter', { ...targets, layer: layer.id }, stop)
      const tree = parseRuleTree('get-rule-counter', output)
      for (const group of tree.groups) {
        for (const rule of group.rules) {
          const counted = tree.counters.get(rule)
          if (counted !== undefined) counters.set(key(group, rule), counted)
        }
      }
    }
    // A rule that came between two runs has matched nothing yet, as far as can be told.
    return layerOf(layer, (group, rule) => counters.get(key(group, rule)) ?? NO_COUNTERS)
  }

  /** The JSON of a listing; undefined where the text is to be asked for. */
  async #document(verb: string, targets: Targets, stop: AbortSignal | undefined): Promise<Document | undefined> {
    if (this.#textOnly.has(verb)) return undefined
    const document = parseDocument(verb, await this.#run(verb, targets, stop, { json: true }))
    if (document === undefined) this.#textOnly.add(verb)
    return document
  }

  #run(verb: string, targets: Targets, stop: AbortSignal | undefined, more: { json?: boolean; argument?: string } = {}): Promise<string> {
    return this.#program.run({ verb, targets, argument: more.argument, json: more.json ?? false }, stop)
  }
}

const NO_COUNTERS: ListedRuleCounters = { matchedPackets: 0, droppedPackets: 0, pendingPackets: 0, droppedFlows: 0 }

function nameOf({ id, friendlyName }: { readonly id: string; readonly friendlyName: string }): string {
  return id === '' ? friendlyName : id
}

/** Where HNS knows no endpoint of it: by the port's type, and by what the host's ports are called. */
function kindOf({ portType, friendlyName }: ListedPort): VfpPort['kind'] {
  if (/^external/i.test(portType) || friendlyName === 'ExternalPort') return 'uplink'
  if (/^internal/i.test(portType) || /^(?:container nic|host vnic)\b/i.test(friendlyName)) return 'host'
  return 'endpoint'
}

function notSupported(what: string): HcnError {
  return new HcnError('ERR_NOT_SUPPORTED', `${what}: \`vfpctrl.exe\` does not; an embedded host does (provider: 'embedded')`)
}
