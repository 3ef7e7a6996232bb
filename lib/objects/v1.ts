import { randomUUID } from 'node:crypto'
import type { V1Envelope, V1Method } from '../../types/index.js'
import { codeOfHresult, HcnError } from '../errors.js'
import { checkOneOf, checkString } from '../policy/check.js'
import { type CallOptions, Wait } from './call-options.js'
import type { HostContext, ObjectName } from './host-context.js'
import { jsonText } from './json-text.js'

const KINDS: Readonly<Record<string, ObjectName['kind']>> = {
  networks: 'network',
  endpoints: 'endpoint',
  namespaces: 'namespace',
}

/** The v1 API of HNS, as `hns.v1`: the same objects by path, in v1's spelling. */
export class V1 {
  readonly #context: HostContext
  readonly #errorSymbols: Readonly<Record<string, string>>

  /** @internal */
  constructor(context: HostContext, errorSymbols: Readonly<Record<string, string>>) {
    this.#context = context
    this.#errorSymbols = errorSymbols
  }

  /**
   * `HNSCall(method, path, body)`. Resolves to the answer's `Output`; undefined
   * when it has none.
   *
   * A document POSTed to a collection without an `ID` is given one here, so that
   * `reconcile()` can tell what became of it.
   *
   * @param path Such as `/networks` or `/endpoints/{id}/attach`.
   * @throws HcnError what the answer's `ErrorCode` says, `ERROR_NOT_FOUND` (no such path), `ERR_INVALID_ARGUMENT`,
   * `ERR_TIMEOUT`, `ERR_OUTCOME_UNKNOWN`.
   */
  async call<Output = unknown>(method: V1Method, path: string, body?: object, options: CallOptions = {}): Promise<Output> {
    const verb = checkOneOf('method', method, ['GET', 'POST', 'DELETE'] as const)
    const what = `${verb} ${checkString('path', path)}`
    const wait = Wait.from(options)
    const [collection = '', id = ''] = path.split('/').filter((part) => part !== '')
    const named = verb === 'POST' && id === '' && body !== undefined ? withId(collection, body) : body
    const request = named === undefined ? '' : jsonText('body', named)
    const object = verb === 'GET' ? undefined : objectOf(collection, id, named)
    const text =
      object === undefined
        ? await this.#context.read(what, wait, (calls) => calls.hnsCall(verb, path, request))
        : await this.#context.change(what, object, wait, (calls) => calls.hnsCall(verb, path, request))
    const envelope = JSON.parse(text) as V1Envelope<Output>
    if (envelope.Success) return envelope.Output as Output
    throw new HcnError(codeOfHresult(envelope.ErrorCode, this.#errorSymbols), `${what}: ${envelope.Error.trim()}`, {
      hresult: envelope.ErrorCode,
      record: envelope,
      object,
    })
  }
}

function isObjects(collection: string): boolean {
  return collection.toLowerCase() in KINDS || collection.toLowerCase() === 'policylists'
}

function withId(collection: string, body: object): object {
  const given = Object.entries(body).some(([name, value]) => name.toLowerCase() === 'id' && value !== '')
  return given || !isObjects(collection) ? body : { ...body, ID: randomUUID() }
}

/** Undefined where a call is no change of one object. */
function objectOf(collection: string, id: string, body: object | undefined): ObjectName | undefined {
  if (!isObjects(collection)) return undefined
  const given = Object.entries(body ?? {}).find(([name]) => name.toLowerCase() === 'id')?.[1]
  const known = KINDS[collection.toLowerCase()]
  const first = (body as { Policies?: readonly { Type?: unknown }[] } | undefined)?.Policies?.[0]?.Type
  const isRoute = typeof first === 'string' && first.toUpperCase() === 'ROUTE'
  return { kind: known ?? (isRoute ? 'sdnRoute' : 'loadBalancer'), id: id === '' ? String(given) : id }
}
