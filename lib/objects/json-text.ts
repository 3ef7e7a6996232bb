import { invalidArgument } from '../errors.js'

/**
 * The document as JSON text.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` for what JSON cannot hold: cycles,
 * BigInts, nesting deeper than the engine's stack.
 */
export function jsonText(field: string, document: unknown): string {
  try {
    return JSON.stringify(document)
  } catch (error) {
    throw invalidArgument(field, '(object)', `it cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
