/** An object as a listing had it. */
export interface Listed {
  readonly kind: string
  /** Its document. */
  readonly text: string
}

export interface Difference {
  readonly type: 'added' | 'changed' | 'removed'
  /** Of a removed object: as the reader knew it. */
  readonly listed: Listed
}

/**
 * What a reader has been told of a set of objects, what the set is now, and so
 * what it has still to be told. However long the reader takes, there is at most
 * one difference for each object: from what it knows to what is.
 */
export class Differences {
  readonly #told = new Map<string, Listed>()
  #now: ReadonlyMap<string, Listed> = new Map()
  /** Keys of the objects that differ. One keeps its place while it waits, so that none waits for ever. */
  readonly #due = new Set<string>()

  get pending(): number {
    return this.#due.size
  }

  /** `listed`: by any key that is the object's own, in the order in which new ones are to be told. */
  update(listed: ReadonlyMap<string, Listed>): void {
    this.#now = listed
    for (const key of this.#due) if (!this.#differs(key)) this.#due.delete(key)
    // The other way round: what stands on something goes before it.
    for (const key of [...this.#told.keys()].reverse()) if (!listed.has(key)) this.#due.add(key)
    for (const key of listed.keys()) if (this.#differs(key)) this.#due.add(key)
  }

  take(): Difference | undefined {
    const [key] = this.#due
    if (key === undefined) return undefined
    this.#due.delete(key)
    const before = this.#told.get(key)
    const now = this.#now.get(key)
    if (now === undefined) {
      this.#told.delete(key)
      return { type: 'removed', listed: before as Listed }
    }
    this.#told.set(key, now)
    return { type: before === undefined ? 'added' : 'changed', listed: now }
  }

  clear(): void {
    this.#due.clear()
    this.#told.clear()
    this.#now = new Map()
  }

  #differs(key: string): boolean {
    return this.#told.get(key)?.text !== this.#now.get(key)?.text
  }
}
