/** One thing the quickstart says about the network, and what was seen of it. */
export interface Claim {
  /** Stable, for programs: `service.balance`. */
  readonly id: string
  /** A sentence about the network that is true when the claim holds. */
  readonly name: string
  readonly expected: string
  readonly observed: string
  readonly holds: boolean
  readonly milliseconds: number
}

export interface Observation {
  readonly observed: string
  readonly holds: boolean
}

export class ClaimBook {
  readonly #claims: Claim[] = []

  /** `onClaim` hears of each claim as soon as it is settled. */
  constructor(
    private readonly onClaim: (claim: Claim) => void,
    private readonly signal: AbortSignal,
  ) {}

  get claims(): readonly Claim[] {
    return this.#claims
  }

  get failed(): readonly Claim[] {
    return this.#claims.filter((claim) => !claim.holds)
  }

  /**
   * Looks, and writes down what was seen. A look that fails is a claim that does
   * not hold, so that one broken thing does not hide the rest.
   */
  async check(id: string, name: string, expected: string, look: () => Promise<Observation>): Promise<void> {
    this.signal.throwIfAborted()
    const begun = performance.now()
    let seen: Observation
    try {
      seen = await look()
    } catch (error) {
      this.signal.throwIfAborted()
      seen = { observed: error instanceof Error ? error.message : String(error), holds: false }
    }
    const claim = { id, name, expected, ...seen, milliseconds: performance.now() - begun }
    this.#claims.push(claim)
    this.onClaim(claim)
  }
}
