import type { Choices } from './choices.js'
import { Disagreement } from './choices.js'
import { keyOf, type Tuple } from './tuple.js'

export interface Backend {
  readonly address: string
  readonly port: number
}

export type Distribution = 'connection' | 'sourceAddress' | 'sourceAddressAndProtocol'

/** One port of one VIP of a load balancer (vfp.md 3.8). */
export interface ServiceSpec {
  readonly vip: string
  readonly protocol: number
  readonly external: number
  readonly internal: number
  readonly distribution: Distribution
  readonly dsr: boolean
  readonly sourceVip: string | undefined
  /** The backend sees the VIP. */
  readonly preserveDip: boolean
}

export class Service {
  #backends: readonly string[] = []
  /** Who was sent where since the backends last changed: equal flows meet equal backends (vfp.md 5, invariants 15 and 16). */
  readonly #met = new Map<string, string>()

  constructor(readonly spec: ServiceSpec) {}

  setBackends(addresses: readonly string[]): void {
    if ([...addresses].sort().join() === [...this.#backends].sort().join()) return
    this.#backends = addresses
    this.#met.clear()
  }

  get backends(): readonly Backend[] {
    return this.#backends.map((address) => ({ address, port: this.spec.internal }))
  }

  /** The rewriting happens at the host, not at the client's own port (docs/decisions/0003). */
  get isHosts(): boolean {
    return this.spec.sourceVip !== undefined && !this.spec.dsr
  }

  serves({ protocol, destination, destinationPort }: Tuple): boolean {
    return protocol === this.spec.protocol && destination === this.spec.vip && destinationPort === this.spec.external
  }

  after(tuple: Tuple, backend: Backend): Tuple {
    return this.spec.preserveDip ? tuple : { ...tuple, destination: backend.address, destinationPort: backend.port }
  }

  /** One of `allowed`, by the engine's choice. */
  choose(tuple: Tuple, allowed: readonly Backend[], choices: Choices): Backend {
    const chosen = choices.backend(tuple, allowed)
    const backend = allowed.find(({ address, port }) => address === chosen.address && (this.spec.preserveDip || port === chosen.port))
    if (backend === undefined)
      throw new Disagreement(
        `chose backend ${chosen.address}:${chosen.port}, allowed are ${allowed.map(({ address, port }) => `${address}:${port}`).join(', ')}`,
      )
    if (allowed.length === this.#backends.length) {
      const client = this.#affinity(tuple)
      const before = this.#met.get(client)
      if (before !== undefined && before !== backend.address)
        throw new Disagreement(`chose backend ${backend.address} for (${client}), which met ${before} before`)
      this.#met.set(client, backend.address)
    }
    return backend
  }

  #affinity(tuple: Tuple): string {
    switch (this.spec.distribution) {
      case 'connection':
        return keyOf(tuple)
      case 'sourceAddress':
        return tuple.source
      case 'sourceAddressAndProtocol':
        return `${tuple.source} ${tuple.protocol}`
    }
  }
}
