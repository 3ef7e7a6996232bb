import { canonicalIp, parseMac, parsePrefix } from '../addresses.js'
import { invalidArgument, quoteValue } from '../errors.js'

/** Checks of values where they enter. `field` is how the user wrote the way to it: `acl.remoteAddresses[0]`. */

export function checkObject(field: string, value: unknown, remedy = 'an object is wanted'): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidArgument(field, value, remedy)
  return value as Readonly<Record<string, unknown>>
}

/** A misspelt member would otherwise be ignored, and a rule mean more than its author thinks. */
export function checkMembers(field: string, value: object, known: readonly string[]): void {
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) {
      throw invalidArgument(
        `${field}.${member}`,
        (value as Record<string, unknown>)[member],
        `no such member; known are ${known.join(', ')}`,
      )
    }
  }
}

export function checkOneOf<Choice extends string>(field: string, value: unknown, choices: readonly Choice[]): Choice {
  if (choices.includes(value as Choice)) return value as Choice
  throw invalidArgument(field, value, `one of ${choices.map((choice) => `'${choice}'`).join(', ')} is wanted`)
}

export function checkString(field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw invalidArgument(field, value, 'a text that is not empty is wanted')
  if (value.includes('\0')) throw invalidArgument(field, value, 'it contains a NUL, which ends a text on the way to the service')
  return value
}

export function checkBoolean(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgument(field, value, 'true or false is wanted')
  return value
}

export function checkInteger(field: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
  throw invalidArgument(field, value, `a whole number from ${low} to ${high} is wanted`)
}

export function checkList<Item>(
  field: string,
  value: unknown,
  check: (field: string, item: unknown) => Item,
  remedy = 'a list is wanted',
): readonly Item[] {
  if (!Array.isArray(value)) throw invalidArgument(field, value, remedy)
  try {
    return value.map((item) => check(field, item))
  } catch {
    // Where in the list it is, is written only for a mistake: rules come by the hundred thousand.
    return value.map((item, i) => check(`${field}[${i}]`, item))
  }
}

const ANY = /^(any|all|\*|0\.0\.0\.0|::)$/i

export function checkAddress(field: string, value: unknown): string {
  const canonical = typeof value === 'string' ? canonicalIp(value) : undefined
  if (canonical === undefined) throw invalidArgument(field, value, 'an IPv4 or IPv6 address such as `10.1.0.4` or `fd00::4` is wanted')
  return canonical
}

/** The prefix in its one spelling; `10.1.0.4` stays an address where `bare` allows it. */
export function checkPrefix(field: string, value: unknown, bare: 'allow address' | 'prefix only' = 'prefix only'): string {
  if (typeof value === 'string') {
    const prefix = parsePrefix(value)
    if (prefix !== undefined) return `${canonicalIp(value.slice(0, value.indexOf('/')))}/${prefix.length}`
    const address = canonicalIp(value)
    if (address !== undefined && bare === 'allow address') return address
    if (address !== undefined)
      throw invalidArgument(field, value, `its length is missing; one address is \`${address}/${address.includes(':') ? 128 : 32}\``)
    if (ANY.test(value)) throw invalidArgument(field, value, 'there is no word for any address: leave the list out')
  }
  throw invalidArgument(field, value, 'an address or prefix such as `10.1.0.4` or `10.1.0.0/16` is wanted')
}

export function checkPort(field: string, value: unknown): number {
  return checkInteger(field, value, 1, 65535)
}

/** `80`, `'80'` or `'8000-8080'`, as text. */
export function checkPortRange(field: string, value: unknown): string {
  if (typeof value === 'number') return String(checkInteger(field, value, 0, 65535))
  if (typeof value === 'string') {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value)
    if (match !== null) {
      const low = Number(match[1])
      const high = match[2] === undefined ? low : Number(match[2])
      if (high > 65535) throw invalidArgument(field, value, 'ports end at 65535')
      if (low > high) throw invalidArgument(field, value, `the range is empty; \`${high}-${low}\` may be meant`)
      return match[2] === undefined ? String(low) : `${low}-${high}`
    }
    if (ANY.test(value)) throw invalidArgument(field, value, 'there is no word for any port: leave the list out')
    if (value.includes(','))
      throw invalidArgument(
        field,
        value,
        `a list is wanted: [${value
          .split(',')
          .map((part) => `'${part.trim()}'`)
          .join(', ')}]`,
      )
  }
  throw invalidArgument(field, value, 'a port such as 80 or a range such as `8000-8080` is wanted')
}

/** The names this package uses for IANA's protocol numbers. */
const PROTOCOL_NUMBERS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const

const PROTOCOL_NAMES = new Map<number, keyof typeof PROTOCOL_NUMBERS>(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name as keyof typeof PROTOCOL_NUMBERS]),
)

/** `number`: an IANA number from 0 to 255 that has no name here. */
export type Protocol = keyof typeof PROTOCOL_NUMBERS | number

export function checkProtocol(field: string, value: unknown): Protocol {
  if (typeof value === 'string') {
    if (Object.hasOwn(PROTOCOL_NUMBERS, value)) return value as Protocol
    if (ANY.test(value)) throw invalidArgument(field, value, 'there is no word for any protocol: leave it out')
  } else if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255) {
    return protocolOfNumber(value)
  } else if (value === 256) {
    throw invalidArgument(field, value, 'for any protocol leave it out')
  }
  throw invalidArgument(field, value, `${Object.keys(PROTOCOL_NUMBERS).map(quoteValue).join(', ')} or a number from 0 to 255 is wanted`)
}

export function protocolNumber(protocol: Protocol): number {
  return typeof protocol === 'number' ? protocol : PROTOCOL_NUMBERS[protocol]
}

/** The name of a protocol where it has one. */
export function protocolOfNumber(number: number): Protocol {
  return PROTOCOL_NAMES.get(number) ?? number
}

/** As given, but with hyphens. */
export function checkMac(field: string, value: unknown): string {
  if (typeof value !== 'string' || parseMac(value) === undefined)
    throw invalidArgument(field, value, 'a MAC such as `00-15-5D-01-02-03` is wanted')
  return value.replaceAll(':', '-')
}

/** 36 characters, not all zero. */
export function checkGuidText(field: string, value: unknown): string {
  if (typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) && !/^[0-]*$/.test(value)) return value
  throw invalidArgument(field, value, 'a GUID such as `01234567-89ab-cdef-0123-456789abcdef` is wanted')
}
