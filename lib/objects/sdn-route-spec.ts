import type { HostComputeRoute, SdnRouteSetting } from '../../types/index.js'
import { invalidArgument } from '../errors.js'
import { checkAddress, checkBoolean, checkList, checkMembers, checkObject, checkPrefix, checkString } from '../policy/check.js'
import { compact } from '../policy/constructors.js'
import { type EndpointReference, endpointId } from './endpoint.js'

/** Where packets go whose destination is in a prefix. */
export interface SdnRouteEntry {
  /** `10.2.0.0/16`; host bits may be set. */
  readonly destination: string
  /** An address of the destination's family. Default: none. */
  readonly nextHop?: string | undefined
  /** HCN's `NeedEncap`. Default false. */
  readonly encapsulate?: boolean | undefined
  /** HCN's `AutomaticEndpointMonitor`. Default false. */
  readonly monitorEndpoints?: boolean | undefined
}

export interface SdnRouteSpec {
  /** Who gets the routes; all of one network. May be empty. */
  readonly endpoints: readonly EndpointReference[]
  /** At least one. */
  readonly routes: readonly SdnRouteEntry[]
  readonly name?: string | undefined
  readonly owner?: string | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodeSdnRoute(spec: SdnRouteSpec): HostComputeRoute {
  const field = 'route'
  checkMembers(field, checkObject(field, spec), ['endpoints', 'routes', 'name', 'owner', 'id'])
  return compact({
    SchemaVersion: { Major: 2, Minor: 0 },
    Name: spec.name === undefined ? undefined : checkString(`${field}.name`, spec.name),
    Owner: spec.owner === undefined ? undefined : checkString(`${field}.owner`, spec.owner),
    HostComputeEndpoints: checkList(`${field}.endpoints`, spec.endpoints, endpointId),
    ...bothNames(encodeEntries(`${field}.routes`, spec.routes)),
  })
}

/** The document with what `changes` names, everything else as the service had it. */
export function changeSdnRoute(document: HostComputeRoute, changes: Partial<Pick<SdnRouteSpec, 'endpoints' | 'routes'>>): HostComputeRoute {
  const field = 'changes'
  checkMembers(field, checkObject(field, changes), ['endpoints', 'routes'])
  return {
    ...document,
    ...(changes.endpoints === undefined ? {} : { HostComputeEndpoints: checkList(`${field}.endpoints`, changes.endpoints, endpointId) }),
    ...(changes.routes === undefined ? {} : bothNames(encodeEntries(`${field}.routes`, changes.routes))),
  }
}

export function decodeEntries(document: HostComputeRoute): readonly SdnRouteEntry[] {
  return (document.Routes ?? document.Setting ?? []).map((setting) =>
    compact({
      destination: setting.DestinationPrefix,
      nextHop: setting.NextHop,
      encapsulate: setting.NeedEncap,
      monitorEndpoints: setting.AutomaticEndpointMonitor,
    }),
  )
}

/** Older and newer services each know one of the names. */
function bothNames(routes: readonly SdnRouteSetting[]): Pick<HostComputeRoute, 'Routes' | 'Setting'> {
  return { Routes: routes, Setting: routes }
}

function encodeEntries(field: string, entries: unknown): readonly SdnRouteSetting[] {
  const checked = checkList(field, entries, encodeEntry)
  if (checked.length === 0) throw invalidArgument(field, entries, 'at least one route is wanted')
  return checked
}

function encodeEntry(field: string, entry: unknown): SdnRouteSetting {
  const given = checkObject(field, entry)
  checkMembers(field, given, ['destination', 'nextHop', 'encapsulate', 'monitorEndpoints'])
  const destination = checkPrefix(`${field}.destination`, given.destination)
  const nextHop = given.nextHop === undefined ? undefined : checkAddress(`${field}.nextHop`, given.nextHop)
  if (nextHop !== undefined && nextHop.includes(':') !== destination.includes(':'))
    throw invalidArgument(`${field}.nextHop`, given.nextHop, `\`${destination}\` is of the other family`)
  return compact({
    DestinationPrefix: destination,
    NextHop: nextHop,
    NeedEncap: given.encapsulate !== undefined && checkBoolean(`${field}.encapsulate`, given.encapsulate),
    AutomaticEndpointMonitor:
      given.monitorEndpoints === undefined ? undefined : checkBoolean(`${field}.monitorEndpoints`, given.monitorEndpoints),
  })
}
