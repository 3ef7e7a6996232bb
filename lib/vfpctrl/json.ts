import { conditionDocuments, readCondition } from './json-conditions.js'
import { checkForFailure, notUnderstood } from './lines.js'
import type { Field, ListedGroup, ListedLayer, ListedPort, ListedRule, ListedRuleCounters } from './listed.js'

/**
 * The documents of `/format 1`, as far as Microsoft's own scripts show them:
 * `Ports[]{Name, Id, MacAddress, VmsPortId}`, `Layers[]{Name, Priority}`,
 * `Groups[]`, `Rules[]{Id, Name, Priority, RuleFlags, Conditions[], InformationArray[]}`.
 *
 * Unverified: all other members, which are named here as their like are. Read,
 * a document that lacks what a listing needs is not understood, and the text is
 * asked for instead.
 */
type Document = Readonly<Record<string, unknown>>

/** The document of a listing; undefined when it is none: an older program knows no `/format`. */
export function parseDocument(verb: string, output: string): Document | undefined {
  checkForFailure(verb, output)
  // The line that says that it succeeded may follow the document.
  const end = output.lastIndexOf('}')
  if (!output.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(output.slice(0, end + 1))
    return isObject(value) ? value : undefined
  } catch {
    throw notUnderstood(verb, output, 'it begins like JSON and is none')
  }
}

export function portDocument(port: ListedPort): Document {
  return {
    Name: port.name,
    Id: port.friendlyName,
    MacAddress: port.macAddress.replaceAll('-', ''),
    VmsPortId: port.portId,
    SwitchName: port.switchName,
    SwitchFriendlyName: port.switchFriendlyName,
    PortType: port.portType,
    PortState: port.portState,
    MacLearning: port.macLearning,
    NicName: port.nicName,
    NicFriendlyName: port.nicFriendlyName,
    NicState: port.nicState,
    Mtu: port.mtu,
  }
}

export function readPorts(document: Document): readonly ListedPort[] | undefined {
  return readList(document.Ports, (port): ListedPort | undefined => {
    const { Name: name, Id: friendlyName, MacAddress: mac, PortType: portType, Mtu: mtu } = port
    if (!isText(name) || !isText(friendlyName) || !isText(mac) || !isText(portType) || !isNumber(mtu)) return undefined
    return {
      name,
      friendlyName,
      switchName: textOr(port.SwitchName),
      switchFriendlyName: textOr(port.SwitchFriendlyName),
      portId: isNumber(port.VmsPortId) ? port.VmsPortId : undefined,
      portType,
      portState: textOr(port.PortState),
      macLearning: textOr(port.MacLearning),
      nicName: textOr(port.NicName),
      nicFriendlyName: textOr(port.NicFriendlyName),
      mtu,
      macAddress: (mac.match(/../g) ?? []).join('-'),
      nicState: textOr(port.NicState),
      statistics: undefined,
    }
  })
}

export function layerDocument(layer: ListedLayer, groups: readonly Document[] | undefined): Document {
  const { id: Id, friendlyName: Name, flags: Flags, flagWords: FlagWords, priority: Priority } = layer
  return { Id, Name, Flags, FlagWords, Priority, ...(groups === undefined ? {} : { Groups: groups }) }
}

export function groupDocument(group: ListedGroup, rules: readonly Document[] | undefined): Document {
  return {
    Id: group.id,
    Name: group.friendlyName,
    Priority: group.priority,
    Direction: group.direction,
    Type: group.type,
    Conditions: group.conditions.flatMap(conditionDocuments),
    MatchType: group.matchType,
    ...(rules === undefined ? {} : { Rules: rules }),
  }
}

export function ruleDocument(rule: ListedRule, counters: ListedRuleCounters | undefined): Document {
  return {
    Id: rule.id,
    Name: rule.friendlyName,
    Priority: rule.priority,
    RuleFlags: rule.flags,
    RuleFlagsEx: rule.flagsEx,
    RuleType: rule.type,
    FlowTtl: rule.flowTtl,
    Conditions: rule.conditions.flatMap(conditionDocuments),
    RuleData: rule.data,
    ...(counters === undefined
      ? {}
      : {
          InformationArray: [
            {
              RuleCounters: {
                MatchedPackets: counters.matchedPackets,
                DroppedPackets: counters.droppedPackets,
                PendingPackets: counters.pendingPackets,
                DroppedFlows: counters.droppedFlows,
              },
            },
          ],
        }),
  }
}

/** Layers with groups and rules, where the document has all of them. */
export function readLayers(document: Document): readonly ListedLayer[] | undefined {
  return readList(document.Layers, (layer): ListedLayer | undefined => {
    const { Id: id, Name: friendlyName, Flags: flags, Priority: priority } = layer
    if (!isText(id) || !isText(friendlyName) || !isNumber(flags) || !isNumber(priority)) return undefined
    const groups = layer.Groups === undefined ? [] : readGroups(layer.Groups)
    return groups && { id, friendlyName, flags, flagWords: textOr(layer.FlagWords), priority, groups, others: [] }
  })
}

export function readGroups(value: unknown): readonly ListedGroup[] | undefined {
  return readList(value, (group): ListedGroup | undefined => {
    const { Id: id, Name: friendlyName, Priority: priority, Direction: direction, Type: type } = group
    if (!isText(id) || !isText(friendlyName) || !isNumber(priority)) return undefined
    if ((direction !== 'IN' && direction !== 'OUT') || (type !== 'IPv4' && type !== 'IPv6')) return undefined
    const conditions = readConditions(group.Conditions)
    const rules = group.Rules === undefined ? [] : readRules(group.Rules)
    if (conditions === undefined || rules === undefined) return undefined
    return { id, friendlyName, priority, direction, type, conditions, matchType: textOr(group.MatchType), rules, others: [] }
  })
}

export function readRules(value: unknown): readonly ListedRule[] | undefined {
  return readList(value, (rule): ListedRule | undefined => {
    const { Id: id, Name: friendlyName, Priority: priority, RuleFlags: flags, RuleType: type, RuleData: data = [] } = rule
    if (!isText(id) || !isText(friendlyName) || !isNumber(priority) || !isNumber(flags) || !isText(type)) return undefined
    const conditions = readConditions(rule.Conditions)
    if (conditions === undefined || !Array.isArray(data) || !data.every(isText)) return undefined
    const flowTtl = isNumber(rule.FlowTtl) ? rule.FlowTtl : undefined
    const flagsEx = isNumber(rule.RuleFlagsEx) ? rule.RuleFlagsEx : undefined
    return { id, friendlyName, priority, flags, type, conditions, flowTtl, data, flagsEx, others: [] }
  })
}

function readConditions(value: unknown): readonly Field[] | undefined {
  return readList(value, readCondition)
}

/** A rule's counters in the documents of `get-rule-counter`, by {@link counterKey}. */
export function readRuleCounters(document: Document): ReadonlyMap<string, ListedRuleCounters> | undefined {
  const found = new Map<string, ListedRuleCounters>()
  if (!Array.isArray(document.Layers)) return undefined
  for (const layer of objects(document.Layers)) {
    for (const group of objects(layer.Groups)) {
      for (const rule of objects(group.Rules)) {
        const [information] = objects(rule.InformationArray)
        const counters = isObject(information?.RuleCounters) ? information.RuleCounters : undefined
        if (counters === undefined || !isNumber(counters.MatchedPackets) || !isNumber(counters.DroppedPackets)) continue
        found.set(counterKey(nameOf(layer), nameOf(group), nameOf(rule)), {
          matchedPackets: counters.MatchedPackets,
          droppedPackets: counters.DroppedPackets,
          pendingPackets: isNumber(counters.PendingPackets) ? counters.PendingPackets : 0,
          droppedFlows: isNumber(counters.DroppedFlows) ? counters.DroppedFlows : 0,
        })
      }
    }
  }
  return found
}

/** A rule's place: its id, or its name where it has none. */
export function counterKey(layer: string, group: string, rule: string): string {
  return [layer, group, rule].join('\n')
}

/** What a direction's `PortCounters` hold that is understood. */
export interface ListedPortCounters {
  readonly direction: 'out' | 'in'
  readonly packets: number
  readonly bytes: number
  readonly droppedPackets: number
  readonly droppedByAcl: number
  readonly pendingPackets: number
}

export function portCountersDocument(counters: readonly ListedPortCounters[]): Document {
  const PortCounters = counters.map((side) => ({
    Direction: side.direction === 'out' ? 0 : 1,
    TotalPackets: side.packets,
    TotalBytes: side.bytes,
    DroppedPackets: side.droppedPackets,
    DroppedAcl: side.droppedByAcl,
    PendingPackets: side.pendingPackets,
  }))
  return { InformationArray: [{ PortCounters }] }
}

export function readPortCounters(document: Document): readonly ListedPortCounters[] | undefined {
  const sides = objects(document.InformationArray).flatMap((information) => objects(information.PortCounters))
  return readList(sides, (side): ListedPortCounters | undefined => {
    const { Direction: direction, TotalPackets: packets, TotalBytes: bytes, DroppedPackets: droppedPackets } = side
    if ((direction !== 0 && direction !== 1) || !isNumber(packets) || !isNumber(bytes) || !isNumber(droppedPackets)) return undefined
    return {
      direction: direction === 0 ? 'out' : 'in',
      packets,
      bytes,
      droppedPackets,
      droppedByAcl: isNumber(side.DroppedAcl) ? side.DroppedAcl : 0,
      pendingPackets: isNumber(side.PendingPackets) ? side.PendingPackets : 0,
    }
  })
}

/** Each as `read` understands it; undefined when it is no list, or one of them is not understood. */
function readList<Item>(value: unknown, read: (item: Document) => Item | undefined): readonly Item[] | undefined {
  if (!Array.isArray(value)) return undefined
  const items: Item[] = []
  for (const candidate of value) {
    const item = isObject(candidate) ? read(candidate) : undefined
    if (item === undefined) return undefined
    items.push(item)
  }
  return items
}

function objects(value: unknown): readonly Document[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function nameOf({ Id, Name }: Document): string {
  return isText(Id) && Id !== '' ? Id : textOr(Name)
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function textOr(value: unknown): string {
  return isText(value) ? value : ''
}
