import { canonicalIp, formatMac, parseMac } from '../../addresses.js'
import { HcnError, quoteValue } from '../../errors.js'
import { compact } from '../../policy/constructors.js'

/** Words of a text, one after the other; a quoted text is one word. */
export class WordReader {
  readonly #text: string
  readonly #words: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
  }

  peek(): string | undefined {
    return this.#words[this.#at]
  }

  take(): string | undefined {
    return this.#words[this.#at++]
  }

  skip(): undefined {
    this.#at++
  }

  next(wanted: string): string {
    const word = this.take()
    if (word === undefined) throw new HcnError('ERR_INVALID_ARGUMENT', `packet ${quoteValue(this.#text)} ends early: ${wanted} is missing`)
    return word
  }

  expect(wanted: string): void {
    const word = this.next(`\`${wanted}\``)
    if (word !== wanted) throw this.error(word, `\`${wanted}\` is wanted`)
  }

  end(): void {
    const word = this.peek()
    if (word !== undefined) throw this.error(word, 'nothing more is wanted')
  }

  error(word: string, remedy: string): HcnError {
    return new HcnError('ERR_INVALID_ARGUMENT', `packet ${quoteValue(this.#text)}: ${quoteValue(word)} is not understood; ${remedy}`)
  }

  /** The error of `read` told with the packet's text and the word it came from. */
  guard<Value>(word: string, read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      throw this.error(word, error instanceof Error ? error.message : String(error))
    }
  }

  number(high = 0xffffffff): number {
    const word = this.next('a number')
    const value = /^(\d+|0x[0-9a-f]+)$/i.test(word) ? Number(word) : Number.NaN
    if (!(value <= high)) throw this.error(word, `a number from 0 to ${high} is wanted`)
    return value
  }

  address(): string {
    return this.asAddress(this.next('an address'))
  }

  asAddress(word: string): string {
    const canonical = canonicalIp(word)
    if (canonical === undefined) throw this.error(word, 'an IPv4 or IPv6 address is wanted')
    return canonical
  }

  socket(): readonly [string, number] {
    const word = this.next('an address and a port')
    const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(word)
    const address = canonicalIp(match?.[1] ?? match?.[2] ?? '')
    const port = Number(match?.[3])
    if (address === undefined || !(port <= 65535))
      throw this.error(word, 'an address with a port is wanted: `10.1.0.4:80` or `[fd00::4]:80`')
    return [address, port]
  }

  mac(): string {
    return this.#asMac(this.next('a MAC'))
  }

  asMacs(word: string): { sourceMac?: string; destinationMac?: string } {
    const match = /^@([^>]*)>([^>]*)$/.exec(word)
    if (match === null) throw this.error(word, '`@source>destination` is wanted')
    const [, source = '', destination = ''] = match
    return compact({
      sourceMac: source === '' ? undefined : this.#asMac(source),
      destinationMac: destination === '' ? undefined : this.#asMac(destination),
    })
  }

  #asMac(word: string): string {
    const bytes = parseMac(word)
    if (bytes === undefined) throw this.error(word, 'a MAC such as `00-15-5D-00-00-01` is wanted')
    return formatMac(bytes)
  }

  asText(word: string): Uint8Array {
    return this.guard(word, () => new TextEncoder().encode(JSON.parse(word) as string))
  }

  hexBytes(): Uint8Array {
    const word = this.next('bytes in hexadecimal')
    if (!/^([0-9a-f]{2})+$/i.test(word)) throw this.error(word, 'an even number of hexadecimal digits is wanted')
    return new Uint8Array(Buffer.from(word, 'hex'))
  }
}
