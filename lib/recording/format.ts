import { HcnError } from '../errors.js'
import { HCN_CALLS } from '../native/hcn-call-shapes.js'
import type { HcnCalls } from '../native/hcn-calls.js'

/**
 * A recording is text, one JSON document per line, in the order in which things
 * happened: first what it is, then calls, their answers, and notifications.
 * Calls are numbered from 0; a handle is named by the call that gave it.
 */
export const FORMAT = 'hns-vfp recording'
export const VERSION = 1

export type Argument = string | { readonly handle: number }

export interface CallLine {
  readonly call: number
  readonly name: keyof HcnCalls
  readonly arguments: readonly Argument[]
}

export interface ErrorLine {
  readonly hresult: number
  readonly message: string
  readonly record: string | null
}

export interface AnswerLine {
  /** The call's number. */
  readonly answer: number
  /** Of a call that gives text; of one that gives a range of ports, `startingPort` and `endingPort` as JSON. */
  readonly text?: string
  readonly error?: ErrorLine
}

export interface NotificationLine {
  /** The registration's number. */
  readonly notification: number
  readonly type: number
  readonly status: number
  readonly data: string | null
}

export type Line = CallLine | AnswerLine | NotificationLine

/** Lines that were checked: each answer has its call, each handle the call that gave it. */
export type Recording = readonly Line[]

/** More would be read into memory at once. */
export const MAX_BYTES = 512 * 1024 * 1024

/** @throws HcnError `ERR_RECORDING_INVALID`: which line, and what is wrong with it. */
export function readRecording(text: string): Recording {
  const [head, ...rows] = text.split('\n')
  // A program that was killed leaves its last line unfinished; what came before counts.
  const last = rows.pop()
  if (last === undefined) throw invalid(1, 'the first line is missing or unfinished')
  checkHead(parseLine(head as string, 1))
  const reader = new Reader()
  return rows.map((row, index) => reader.read(parseLine(row, index + 2), index + 2))
}

function checkHead(head: Readonly<Record<string, unknown>>): void {
  if (head.format !== FORMAT) throw invalid(1, `\`format\` is not \`${FORMAT}\``)
  if (head.version !== VERSION) throw invalid(1, `\`version\` is ${JSON.stringify(head.version)}; this package reads ${VERSION}`)
}

class Reader {
  readonly #calls: (keyof HcnCalls)[] = []
  readonly #answered = new Map<number, 'well' | 'badly'>()

  read(line: Readonly<Record<string, unknown>>, number: number): Line {
    if (line.call !== undefined) return this.#call(line, number)
    if (line.answer !== undefined) return this.#answer(line, number)
    if (line.notification !== undefined) return this.#notification(line, number)
    throw invalid(number, 'none of `call`, `answer` and `notification` is in it')
  }

  #call(line: Readonly<Record<string, unknown>>, number: number): CallLine {
    if (line.call !== this.#calls.length) throw invalid(number, `\`call\` is not ${this.#calls.length}, the next number`)
    const { name, arguments: given } = line
    if (typeof name !== 'string' || !Object.hasOwn(HCN_CALLS, name)) throw invalid(number, '`name` is no call of HCN')
    if (!Array.isArray(given)) throw invalid(number, '`arguments` is no list')
    const known = name as keyof HcnCalls
    const wanted = HCN_CALLS[known].handles ?? []
    const read = given.map((argument: unknown, position): Argument => {
      if (!wanted.includes(position)) {
        if (typeof argument !== 'string') throw invalid(number, `argument ${position} is no text`)
        return argument
      }
      const handle = (argument as { handle?: unknown } | null)?.handle
      if (handle !== -1) this.#checkGiven(handle, number)
      return { handle: handle as number }
    })
    for (const position of wanted) if (position >= read.length) throw invalid(number, `argument ${position} is missing`)
    this.#calls.push(known)
    return { call: line.call as number, name: known, arguments: read }
  }

  #answer(line: Readonly<Record<string, unknown>>, number: number): AnswerLine {
    const answer = line.answer as number
    const name = this.#calls[answer]
    if (name === undefined || this.#answered.has(answer)) throw invalid(number, '`answer` is of no call that waits for one')
    this.#answered.set(answer, line.error === undefined ? 'well' : 'badly')
    if (line.error !== undefined) return { answer, error: readError(line.error, number) }
    const { gives } = HCN_CALLS[name]
    if (gives !== 'text' && gives !== 'portRange') return { answer }
    if (typeof line.text !== 'string') throw invalid(number, '`text` is no text')
    if (gives === 'portRange' && readPortRange(line.text) === undefined) throw invalid(number, '`text` is no range of ports')
    return { answer, text: line.text }
  }

  #notification(line: Readonly<Record<string, unknown>>, number: number): NotificationLine {
    const { notification, type, status, data } = line
    if (typeof notification !== 'number' || !isRegistration(this.#calls[notification]))
      throw invalid(number, '`notification` is of no registration')
    if (!isUint32(type)) throw invalid(number, '`type` is no unsigned 32-bit number')
    if (!isUint32(status)) throw invalid(number, '`status` is no unsigned 32-bit number')
    if (typeof data !== 'string' && data !== null) throw invalid(number, '`data` is neither text nor null')
    return { notification, type, status, data }
  }

  #checkGiven(handle: unknown, number: number): void {
    const name = typeof handle === 'number' ? this.#calls[handle] : undefined
    if (name === undefined || HCN_CALLS[name].kind === undefined || this.#answered.get(handle as number) !== 'well')
      throw invalid(number, '`handle` was given by no call before')
  }
}

/** Undefined: it is none. */
export function readPortRange(text: string | undefined): { readonly startingPort: number; readonly endingPort: number } | undefined {
  try {
    const { startingPort, endingPort } = JSON.parse(text ?? '') as Record<string, unknown>
    return isPort(startingPort) && isPort(endingPort) && startingPort <= endingPort ? { startingPort, endingPort } : undefined
  } catch {
    return undefined
  }
}

function isPort(value: unknown): value is number {
  return isUint32(value) && value <= 0xffff
}

function isRegistration(name: keyof HcnCalls | undefined): boolean {
  return name === 'registerServiceCallback' || name === 'registerGuestNetworkServiceCallback'
}

function readError(value: unknown, number: number): ErrorLine {
  const { hresult, message, record } = (typeof value === 'object' && value !== null ? value : {}) as Partial<ErrorLine>
  if (!isUint32(hresult) || hresult < 0x80000000) throw invalid(number, '`hresult` is no failing HRESULT')
  if (typeof message !== 'string') throw invalid(number, '`message` is no text')
  if (typeof record !== 'string' && record !== null) throw invalid(number, '`record` is neither text nor null')
  return { hresult, message, record }
}

function parseLine(text: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid(number, 'it is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(number, 'it is no object')
  return value as Readonly<Record<string, unknown>>
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff
}

function invalid(line: number, what: string): HcnError {
  return new HcnError('ERR_RECORDING_INVALID', `line ${line} of the recording: ${what}`)
}
