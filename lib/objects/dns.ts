import type { Dns } from '../../types/index.js'
import { checkAddress, checkList, checkMembers, checkObject, checkString } from '../policy/check.js'
import { compact } from '../policy/constructors.js'

/** Resolver settings of a network (defaults of its endpoints) or of an endpoint. */
export interface DnsSettings {
  /** The connection-specific suffix. */
  readonly domain?: string | undefined
  /** Suffixes, tried in this order. On Windows only for names without a dot. */
  readonly search?: readonly string[] | undefined
  /** Addresses of name servers. */
  readonly servers?: readonly string[] | undefined
  /** Of resolv.conf: `ndots:2`. Windows has no use for them. */
  readonly options?: readonly string[] | undefined
}

export function encodeDns(field: string, dns: DnsSettings): Dns {
  checkMembers(field, checkObject(field, dns), ['domain', 'search', 'servers', 'options'])
  return compact({
    Domain: dns.domain === undefined ? undefined : checkString(`${field}.domain`, dns.domain),
    Search: dns.search === undefined ? undefined : checkList(`${field}.search`, dns.search, checkString),
    ServerList: dns.servers === undefined ? undefined : checkList(`${field}.servers`, dns.servers, checkAddress),
    Options: dns.options === undefined ? undefined : checkList(`${field}.options`, dns.options, checkString),
  })
}

export function decodeDns(dns: Dns | undefined): DnsSettings {
  return compact({ domain: dns?.Domain, search: dns?.Search, servers: dns?.ServerList, options: dns?.Options })
}
