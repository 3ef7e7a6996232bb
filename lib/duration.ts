import { invalidArgument } from './errors.js'
import { checkMembers, checkObject } from './policy/check.js'

/** A span of time; its members are added. */
export interface Duration {
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`, for `field`. */
export function nanosecondsOf(field: string, duration: Duration): number {
  checkMembers(field, checkObject(field, duration), ['hours', 'minutes', 'seconds', 'milliseconds'])
  const { hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration
  const total = (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) * 1e6
  if (!(total >= 0 && total <= Number.MAX_SAFE_INTEGER))
    throw invalidArgument(field, duration, 'time goes forward, up to 104 days in one step')
  return Math.round(total)
}
