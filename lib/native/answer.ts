import { HcnError, quoteValue } from '../errors.js'

/**
 * The document that the service answered with.
 *
 * @param what The call, for the message.
 * @throws HcnError `ERR_INVALID_ANSWER`: it is no JSON, or neither object nor list as it should be.
 */
export function parseAnswer<Document>(what: string, text: string, shape: 'object' | 'list' = 'object'): Document {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HcnError('ERR_INVALID_ANSWER', `${what}: the service answered ${quoteValue(text)}, which is no JSON (${reason})`, {
      cause: error,
    })
  }
  if (typeof value === 'object' && value !== null && Array.isArray(value) === (shape === 'list')) return value as Document
  throw new HcnError('ERR_INVALID_ANSWER', `${what}: the service answered ${quoteValue(text)}, which is no JSON ${shape}`)
}
