import { clip, HcnError, quoteValue } from '../errors.js'

/** A line of a listing: how far it stands in, and what it says. */
export interface Line {
  readonly indent: number
  readonly text: string
}

/**
 * What stands between the heading of a listing and its last line, without the
 * empty lines: `Command list-rule succeeded!` ends every one, so that one that
 * was cut off is known.
 *
 * @throws HcnError `ERR_INVALID_ANSWER`; what {@link checkForFailure} throws.
 */
export function listingLines(verb: string, output: string): readonly Line[] {
  checkForFailure(verb, output)
  const lines: Line[] = []
  for (const raw of output.split('\n')) {
    const text = raw.trim()
    if (text === '' || text === 'ITEM LIST' || text === 'PORT STATE' || /^=+$/.test(text)) continue
    if (isTrailer(verb, text)) return lines
    lines.push({ indent: raw.length - raw.trimStart().length, text })
  }
  throw notUnderstood(verb, output, 'it has no end (`Command … succeeded!`)')
}

/** Whether the line says that the command has succeeded. */
export function isTrailer(verb: string, text: string): boolean {
  return text.toLowerCase() === `command ${verb} succeeded!`
}

/** The end of a listing. */
export function trailer(verb: string): string {
  return `Command ${verb} succeeded!`
}

/**
 * `vfpctrl.exe` may end well and have said, in its first line, that it failed.
 *
 * @throws HcnError `HCN_E_PORT_NOT_FOUND` (no such port, or VFP is not enabled
 * at it), `ERROR_ACCESS_DENIED`, `ERR_PROGRAM_FAILED`.
 */
export function checkForFailure(verb: string, output: string): void {
  const first = output.trimStart().split('\n', 1)[0]?.trim() ?? ''
  if (/^ERROR: |^Error \(\d+\)/i.test(first) || /^command \S+ failed/i.test(first)) throw failureOf(verb, output)
}

/** The error for what the program said when it failed. */
export function failureOf(verb: string, output: string): HcnError {
  // What matters stands at its beginning.
  const said = output.trimStart().slice(0, 1000)
  const what = `vfpctrl /${verb}`
  if (/access is denied|\b(?:error|\()\s*\(?5\b|0x80070005/i.test(said))
    return new HcnError('ERROR_ACCESS_DENIED', `${what}: ${shown(said)}; an administrator's rights are wanted`)
  // 2 is what it says of a port that is not enabled (ERROR_FILE_NOT_FOUND).
  if (/^\s*Error \(2\)/i.test(said) || (/port/i.test(said) && /not found|not exist|invalid port/i.test(said)))
    return new HcnError('HCN_E_PORT_NOT_FOUND', `${what}: ${shown(said)}; hns.vfp.ports() lists the ports`)
  return new HcnError('ERR_PROGRAM_FAILED', `${what}: ${shown(said)}`)
}

/** `ERR_INVALID_ANSWER` with what was not understood. */
export function notUnderstood(verb: string, said: string, why: string): HcnError {
  const message = `vfpctrl /${verb}: its answer is not understood: ${why}; it begins ${quoteValue(said.trim())}; hns.vfp.text() gives it as it is`
  return new HcnError('ERR_INVALID_ANSWER', message)
}

/** `Key : value`, split at the first colon; undefined where the line has none. */
export function fieldOf(text: string): readonly [key: string, value: string] | undefined {
  const colon = text.indexOf(':')
  if (colon < 1) return undefined
  return [text.slice(0, colon).trimEnd(), text.slice(colon + 1).trim()]
}

/** The number that a value begins with; words after it only name its bits. */
export function leadingNumber(value: string | undefined): number | undefined {
  const digits = /^\d{1,16}(?![\d.])/.exec(value ?? '')?.[0]
  if (digits === undefined) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}

/** A text of somebody else's in a line of its own: what would end the line, or look like the next, is a blank. */
export function inLine(text: string): string {
  return [...text]
    .map((character) => (isControl(character) ? ' ' : character))
    .join('')
    .trim()
}

/** Also the three that Unicode has for the end of a line. */
function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029
}

/** Lines as the program ends them. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('')
}

function shown(said: string): string {
  return said.trim() === '' ? 'it failed and said nothing' : clip(said.trim().replace(/\s*\n\s*/g, '; '))
}
