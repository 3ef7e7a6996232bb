const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi

/**
 * Ids that this run drew anew, and what the recorded run had in their place: the
 * program is the same, its names for objects are not.
 */
export class Names {
  readonly #recorded = new Map<string, string>()
  readonly #made = new Map<string, string>()

  /** False when either is another's already. */
  match(made: string, recorded: string): boolean {
    const [here, there] = [made.toLowerCase(), recorded.toLowerCase()]
    if (here === there) return true
    if (this.#recorded.has(here) || this.#made.has(there)) return false
    this.#recorded.set(here, there)
    this.#made.set(there, here)
    return true
  }

  forget(made: string): void {
    const recorded = this.#recorded.get(made.toLowerCase())
    this.#recorded.delete(made.toLowerCase())
    if (recorded !== undefined) this.#made.delete(recorded)
  }

  /** A text of this run as the recorded run had it. */
  toRecorded(text: string): string {
    return translated(text, this.#recorded)
  }

  toMade(text: string): string {
    return translated(text, this.#made)
  }
}

/** In the case the text has, which HCN does not mind and people do. */
function translated(text: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return text
  return text.replace(GUID, (id) => {
    const other = names.get(id.toLowerCase())
    if (other === undefined) return id
    return id === id.toLowerCase() ? other : other.toUpperCase()
  })
}
