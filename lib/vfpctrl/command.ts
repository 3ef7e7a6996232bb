import { HcnError, invalidArgument, quoteValue } from '../errors.js'

/** What a switch of `vfpctrl.exe` names, and not does. */
const TARGETS = [
  'port',
  'switch',
  'layer',
  'group',
  'rule',
  'nat-pool',
  'nat-range',
  'space',
  'mapping',
  'queue',
  'tag',
  'rulecounter',
] as const

export type VfpctrlTarget = (typeof TARGETS)[number]

/** A command line of `vfpctrl.exe`: one verb, and what it is about. */
export interface VfpctrlCommand {
  /** Without its slash, in lower case: `list-rule`. */
  readonly verb: string
  /** What follows some verbs, as one text: `6 10.1.0.4 1234 10.96.0.1 80 out 1`. */
  readonly argument: string | undefined
  readonly targets: Readonly<Partial<Record<VfpctrlTarget, string>>>
  /** `/format 1`: one JSON document in place of text. */
  readonly json: boolean
}

/**
 * Switches in any order, their case ignored, as `vfpctrl.exe` takes them:
 * `/port ID /layer ID /list-rule`.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT`: no verb or more than one, a switch
 * without its value. `ERR_NOT_SUPPORTED`: the verb changes the switch.
 */
export function parseCommand(words: readonly string[]): VfpctrlCommand {
  const targets: Partial<Record<VfpctrlTarget, string>> = {}
  let verb: string | undefined
  let argument: string | undefined
  let json = false
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (!/^\/[a-z0-9-]+$/i.test(word)) throw invalidArgument('vfpctrl', word, 'a switch such as `/list-layer` is wanted')
    const name = word.slice(1).toLowerCase()
    const next = words[i + 1]
    const value = next === undefined || next.startsWith('/') ? undefined : next
    if (value !== undefined) i += 1
    if (isTarget(name)) {
      if (value === undefined || value === '') throw invalidArgument('vfpctrl', word, 'an id is wanted after it')
      if (targets[name] !== undefined) throw invalidArgument('vfpctrl', word, 'it is given twice')
      targets[name] = checkValue(word, value)
    } else if (name === 'format') {
      if (value !== '1') throw invalidArgument('vfpctrl', `${word} ${value ?? ''}`.trim(), '`/format 1`, for JSON, is all there is')
      json = true
    } else {
      if (verb !== undefined) throw invalidArgument('vfpctrl', word, `one verb is wanted, and \`/${verb}\` is there already`)
      verb = name
      argument = value === undefined ? undefined : checkValue(word, value)
    }
  }
  if (verb === undefined) throw invalidArgument('vfpctrl', words.join(' '), 'a verb such as `/list-layer` is wanted')
  if (!READS.test(verb)) {
    const message = `vfpctrl /${verb}: only verbs that read are run (\`/list-…\`, \`/get-…\`, \`/process-tuples\`, \`/match-tuple\`); policies of HNS change the switch`
    throw new HcnError('ERR_NOT_SUPPORTED', message)
  }
  return { verb, argument, targets, json }
}

const READS = /^(list-|get-|process-tuples$|match-tuple$)/

/** Its words, for the program itself. */
export function commandWords({ verb, argument, targets, json }: VfpctrlCommand): readonly string[] {
  return [
    ...Object.entries(targets).flatMap(([name, value]) => [`/${name}`, value]),
    `/${verb}`,
    ...(argument === undefined ? [] : [argument]),
    ...(json ? ['/format', '1'] : []),
  ]
}

/** As a person would type it, for messages. */
export function commandText(command: VfpctrlCommand): string {
  return `vfpctrl ${commandWords(command)
    .map((word) => (word.includes(' ') ? `"${word}"` : word))
    .join(' ')}`
}

/** A command line as one text; double quotes hold what has blanks. */
export function splitWords(line: string): readonly string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  if (words.some((word) => word.includes('"'))) throw invalidArgument('vfpctrl', line, 'a double quote has no end')
  return words
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`: the verb needs to be told of which port, or layer. */
export function targetOf(command: VfpctrlCommand, target: VfpctrlTarget): string {
  const value = command.targets[target]
  if (value !== undefined) return value
  throw invalidArgument('vfpctrl', `/${command.verb}`, `\`/${target} ID\` is wanted with it`)
}

function isTarget(name: string): name is VfpctrlTarget {
  return (TARGETS as readonly string[]).includes(name)
}

/** A quote would end the word where Windows puts command lines together; what cannot be printed is no id. */
function checkValue(word: string, value: string): string {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f || character === '"')
      throw invalidArgument('vfpctrl', value, `${quoteValue(word)} takes no double quotes and no control characters`)
  }
  return value
}
