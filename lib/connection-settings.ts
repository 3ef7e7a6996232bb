import { type Duration, nanosecondsOf } from './duration.js'
import { invalidArgument } from './errors.js'
import { checkBoolean, checkInteger, checkMembers, checkObject } from './policy/check.js'

/**
 * How the embedded host's switch treats connections. An extension: the machine's
 * own VFP has its settings elsewhere (`vfpctrl /set-port-flow-settings`).
 */
export interface ConnectionSettings {
  /**
   * Check the sequence numbers of tracked TCP connections: segments outside the
   * receiver's window, resets among them, are dropped (`out-of-window`). Such
   * connections do not take the fast path. Default false: as HNS' rules ask for.
   */
  readonly tcpWindows?: boolean | undefined
  /**
   * Idle times after which a connection is forgotten, in whole seconds up to a
   * week. Defaults, as seen on Windows nodes: 240 s for TCP half open, established and
   * in TIME_WAIT, for UDP and other protocols, 60 s for ICMP echo, 15 s for
   * fragments; a reset connection is kept 4 s.
   */
  readonly timeouts?: Readonly<Partial<Record<(typeof TIMEOUTS)[number], Duration>>> | undefined
  /**
   * Connections each port may have, by kind; half-open TCP connections count as
   * `tcp` too. Past a limit the packet that would begin another one is dropped
   * (`half-open-limit`, `port-flow-limit`); none that is there is ever cut. 0,
   * the default: as many as the host takes, and half of that half open.
   */
  readonly limits?: Readonly<Partial<Record<(typeof LIMITS)[number], number>>> | undefined
}

const TIMEOUTS = ['tcpHalfOpen', 'tcpEstablished', 'tcpTimeWait', 'tcpReset', 'udp', 'icmp', 'other', 'fragment'] as const
const LIMITS = ['total', 'tcpHalfOpen', 'tcp', 'udp', 'icmp', 'other'] as const
const WEEK = 7 * 24 * 3600

/** The settings as `src-native/compose/connection_settings.h` reads them. @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeConnectionSettings(settings: ConnectionSettings): string {
  checkMembers('connections', checkObject('connections', settings), ['tcpWindows', 'timeouts', 'limits'])
  const { tcpWindows = false, timeouts = {}, limits = {} } = settings
  checkMembers('connections.timeouts', checkObject('connections.timeouts', timeouts), TIMEOUTS)
  checkMembers('connections.limits', checkObject('connections.limits', limits), LIMITS)
  return JSON.stringify({
    tcpWindows: checkBoolean('connections.tcpWindows', tcpWindows),
    timeouts: Object.fromEntries(given(timeouts).map(([name, time]) => [name, secondsOf(`connections.timeouts.${name}`, time)])),
    limits: Object.fromEntries(given(limits).map(([name, limit]) => [name, checkInteger(`connections.limits.${name}`, limit, 0, 2 ** 31)])),
  })
}

function given<Value>(members: Readonly<Record<string, Value | undefined>>): readonly (readonly [string, Value])[] {
  return Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function secondsOf(field: string, time: Duration): number {
  const seconds = nanosecondsOf(field, time) / 1e9
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= WEEK) return seconds
  throw invalidArgument(field, time, 'whole seconds, from one to a week, are wanted')
}
