import type { Backend } from './services.js'
import type { Tuple } from './tuple.js'

/**
 * What the model leaves to the engine. The model asks what the engine chose and
 * checks that it may; which of the allowed it is, is the engine's business.
 */
export interface Choices {
  /** The backend that a packet of this tuple is sent to. */
  backend(tuple: Tuple, allowed: readonly Backend[]): Backend
  /** The source port, or echo identifier, that the packet is given with this address. */
  sourcePort(address: string): number | undefined
  /** Whether a packet passes that the reference leaves open. */
  passes(): boolean
}

/** The engine did what the model forbids. */
export class Disagreement extends Error {}
