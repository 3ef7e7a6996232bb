import { randomUUID } from 'node:crypto'
import type { Answered, HostComputeBase } from '../../types/index.js'
import { isGuid } from '../addresses.js'
import { HcnError, invalidArgument, quoteValue } from '../errors.js'
import { parseAnswer } from '../native/answer.js'
import type { NativeHandle, NativeHost } from '../native/hcn-calls.js'
import { checkMembers, checkObject, checkString } from '../policy/check.js'
import { type CallOptions, Wait } from './call-options.js'
import type { HostContext } from './host-context.js'
import { type Kind, QUERY_ALL, queryFor } from './kind.js'
import type { ObjectHandle } from './object-handle.js'

/** Opens and queries in flight while a list is read one by one. */
const LIST_WIDTH = 32
/** Objects read in one call: a thousand keep a thread busy for some milliseconds, and answers hardly wait for each other. */
const LIST_CHUNK = 256
/** Such calls in flight: one is answered while the next one is read. */
const CHUNKS_IN_FLIGHT = 2

export type HandleMaker<Handle, Document extends HostComputeBase> = (
  context: HostContext,
  document: Answered<Document>,
  native: NativeHandle | undefined,
) => Handle

/** An object that was listed, and its document. */
export interface ListedText {
  readonly id: string
  readonly text: string
}

/** What the collections of all kinds do alike. */
export abstract class Collection<Handle extends ObjectHandle<Document>, Document extends HostComputeBase> {
  readonly #kind: Kind
  protected readonly context: HostContext
  readonly #make: HandleMaker<Handle, Document>

  /** @internal */
  constructor(kind: Kind, context: HostContext, make: HandleMaker<Handle, Document>) {
    this.#kind = kind
    this.context = context
    this.#make = make
  }

  /**
   * A handle on the object of that id.
   *
   * @throws HcnError the kind's not-found code, `ERR_INVALID_ARGUMENT`, `ERR_TIMEOUT`.
   */
  async open(id: string, options: CallOptions = {}): Promise<Handle> {
    return this.openById(checkGuid('id', id, '; find({ name }) goes by name'), Wait.from(options))
  }

  /**
   * All objects, in no particular order, as they were read one after the other.
   * One that vanishes meanwhile is left out.
   */
  async list(options: CallOptions = {}): Promise<readonly Handle[]> {
    return this.listMatching(QUERY_ALL, Wait.from(options))
  }

  /** The first object of that name; undefined when there is none. The service compares with case. */
  async find(filter: { readonly name: string }, options: CallOptions = {}): Promise<Handle | undefined> {
    checkMembers('find', checkObject('find', filter, '{ name } is wanted'), ['name'])
    const query = queryFor({ Name: checkString('find.name', filter.name) })
    return this.findMatching(query, Wait.from(options))
  }

  /**
   * As {@link find}, where there has to be one.
   *
   * @throws HcnError the kind's not-found code.
   */
  async get(filter: { readonly name: string }, options: CallOptions = {}): Promise<Handle> {
    const found = await this.find(filter, options)
    if (found !== undefined) return found
    throw new HcnError(this.#kind.notFound, `there is no ${this.#kind.noun} named ${quoteValue(filter.name)}`)
  }

  /** @internal */
  async openById(id: string, wait: Wait): Promise<Handle> {
    const label = `${this.#kind.noun} ${quoteValue(id)}`
    const native = await this.#openNative(id, wait)
    try {
      const text = await this.context.read(`query ${label}`, wait, (calls) => this.#kind.query(calls, native, QUERY_ALL))
      return this.#make(this.context, parseAnswer<Answered<Document>>(`query ${label}`, text), native)
    } catch (error) {
      this.#closeNative(native)
      throw error
    }
  }

  async #openNative(id: string, wait: Wait): Promise<NativeHandle> {
    const label = `${this.#kind.noun} ${quoteValue(id)}`
    let waiting = true
    const opening = (calls: NativeHost) => {
      const native = this.#kind.open(calls, id)
      native.then(
        (late) => {
          if (!waiting) this.#closeNative(late)
        },
        () => undefined,
      )
      return native
    }
    try {
      return await this.context.read(`open ${label}`, wait, opening)
    } finally {
      waiting = false
    }
  }

  #closeNative(native: NativeHandle): void {
    if (this.context.closed) return
    this.context
      .change(`close ${this.#kind.noun}`, { kind: this.#kind.kind, id: '' }, Wait.from(), (calls) => this.#kind.close(calls, native))
      .catch(() => undefined)
  }

  /** @internal */
  async listMatching(query: string, wait: Wait): Promise<readonly Handle[]> {
    const texts = await this.listTexts(query, wait)
    return texts.map(({ text }) => this.fromText(text))
  }

  /** @internal The document of each that is there. */
  async listTexts(query: string, wait: Wait): Promise<readonly ListedText[]> {
    const ids = await this.#ids(query, wait)
    const texts = new Array<string | undefined>(ids.length)
    const chunks = Array.from({ length: Math.ceil(ids.length / LIST_CHUNK) }, (_, i) => i * LIST_CHUNK)
    await each(chunks, CHUNKS_IN_FLIGHT, async (from) => {
      const read = await this.#readEach(ids.slice(from, from + LIST_CHUNK), wait)
      read.forEach((text, i) => {
        texts[from + i] = text
      })
    })
    return ids.flatMap((id, i) => {
      const text = texts[i]
      return text === undefined ? [] : [{ id, text }]
    })
  }

  /** @internal A handle that holds nothing open. */
  fromText(text: string): Handle {
    return this.#make(this.context, parseAnswer<Answered<Document>>(`query a ${this.#kind.noun}`, text), undefined)
  }

  /** As {@link #readOne} of each, in one call where the host has one for it. */
  async #readEach(ids: readonly string[], wait: Wait): Promise<readonly (string | undefined)[]> {
    const { kind, noun } = this.#kind
    const answers = await this.context.read(`query ${noun}s`, wait, async (calls) => calls.queryEach?.(kind, ids, QUERY_ALL))
    if (answers === undefined) {
      const texts = new Array<string | undefined>(ids.length)
      await each([...ids.keys()], LIST_WIDTH, async (i) => {
        texts[i] = await this.#readOne(ids[i] as string, wait)
      })
      return texts
    }
    return answers.map((answer, i) => {
      if (typeof answer === 'string') return answer
      const error = this.context.explained(`query ${noun} \`${ids[i]}\``, answer)
      if (this.#isGone(error)) return undefined
      throw error
    })
  }

  /** @internal */
  async findMatching(query: string, wait: Wait): Promise<Handle | undefined> {
    for (const id of await this.#ids(query, wait)) {
      try {
        return await this.openById(id, wait)
      } catch (error) {
        if (!this.#isGone(error)) throw error
      }
    }
    return undefined
  }

  async #ids(query: string, wait: Wait): Promise<readonly string[]> {
    const text = await this.context.read(`list ${this.#kind.noun}s`, wait, (calls) => this.#kind.enumerate(calls, query))
    return parseAnswer<readonly string[]>(`list ${this.#kind.noun}s`, text, 'list')
  }

  /** The object's document as it is now; undefined when it is gone. */
  async #readOne(id: string, wait: Wait): Promise<string | undefined> {
    try {
      const native = await this.#openNative(id, wait)
      try {
        return await this.context.read(`query ${this.#kind.noun} ${quoteValue(id)}`, wait, (calls) =>
          this.#kind.query(calls, native, QUERY_ALL),
        )
      } finally {
        this.#closeNative(native)
      }
    } catch (error) {
      if (this.#isGone(error)) return undefined
      throw error
    }
  }

  #isGone(error: unknown): boolean {
    return HcnError.is(error, this.#kind.notFound) || HcnError.is(error, 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
  }

  /** Creates, then reads what the service made of it. */
  protected async make(label: string, id: string, wait: Wait, create: (calls: NativeHost) => Promise<NativeHandle>): Promise<Handle> {
    const object = { kind: this.#kind.kind, id }
    const native = await this.context.change(`create ${label}`, object, wait, create, (late) => this.#closeNative(late))
    try {
      const text = await this.context.read(`query ${label}`, wait, (calls) => this.#kind.query(calls, native, QUERY_ALL), object)
      return this.#make(this.context, parseAnswer<Answered<Document>>(`query ${label}`, text), native)
    } catch (error) {
      this.#closeNative(native)
      throw error
    }
  }
}

/** Runs `work` for each item, `width` of them at a time, in order of their beginning. */
async function each<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) await work(items[next++] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
}

/** The id given, or a new one: made here, so that a create nobody waited for can be asked about. */
export function chooseId(field: string, id: unknown): string {
  return id === undefined ? randomUUID() : checkGuid(field, id)
}

const ZERO_GUID = '00000000-0000-0000-0000-000000000000'

/** `otherwise`: what else would do, for the message. */
export function checkGuid(field: string, value: unknown, otherwise = ''): string {
  if (typeof value !== 'string' || !isGuid(value))
    throw invalidArgument(field, value, `a GUID such as \`c08cb7b8-9b3c-408e-8e30-5e16a3aeb444\` is wanted, without braces${otherwise}`)
  if (value === ZERO_GUID) throw invalidArgument(field, value, 'the zero GUID names no object')
  return value
}
