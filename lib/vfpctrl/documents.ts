import type { VfpGroup, VfpLayer, VfpRule } from '../../types/index.js'
import type { Field, ListedGroup, ListedLayer, ListedRule, ListedRuleCounters } from './listed.js'

/** Of a layer's flags. */
const DEFAULT_ALLOW = 1
/** Of a rule's flags. */
const STATEFUL = 2
/** What is printed of every stateful rule, of every other. Seconds. */
const STATEFUL_TTL = 240

const CONDITIONS = [
  ['Source IP', 'sources'],
  ['Destination IP', 'destinations'],
  ['Protocols', 'protocols'],
  ['Source ports', 'sourcePorts'],
  ['Destination ports', 'destinationPorts'],
] as const

export function listedLayer(layer: VfpLayer): ListedLayer {
  const { id, priority, defaultAllow, stateful, groups } = layer
  return {
    id,
    friendlyName: id,
    flags: defaultAllow ? DEFAULT_ALLOW : 0,
    // Unverified: that and how the program says it.
    flagWords: [...(defaultAllow ? ['default-allow'] : []), stateful ? 'stateful' : 'stateless'].join(' '),
    priority,
    groups: groups.map(listedGroup),
    others: [],
  }
}

export function listedGroup({ id, priority, direction, family, rules }: VfpGroup): ListedGroup {
  return {
    id,
    friendlyName: id,
    priority,
    direction: direction === 'out' ? 'OUT' : 'IN',
    type: family === 4 ? 'IPv4' : 'IPv6',
    conditions: [],
    matchType: 'Priority-based match',
    rules: rules.map(listedRule),
    others: [],
  }
}

export function listedRule({ id, name, priority, flags, action, conditions, data }: VfpRule): ListedRule {
  const { protocols, others = [] } = conditions
  const fields = CONDITIONS.flatMap(([label, member]): readonly Field[] => {
    if (member === 'protocols') return protocols === undefined ? [] : [[label, protocols.join(',')]]
    const values = conditions[member]
    return values === undefined ? [] : [[label, values.map(withoutHostLength).join(',')]]
  })
  return {
    id,
    friendlyName: name,
    priority,
    flags,
    type: action,
    conditions: [...fields, ...others.map(({ name: label, value }): Field => [label, value])],
    flowTtl: (flags & STATEFUL) !== 0 ? STATEFUL_TTL : 0,
    data: action === 'lbnat' ? backendLines(data) : data === '' ? [] : [data],
    flagsEx: 0,
    others: [],
  }
}

export function listedCounters({ matchedPackets, droppedPackets }: VfpRule): ListedRuleCounters {
  return { matchedPackets, droppedPackets, pendingPackets: 0, droppedFlows: 0 }
}

/** `counters` tells those of a rule, by its layer and group. */
export function layerOf(layer: ListedLayer, counters: (group: ListedGroup, rule: ListedRule) => ListedRuleCounters): VfpLayer {
  const groups = layer.groups.map((group) => groupOf(group, (rule) => counters(group, rule)))
  return {
    id: layer.id === '' ? layer.friendlyName : layer.id,
    priority: layer.priority,
    // Where the program does not say so, a layer with stateful rules must be.
    stateful: /\bstateful\b/.test(layer.flagWords) || groups.some(({ rules }) => rules.some(({ flags }) => (flags & STATEFUL) !== 0)),
    defaultAllow: (layer.flags & DEFAULT_ALLOW) !== 0,
    groups,
  }
}

function groupOf(group: ListedGroup, counters: (rule: ListedRule) => ListedRuleCounters): VfpGroup {
  return {
    id: group.id === '' ? group.friendlyName : group.id,
    priority: group.priority,
    direction: group.direction === 'OUT' ? 'out' : 'in',
    family: group.type === 'IPv4' ? 4 : 6,
    shared: false,
    rules: group.rules.map((rule) => ruleOf(rule, counters(rule))),
  }
}

export function ruleOf(rule: ListedRule, { matchedPackets, droppedPackets }: ListedRuleCounters): VfpRule {
  return {
    id: rule.id === '' ? rule.friendlyName : rule.id,
    name: rule.friendlyName,
    priority: rule.priority,
    flags: rule.flags,
    action: rule.type,
    conditions: conditionsOf(rule.conditions),
    data: rule.type === 'lbnat' ? backendText(rule.data) : rule.data.join('; '),
    matchedPackets,
    droppedPackets,
  }
}

function conditionsOf(fields: readonly Field[]): VfpRule['conditions'] {
  const conditions: { -readonly [Member in keyof VfpRule['conditions']]: VfpRule['conditions'][Member] } = {}
  const others: { name: string; value: string }[] = []
  for (const [name, value] of fields) {
    const parts = value.split(',').map((part) => part.trim())
    const known = CONDITIONS.find(([label]) => label === name)
    if (known?.[1] === 'protocols' && parts.every((part) => /^\d{1,3}$/.test(part))) conditions.protocols = parts.map(Number)
    else if (known !== undefined && known[1] !== 'protocols')
      conditions[known[1]] = known[1].endsWith('Ports') ? parts : parts.map(withHostLength)
    else others.push({ name, value })
  }
  return others.length === 0 ? conditions : { ...conditions, others }
}

/** `10.1.0.4/32` is `10.1.0.4` in a listing. */
function withoutHostLength(text: string): string {
  return text.includes(':') ? text.replace(/\/128$/, '') : text.replace(/\/32$/, '')
}

function withHostLength(text: string): string {
  if (text.includes('/') || text.includes('-')) return text
  return text.includes(':') ? `${text}/128` : `${text}/32`
}

/** `10.1.0.7:8080, [fd00::7]:8080 from 10.1.0.2` as the lines that the program has for it. */
function backendLines(data: string): readonly string[] {
  const [, list = '', , from, kept] = /^(.*?)( from (\S+?))?(, destination kept)?$/.exec(data) ?? []
  const backends = list === 'no backends' || list === '' ? [] : list.split(', ')
  return [
    'DIP Range',
    ...(backends.length === 0 ? ['<none>'] : backends.map(backendLine)),
    ...(from === undefined ? [] : [`Source IP : ${from}`]),
    ...(kept === undefined ? [] : ['Destination kept']),
  ]
}

function backendLine(backend: string): string {
  const [, bracketed, plain, port = '0'] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(backend) ?? []
  const address = bracketed ?? plain
  return address === undefined ? backend : `{ ${address} : ${port} }`
}

function backendText(lines: readonly string[]): string {
  const backends: string[] = []
  const rest: string[] = []
  let tail = ''
  for (const line of lines) {
    const [, address = '', port] = /^\{\s*(\S+)\s+:\s+(\d+)\s*\}$/.exec(line) ?? []
    const from = /^Source IP : (\S+)$/.exec(line)?.[1]
    if (address !== '') backends.push(`${address.includes(':') ? `[${address}]` : address}${port === '0' ? '' : `:${port}`}`)
    else if (from !== undefined) tail = ` from ${from}${tail}`
    else if (line === 'Destination kept') tail += ', destination kept'
    else if (line !== 'DIP Range' && line !== '<none>') rest.push(line)
  }
  const list = backends.length === 0 && lines.includes('<none>') ? 'no backends' : backends.join(', ')
  return [`${list}${tail}`, ...rest].filter((part) => part !== '').join('; ')
}
