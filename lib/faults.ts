import { type Duration, nanosecondsOf } from './duration.js'
import {
  type EmbeddedErrorCode,
  type HcnServiceErrorCode,
  invalidArgument,
  type UnnamedErrorCode,
  type WindowsErrorCode,
} from './errors.js'
import { HCN_CALLS } from './native/hcn-call-shapes.js'
import type { HcnCalls } from './native/hcn-calls.js'
import { checkInteger, checkMembers, checkObject, checkOneOf, checkString } from './policy/check.js'

/** HCN's functions, as this package spells them: `createEndpoint` is HcnCreateEndpoint. */
export type HcnCallName = keyof HcnCalls

/** Where and how often a fault strikes. */
export interface FaultPoint {
  /** The call of HCN it strikes at; `*`: at any. */
  readonly call: HcnCallName | '*'
  /**
   * `before`: the call has no effect. `after`: it has, but its caller does not
   * hear so, and handles it gave are closed. Default `before`.
   */
  readonly when?: 'before' | 'after' | undefined
  /** Only at the n-th such call of this host, from 1. Default: at every one. */
  readonly nth?: number | undefined
  /** From 0 to 1, drawn anew at each such call; the host's `seed` fixes the draws. Default 1. */
  readonly probability?: number | undefined
  /** At most as often. Default: no limit. */
  readonly times?: number | undefined
}

/** Something that goes wrong, for people who test what their program does then. */
export type Fault = FaultPoint &
  (
    | { readonly fault: 'fail'; readonly code: HcnServiceErrorCode | WindowsErrorCode | EmbeddedErrorCode | UnnamedErrorCode }
    /** The answer comes later, by the host's clock. */
    | { readonly fault: 'delay'; readonly by: Duration }
    /** No answer before the host is closed. Sixteen calls may hang; the seventeenth is not begun. */
    | { readonly fault: 'hang' }
    /**
     * The service restarts: this call, and all others until `lasting` is over by
     * the host's clock (default: at once), fail with `RPC_S_SERVER_UNAVAILABLE`.
     * Event streams get `serviceDisconnected` and end. Networks with flag 8
     * (EnableNonPersistent) are gone with their endpoints; all other objects are
     * there again with the same ids.
     */
    | { readonly fault: 'restart'; readonly lasting?: Duration | undefined }
  )

const POINT = ['call', 'when', 'nth', 'probability', 'times', 'fault'] as const
const MEMBERS = { fail: ['code'], delay: ['by'], hang: [], restart: ['lasting'] } as const

/** @internal The addon's own form; empty for none. */
export function encodeFaults(faults: readonly Fault[], symbols: Readonly<Record<string, string>>): string {
  if (!Array.isArray(faults)) throw invalidArgument('faults', faults, 'a list of faults is wanted')
  return faults.length === 0 ? '' : JSON.stringify(faults.map((fault, index) => encodeFault(`faults[${index}]`, fault, symbols)))
}

function encodeFault(field: string, given: Fault, symbols: Readonly<Record<string, string>>) {
  checkObject(field, given)
  const fault = checkOneOf(`${field}.fault`, given.fault, ['fail', 'delay', 'hang', 'restart'] as const)
  checkMembers(field, given, [...POINT, ...MEMBERS[fault]])
  const { call, when, nth, probability, times } = given
  return {
    fault,
    call: checkOneOf(`${field}.call`, call, ['*', ...(Object.keys(HCN_CALLS) as HcnCallName[])]),
    ...(when === undefined ? {} : { when: checkOneOf(`${field}.when`, when, ['before', 'after'] as const) }),
    ...(nth === undefined ? {} : { nth: checkInteger(`${field}.nth`, nth, 1, Number.MAX_SAFE_INTEGER) }),
    ...(probability === undefined ? {} : { probability: checkProbability(`${field}.probability`, probability) }),
    ...(times === undefined ? {} : { times: checkInteger(`${field}.times`, times, 1, Number.MAX_SAFE_INTEGER) }),
    ...encodeAction(field, given, symbols),
  }
}

function encodeAction(field: string, given: Fault, symbols: Readonly<Record<string, string>>) {
  switch (given.fault) {
    case 'fail':
      return { code: hresultOf(`${field}.code`, given.code, symbols) }
    case 'delay':
      return { nanoseconds: nanosecondsOf(`${field}.by`, given.by) }
    case 'hang':
      return {}
    case 'restart':
      return given.lasting === undefined ? {} : { nanoseconds: nanosecondsOf(`${field}.lasting`, given.lasting) }
  }
}

function checkProbability(field: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw invalidArgument(field, value, 'from 0 to 1')
  return value
}

function hresultOf(field: string, code: unknown, symbols: Readonly<Record<string, string>>): number {
  const text = checkString(field, code)
  const unnamed = /^HRESULT_0x([89A-F][0-9A-F]{7})$/.exec(text)
  if (unnamed !== null) return Number.parseInt(unnamed[1] as string, 16)
  const known = Object.entries(symbols).find(([, symbol]) => symbol === text)
  if (known === undefined)
    throw invalidArgument(field, code, 'a code of the service is wanted, such as `HCN_E_PORT_NOT_FOUND` or `HRESULT_0x803B0041`')
  return Number(known[0])
}
