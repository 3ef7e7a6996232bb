import type { Answered, HostComputeBase } from '../../types/index.js'
import { clip, HcnError, quoteValue } from '../errors.js'
import { parseAnswer } from '../native/answer.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { type CallOptions, Wait } from './call-options.js'
import type { HostContext, ObjectName } from './host-context.js'
import { jsonText } from './json-text.js'
import { type Kind, type ObjectKind, QUERY_ALL } from './kind.js'

/**
 * What the handles of all kinds do alike.
 *
 * Closing a handle leaves the object where it is; `delete()` removes the object.
 * Both may be called twice. A handle from `list()` is opened by its first use.
 *
 * Properties tell what was last read: when the handle was made, by {@link query},
 * or by an `update()` or `setState()` of this handle. Adding and removing (policies, subnets, DNS
 * settings) does not read: ask {@link query} before you look at the result.
 */
export abstract class ObjectHandle<Document extends HostComputeBase> implements AsyncDisposable {
  /** A GUID, in the service's spelling. */
  readonly id: string
  readonly #kind: Kind
  readonly #context: HostContext
  #document: Answered<Document>
  #native: NativeHandle | undefined
  #opening: Promise<NativeHandle> | undefined
  #closed = false

  /** @internal */
  constructor(kind: Kind, context: HostContext, document: Answered<Document>, native: NativeHandle | undefined) {
    this.id = document.ID
    this.#kind = kind
    this.#context = context
    this.#document = document
    if (native !== undefined) this.#keep(native)
  }

  /** HCN's own document, as it was last read. */
  get document(): Answered<Document> {
    return this.#document
  }

  /** Empty when the object has none. */
  get name(): string {
    return this.#document.Name ?? ''
  }

  /**
   * Reads the object anew.
   *
   * @throws HcnError `HCN_E_OBJECT_USED_AFTER_UNLOAD` when the object is gone, `ERR_HANDLE_CLOSED`, `ERR_TIMEOUT`.
   */
  async query(options: CallOptions = {}): Promise<Answered<Document>> {
    return this.readDocument(Wait.from(options))
  }

  /**
   * Removes the object, and closes this handle. An object that is gone already
   * is success. A network takes its endpoints with it; what an endpoint was part of
   * (namespaces, load balancers, SDN routes) stays without it.
   *
   * @throws HcnError whatever the service says against it; `ERR_OUTCOME_UNKNOWN`.
   */
  async delete(options: CallOptions = {}): Promise<void> {
    await this.remove(Wait.from(options))
  }

  /** Frees the handle. The object stays. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#opening?.catch(() => undefined)
    // Cleared first, so that two closes in flight cannot free the handle twice.
    const native = this.#native
    this.#native = undefined
    this.#context.unwatch(this)
    if (native === undefined || this.#context.closed) return
    await this.#context.change(`close ${this.label}`, this.objectName, Wait.from(), (calls) => this.#kind.close(calls, native))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal */
  get objectKind(): ObjectKind {
    return this.#kind.kind
  }

  /** For messages: ``endpoint `web` ``. */
  protected get label(): string {
    return `${this.#kind.noun} \`${this.name === '' ? this.id : this.name}\``
  }

  protected get objectName(): ObjectName {
    return { kind: this.#kind.kind, id: this.id }
  }

  protected get context(): HostContext {
    return this.#context
  }

  /** @internal */
  async readDocument(wait: Wait, after?: ObjectName): Promise<Answered<Document>> {
    const native = await this.nativeHandle(wait)
    const text = await this.#context.read(`query ${this.label}`, wait, (calls) => this.#kind.query(calls, native, QUERY_ALL), after)
    this.#document = parseAnswer<Answered<Document>>(`query ${this.label}`, text)
    return this.#document
  }

  /** @internal */
  async remove(wait: Wait): Promise<void> {
    this.#context.checkOpen(`delete ${this.label}`)
    await this.close()
    await deleteById(this.#kind, this.#context, this.id, wait, this.label)
  }

  protected async modify(what: string, settings: unknown, wait: Wait): Promise<void> {
    const native = await this.nativeHandle(wait)
    const text = jsonText('settings', settings)
    await this.#context.change(`${what} ${this.label}`, this.objectName, wait, (calls) => this.#kind.modify(calls, native, text))
  }

  /** @internal */
  async nativeHandle(wait: Wait): Promise<NativeHandle> {
    if (this.#native !== undefined) return this.#native
    if (this.#closed)
      throw new HcnError(
        'ERR_HANDLE_CLOSED',
        `${this.label} was closed; hns.${this.#kind.collection}.open('${clip(this.id)}') opens it again`,
      )
    // One opening for all who ask meanwhile; each of them waits as long as it wants.
    this.#opening ??= this.#context
      .read(`open ${this.label}`, Wait.from(), (calls) => this.#kind.open(calls, this.id))
      .then((native) => {
        this.#keep(native)
        return native
      })
      .finally(() => {
        this.#opening = undefined
      })
    return wait.settle(this.#opening, () => new HcnError('ERR_TIMEOUT', `open ${this.label}: no answer within ${wait.timeout} ms`))
  }

  /** Another handle on what goes by the same id now; the one before is closed. */
  protected adopt(native: NativeHandle): void {
    const before = this.#native
    this.#native = undefined
    this.#context.unwatch(this)
    const unneeded = this.#closed ? native : before
    if (!this.#closed) this.#keep(native)
    if (unneeded === undefined || this.#context.closed) return
    this.#context
      .change(`close ${this.label}`, this.objectName, Wait.from(), (calls) => this.#kind.close(calls, unneeded))
      .catch(() => undefined)
  }

  #keep(native: NativeHandle): void {
    this.#native = native
    this.#context.watch(this, this.label)
  }
}

/** Already gone is success. */
export async function deleteById(
  kind: Kind,
  context: HostContext,
  id: string,
  wait: Wait,
  label = `${kind.noun} ${quoteValue(id)}`,
): Promise<void> {
  try {
    await context.change(`delete ${label}`, { kind: kind.kind, id }, wait, (calls) => kind.delete(calls, id))
  } catch (error) {
    if (!HcnError.is(error, kind.notFound)) throw error
  }
}
