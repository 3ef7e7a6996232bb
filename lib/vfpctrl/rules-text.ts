import { fieldOf, inLine, type Line, leadingNumber, listingLines, notUnderstood } from './lines.js'
import type { Field, ListedGroup, ListedLayer, ListedRule, ListedRuleCounters } from './listed.js'

/** Layers, or groups, or rules: with what stands below them, as far as the command asked for it. */
export interface RuleTree {
  readonly layers: readonly ListedLayer[]
  /** Of no layer that the listing names. */
  readonly groups: readonly ListedGroup[]
  /** Of no group that the listing names. */
  readonly rules: readonly ListedRule[]
  /** Of rules, where the listing has them. */
  readonly counters: ReadonlyMap<ListedRule, ListedRuleCounters>
}

const NONE = '<none>'
const blanks = (count: number) => ' '.repeat(count)

/** `list-layer`: layers alone. */
export function layerLines(layer: ListedLayer): readonly string[] {
  return [
    `LAYER : ${inLine(layer.id)}`,
    `${blanks(4)}Friendly name : ${inLine(layer.friendlyName)}`,
    `${blanks(4)}Flags : ${`${layer.flags} ${inLine(layer.flagWords)}`.trim()}`,
    `${blanks(4)}Priority : ${layer.priority}`,
    ...layer.others.map(fieldLine(4)),
    '',
  ]
}

/** `list-group`: a group without its rules. */
export function groupLines(group: ListedGroup): readonly string[] {
  return [
    `${blanks(2)}GROUP : ${inLine(group.id)}`,
    `${blanks(6)}Friendly name : ${inLine(group.friendlyName)}`,
    `${blanks(6)}Priority : ${group.priority}`,
    `${blanks(6)}Direction : ${group.direction}`,
    `${blanks(6)}Type : ${group.type}`,
    ...conditionLines(group.conditions),
    `${blanks(6)}Match type : ${inLine(group.matchType)}`,
    ...group.others.map(fieldLine(6)),
    '',
  ]
}

export function ruleLines(rule: ListedRule): readonly string[] {
  return [
    `${blanks(4)}RULE : ${inLine(rule.id)}`,
    `${blanks(8)}Friendly name : ${inLine(rule.friendlyName)}`,
    `${blanks(8)}Priority : ${rule.priority}`,
    `${blanks(8)}Flags : ${rule.flags} ${flagWords(rule.flags)}`,
    `${blanks(8)}Type : ${inLine(rule.type)}`,
    ...conditionLines(rule.conditions),
    ...(rule.flowTtl === undefined ? [] : [`${blanks(8)}Flow TTL: ${rule.flowTtl}`]),
    ...(rule.data.length === 0 ? [] : [`${blanks(8)}Rule Data:`, ...rule.data.map((line) => `${blanks(12)}${inLine(line)}`)]),
    ...(rule.flagsEx === undefined ? [] : [`${blanks(8)}FlagsEx : ${rule.flagsEx} `]),
    ...rule.others.map(fieldLine(8)),
    '',
  ]
}

/** `get-rule-counter`: a rule's counters under its name. */
export function ruleCounterLines(rule: ListedRule, counters: ListedRuleCounters): readonly string[] {
  return [
    `${blanks(4)}RULE : ${inLine(rule.id)}`,
    `${blanks(8)}Friendly name : ${inLine(rule.friendlyName)}`,
    // Unverified: the labels; read by what they end in, and by their order.
    `${blanks(8)}Matched packets: ${counters.matchedPackets}`,
    `${blanks(8)}Dropped packets: ${counters.droppedPackets}`,
    `${blanks(8)}Pending packets: ${counters.pendingPackets}`,
    `${blanks(8)}Dropped flows: ${counters.droppedFlows}`,
    '',
  ]
}

function conditionLines(conditions: readonly Field[]): readonly string[] {
  const lines = conditions.length === 0 ? [`${blanks(12)}${NONE}`] : conditions.map(fieldLine(12))
  return [`${blanks(8)}Conditions:`, ...lines]
}

function fieldLine(indent: number): (field: Field) => string {
  return ([name, value]) => `${blanks(indent)}${inLine(name)} : ${inLine(value)}`
}

/** The bits that have been seen in words. The number says it all. */
function flagWords(flags: number): string {
  const words = [
    [1, 'terminating'],
    [2, 'stateful'],
  ] as const
  return words
    .filter(([bit]) => (flags & bit) !== 0)
    .map(([, word]) => `${word} `)
    .join('')
}

/**
 * A listing of layers, groups or rules, as `vfpctrl.exe` prints it.
 *
 * @param verb For the end of the listing, and for messages.
 * @throws HcnError `ERR_INVALID_ANSWER`, or what the program said when it failed.
 */
export function parseRuleTree(verb: string, output: string): RuleTree {
  return new TreeReader(verb, output).read(listingLines(verb, output))
}

/** A block under way: its heading's id, its fields, and what stands in it. */
interface Block {
  readonly kind: 'LAYER' | 'GROUP' | 'RULE'
  readonly id: string
  readonly fields: Map<string, string>
  readonly conditions: Field[]
  readonly data: string[]
  readonly others: Field[]
  readonly counts: number[]
}

const KNOWN = {
  LAYER: ['Friendly name', 'Flags', 'Priority'],
  GROUP: ['Friendly name', 'Priority', 'Direction', 'Type', 'Match type'],
  RULE: ['Friendly name', 'Priority', 'Flags', 'Type', 'Flow TTL', 'FlagsEx'],
} as const

class TreeReader {
  readonly #verb: string
  readonly #output: string
  readonly #layers: (Omit<ListedLayer, 'groups'> & { groups: ListedGroup[] })[] = []
  readonly #groups: (Omit<ListedGroup, 'rules'> & { rules: ListedRule[] })[] = []
  readonly #rules: ListedRule[] = []
  readonly #counters = new Map<ListedRule, ListedRuleCounters>()
  #group: { rules: ListedRule[] } | undefined

  constructor(verb: string, output: string) {
    this.#verb = verb
    this.#output = output
  }

  read(lines: readonly Line[]): RuleTree {
    let block: Block | undefined
    /** Of the list under way: how far its heading stands in. */
    let list: { readonly into: 'conditions' | 'data'; readonly indent: number } | undefined
    for (const { indent, text } of lines) {
      const isInList = list !== undefined && indent > list.indent
      const heading = isInList ? null : /^(LAYER|GROUP|RULE) :(.*)$/.exec(text)
      if (heading !== null) {
        if (block !== undefined) this.#end(block)
        block = newBlock(heading[1] as Block['kind'], (heading[2] ?? '').trim())
        list = undefined
        continue
      }
      if (block === undefined) {
        if (text === NONE) continue
        throw this.#error(`\`${text.slice(0, 80)}\` stands before the first heading`)
      }
      if (list !== undefined && isInList) {
        if (list.into === 'data') block.data.push(text)
        else if (text !== NONE) block.conditions.push(fieldOf(text) ?? [text, ''])
        continue
      }
      list = undefined
      if (text === 'Conditions:') list = { into: 'conditions', indent }
      else if (text === 'Rule Data:') list = { into: 'data', indent }
      else list = this.#field(block, indent, text)
    }
    if (block !== undefined) this.#end(block)
    return { layers: this.#layers, groups: this.#groups, rules: this.#rules, counters: this.#counters }
  }

  /** A rule's data has headings of its own (`Modify:`, `Encap Destination(s):`), with or without `Rule Data:` above. */
  #field(block: Block, indent: number, text: string): { readonly into: 'data'; readonly indent: number } | undefined {
    const count = /\b(?:packets|flows)\s*:\s*(\d{1,16})$/i.exec(text)
    if (count !== null && block.kind === 'RULE') {
      block.counts.push(Number(count[1]))
      return undefined
    }
    const field = fieldOf(text)
    if (field === undefined || (field[1] === '' && !isKnown(block, field[0]))) {
      if (block.kind !== 'RULE') throw this.#error(`\`${text.slice(0, 80)}\` is no field of a ${block.kind.toLowerCase()}`)
      block.data.push(text)
      return { into: 'data', indent }
    }
    if (!isKnown(block, field[0])) block.others.push(field)
    else if (block.fields.has(field[0])) throw this.#error(`${block.kind} \`${block.id}\` has two fields \`${field[0]}\``)
    else block.fields.set(field[0], field[1])
    return undefined
  }

  #end(block: Block): void {
    const { id, conditions, others } = block
    const friendlyName = block.fields.get('Friendly name') ?? ''
    switch (block.kind) {
      case 'LAYER': {
        const flags = this.#number(block, 'Flags')
        const flagWords = (block.fields.get('Flags') ?? '').slice(String(flags).length).trim()
        const layer = { id, friendlyName, flags, flagWords, priority: this.#number(block, 'Priority'), groups: [], others }
        this.#layers.push(layer)
        this.#group = undefined
        return
      }
      case 'GROUP': {
        const group = {
          id,
          friendlyName,
          priority: this.#number(block, 'Priority'),
          direction: this.#oneOf(block, 'Direction', ['OUT', 'IN'] as const),
          type: this.#oneOf(block, 'Type', ['IPv4', 'IPv6'] as const),
          conditions,
          matchType: block.fields.get('Match type') ?? '',
          rules: [],
          others,
        }
        this.#group = group
        ;(this.#layers.at(-1)?.groups ?? this.#groups).push(group)
        return
      }
      case 'RULE':
        this.#endRule(block, friendlyName)
    }
  }

  #endRule(block: Block, friendlyName: string): void {
    const isCounted = block.counts.length > 0
    // Of a listing of counters alone; else they are what makes a rule.
    if (!isCounted || block.fields.has('Type')) {
      this.#number(block, 'Priority')
      if (!block.fields.get('Type')) throw this.#error(`RULE \`${block.id}\` has no type`)
    }
    const rule: ListedRule = {
      id: block.id,
      friendlyName,
      priority: leadingNumber(block.fields.get('Priority')) ?? 0,
      flags: block.fields.has('Flags') ? this.#number(block, 'Flags') : 0,
      type: block.fields.get('Type') ?? '',
      conditions: block.conditions,
      flowTtl: leadingNumber(block.fields.get('Flow TTL')),
      data: block.data,
      flagsEx: leadingNumber(block.fields.get('FlagsEx')),
      others: block.others,
    }
    ;(this.#group?.rules ?? this.#rules).push(rule)
    if (!isCounted) return
    const [matchedPackets, droppedPackets, pendingPackets, droppedFlows] = block.counts
    if (matchedPackets === undefined || droppedPackets === undefined || block.counts.length > 4)
      throw this.#error(`RULE \`${block.id}\` has ${block.counts.length} counters`)
    this.#counters.set(rule, { matchedPackets, droppedPackets, pendingPackets: pendingPackets ?? 0, droppedFlows: droppedFlows ?? 0 })
  }

  #number(block: Block, field: string): number {
    const number = leadingNumber(block.fields.get(field))
    if (number !== undefined) return number
    throw this.#error(`${block.kind} \`${block.id.slice(0, 80)}\` has no number for \`${field}\``)
  }

  #oneOf<Choice extends string>(block: Block, field: string, choices: readonly Choice[]): Choice {
    const value = block.fields.get(field)
    const choice = choices.find((candidate) => candidate.toLowerCase() === value?.toLowerCase())
    if (choice !== undefined) return choice
    throw this.#error(`${block.kind} \`${block.id.slice(0, 80)}\` has no \`${field}\` of ${choices.join(', ')}`)
  }

  #error(why: string) {
    return notUnderstood(this.#verb, this.#output, why)
  }
}

function newBlock(kind: Block['kind'], id: string): Block {
  return { kind, id, fields: new Map(), conditions: [], data: [], others: [], counts: [] }
}

function isKnown(block: Block, field: string): boolean {
  return (KNOWN[block.kind] as readonly string[]).includes(field)
}
