import type { AddressSetPolicy } from '../../lib/index.js'
import { contains } from './prefix.js'

/** The address sets of a network (kubernetes.md 3.3). A nested set has what any of its sets has; an empty one has every address. */
export class AddressSets {
  readonly #sets = new Map<string, AddressSetPolicy>()

  put(set: AddressSetPolicy): void {
    this.#sets.set(set.id, set)
  }

  has(id: string, address: string): boolean {
    const set = this.#sets.get(id)
    if (set === undefined) throw new Error(`no set ${id}`)
    if (set.type === 'addresses') return set.values.some((value) => contains(value, address))
    return set.values.length === 0 || set.values.some((nested) => this.has(nested, address))
  }
}
