import type { VfpFlow, VfpFlowPage } from '../../types/index.js'

/** Connections, read a page at a time while traffic goes on: one that ends or begins meanwhile may be in it or not. */
export class Flows implements AsyncIterable<VfpFlow> {
  readonly #readPage: (cursor: string | undefined) => Promise<VfpFlowPage>

  /** @internal */
  constructor(readPage: (cursor: string | undefined) => Promise<VfpFlowPage>) {
    this.#readPage = readPage
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<VfpFlow, void> {
    for await (const page of this.pages()) yield* page
  }

  async *pages(): AsyncGenerator<readonly VfpFlow[], void> {
    let cursor: string | undefined
    do {
      const page = await this.#readPage(cursor)
      if (page.flows.length > 0) yield page.flows
      cursor = page.next
    } while (cursor !== undefined)
  }

  async toArray(): Promise<VfpFlow[]> {
    const flows: VfpFlow[] = []
    for await (const page of this.pages()) flows.push(...page)
    return flows
  }
}
