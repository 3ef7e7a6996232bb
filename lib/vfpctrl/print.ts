import type { VfpExplanation, VfpFlow, VfpLayer, VfpPort, VfpPortCounters } from '../../types/index.js'
import { sameGuid } from '../addresses.js'
import { HcnError, invalidArgument, quoteValue } from '../errors.js'
import { targetOf, type VfpctrlCommand } from './command.js'
import { listedCounters, listedLayer } from './documents.js'
import { flowLines } from './flows-text.js'
import { groupDocument, layerDocument, portCountersDocument, portDocument, ruleDocument } from './json.js'
import { joinLines, trailer } from './lines.js'
import type { ListedGroup } from './listed.js'
import { flowStatisticsLines, listedPort, listedPortCounters, natRangeLines, portCounterLines, portStateLines } from './port-texts.js'
import { portLines } from './ports-text.js'
import { groupLines, layerLines, ruleCounterLines, ruleLines } from './rules-text.js'
import { explanationLines, parseSimulatedTuple, type SimulatedTuple } from './simulation-text.js'

/** Where what is printed comes from. */
export interface ListingSource {
  ports(): Promise<readonly VfpPort[]>
  layers(port: string): Promise<readonly VfpLayer[]>
  counters(port: string): Promise<VfpPortCounters>
  flows(port: string): Promise<readonly VfpFlow[]>
  explain(port: string, tuple: SimulatedTuple): Promise<VfpExplanation>
}

type Printer = (command: VfpctrlCommand, source: ListingSource) => Promise<Printed>

/** One listing both ways. */
interface Printed {
  readonly heading: 'ITEM LIST' | 'PORT STATE' | undefined
  readonly lines: readonly string[]
  /** Absent: there is no JSON of it that anybody has seen. */
  readonly document?: object
}

const PRINTERS: Readonly<Record<string, Printer>> = {
  'list-vmswitch-port': async (_, source) => {
    const known = await source.ports()
    const ports = await Promise.all(known.map(async (port, i) => listedPort(port, i, await source.counters(port.id))))
    return { heading: 'ITEM LIST', lines: ports.flatMap(portLines), document: { Ports: ports.map(portDocument) } }
  },
  'list-layer': async (command, source) => {
    const layers = (await layersOf(command, source)).map(listedLayer)
    const documents = layers.map((layer) => layerDocument(layer, undefined))
    return { heading: 'ITEM LIST', lines: layers.flatMap(layerLines), document: { Layers: documents } }
  },
  'list-group': async (command, source) => {
    const groups = await groupsOf(command, source)
    const documents = groups.map(({ group }) => groupDocument(group, undefined))
    return { heading: 'ITEM LIST', lines: groups.flatMap(({ group }) => groupLines(group)), document: { Groups: documents } }
  },
  'list-rule': (command, source) => printRules(command, source, false),
  'get-rule-counter': (command, source) => printRules(command, source, true),
  'list-unified-flow': async (command, source) => {
    const flows = await source.flows(targetOf(command, 'port'))
    return { heading: 'ITEM LIST', lines: flows.flatMap((flow, i) => flowLines(flow, i + 1)) }
  },
  'list-nat-range': async (command, source) => {
    const id = targetOf(command, 'port')
    const [layers, flows] = await Promise.all([source.layers(id), source.flows(id)])
    return { heading: 'ITEM LIST', lines: natRangeLines(layers, flows) }
  },
  'get-port-state': async (command, source) => {
    await portOf(command, source)
    return { heading: 'PORT STATE', lines: portStateLines() }
  },
  'get-port-counter': async (command, source) => {
    const sides = listedPortCounters(await source.counters(targetOf(command, 'port')))
    return { heading: undefined, lines: sides.flatMap(portCounterLines), document: portCountersDocument(sides) }
  },
  'get-port-flow-stats': async (command, source) => {
    return { heading: undefined, lines: flowStatisticsLines(await source.flows(targetOf(command, 'port'))) }
  },
  'process-tuples': async (command, source) => {
    const port = targetOf(command, 'port')
    const explanation = await source.explain(port, parseSimulatedTuple(command.argument))
    return { heading: undefined, lines: explanationLines(explanation) }
  },
}

/** What {@link printListing} has. */
export const PRINTED_VERBS: readonly string[] = Object.keys(PRINTERS)

/**
 * What `vfpctrl.exe` would print of such a switch, lines ended by CR and LF;
 * with `/format 1` one JSON document.
 *
 * @throws HcnError `ERR_NOT_SUPPORTED`: a verb, or a JSON, that is not known here.
 */
export async function printListing(command: VfpctrlCommand, source: ListingSource): Promise<string> {
  const printer = Object.hasOwn(PRINTERS, command.verb) ? PRINTERS[command.verb] : undefined
  if (printer === undefined) {
    const known = PRINTED_VERBS.map((verb) => `/${verb}`).join(', ')
    throw new HcnError('ERR_NOT_SUPPORTED', `vfpctrl /${command.verb}: this switch has ${known}`)
  }
  const { heading, lines, document } = await printer(command, source)
  if (command.json) {
    if (document === undefined)
      throw new HcnError('ERR_NOT_SUPPORTED', `vfpctrl /${command.verb} /format 1: nobody has seen its JSON; without it there is text`)
    return joinLines([JSON.stringify(document, null, 2)])
  }
  const above = heading === undefined ? [''] : ['', ` ${heading}`, '='.repeat(11), '']
  const body = lines.length === 0 && heading === 'ITEM LIST' ? ['<none>', ''] : lines
  return joinLines([...above, ...body, trailer(command.verb)])
}

async function printRules(command: VfpctrlCommand, source: ListingSource, counted: boolean): Promise<Printed> {
  const layers = await layersOf(command, source)
  const { group: wanted } = command.targets
  if (wanted !== undefined) await groupsOf(command, source)
  const parts = layers.map((layer) => {
    const listed = listedLayer(layer)
    const groups = listed.groups.flatMap((group, i) => {
      if (wanted !== undefined && group.id !== wanted) return []
      const rules = group.rules.map((rule, j) => {
        const original = layer.groups[i]?.rules[j]
        return { rule, counters: original === undefined ? undefined : listedCounters(original) }
      })
      return [{ group, rules }]
    })
    return { listed, groups }
  })
  const withLayers = command.targets.layer === undefined
  const lines = parts.flatMap(({ listed, groups }) => [
    ...(withLayers ? layerLines(listed) : []),
    ...groups.flatMap(({ group, rules }) => [
      ...(wanted === undefined ? groupLines(group) : []),
      ...rules.flatMap(({ rule, counters }) => (counted && counters !== undefined ? ruleCounterLines(rule, counters) : ruleLines(rule))),
    ]),
  ])
  const documents = parts.map(({ listed, groups }) => ({
    listed,
    groups: groups.map(({ group, rules }) => {
      const own = rules.map(({ rule, counters }) => ruleDocument(rule, counted ? counters : undefined))
      return groupDocument(group, own)
    }),
  }))
  if (wanted !== undefined) {
    const Rules = documents.flatMap(({ groups }) => groups.flatMap((group) => group.Rules as readonly object[]))
    return { heading: 'ITEM LIST', lines, document: { Rules } }
  }
  return { heading: 'ITEM LIST', lines, document: { Layers: documents.map(({ listed, groups }) => layerDocument(listed, groups)) } }
}

async function layersOf(command: VfpctrlCommand, source: ListingSource): Promise<readonly VfpLayer[]> {
  const layers = await source.layers(targetOf(command, 'port'))
  const { layer: wanted } = command.targets
  if (wanted === undefined || command.verb === 'list-layer') return layers
  const own = layers.filter(({ id }) => id === wanted)
  if (own.length > 0) return own
  throw invalidArgument('/layer', wanted, `the port has ${layers.map(({ id }) => `\`${id}\``).join(', ') || 'none'}`)
}

async function groupsOf(command: VfpctrlCommand, source: ListingSource): Promise<readonly { readonly group: ListedGroup }[]> {
  targetOf(command, 'layer')
  const [layer] = (await layersOf(command, source)).map(listedLayer)
  const groups = layer?.groups ?? []
  const { group: wanted } = command.targets
  if (wanted !== undefined && !groups.some(({ id }) => id === wanted))
    throw invalidArgument('/group', wanted, `the layer has ${groups.map(({ id }) => `\`${id}\``).join(', ') || 'none'}`)
  return groups.map((group) => ({ group }))
}

async function portOf(command: VfpctrlCommand, source: ListingSource): Promise<VfpPort> {
  const id = targetOf(command, 'port')
  const port = (await source.ports()).find((candidate) => sameGuid(candidate.id, id))
  if (port !== undefined) return port
  throw new HcnError('HCN_E_PORT_NOT_FOUND', `there is no port ${quoteValue(id)}; hns.vfp.ports() lists them`)
}
