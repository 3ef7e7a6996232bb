import { invalidArgument } from '../errors.js'

/** How the settings of policies on the wire say things. */

/** What some agents write for any protocol. */
const ANY_PROTOCOL = 256

/** Members that say nothing are none. */
export function isEmpty(rest: object): boolean {
  return Object.values(rest).every((value) => value === undefined || value === null || value === '')
}

export function word(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

export function splitList(text: unknown): readonly string[] {
  if (text === undefined || text === null || text === '') return []
  if (typeof text !== 'string') throw invalidArgument('list', text, 'a comma-separated text is wanted')
  return text.split(',').map((part) => part.trim())
}

/** Numbers; empty for any. */
export function splitProtocols(text: unknown): readonly number[] {
  const protocols = splitList(text).map(Number)
  return protocols.includes(ANY_PROTOCOL) ? [] : protocols
}
