import { sameGuid } from '../addresses.js'
import type { NativeHost } from '../native/hcn-calls.js'
import type { ListedPort } from '../vfpctrl/listed.js'

/** What HNS knows of a port: the endpoint it belongs to. */
export interface PortOwner {
  readonly id: string
  readonly network: string
  readonly addresses: readonly string[]
}

interface V1Endpoint {
  readonly ID?: unknown
  readonly VirtualNetwork?: unknown
  readonly IPAddress?: unknown
  readonly IPv6Address?: unknown
  readonly MacAddress?: unknown
  readonly Resources?: { readonly Allocators?: readonly { readonly EndpointPortGuid?: unknown }[] }
}

/**
 * Which endpoint each port belongs to, as HNS tells it through its v1 API: by the
 * port's GUID where the endpoint's resources name it, by the endpoint's id, which
 * many ports have for their name, else by the MAC address.
 *
 * A service that does not answer leaves ports without owners: the switch can be
 * looked at while HNS is stopped.
 */
export async function readPortOwners(
  hns: Pick<NativeHost, 'hnsCall'>,
  ports: readonly ListedPort[],
): Promise<ReadonlyMap<ListedPort, PortOwner>> {
  const endpoints = await readEndpoints(hns)
  const owners = new Map<ListedPort, PortOwner>()
  for (const port of ports) {
    const endpoint =
      endpoints.find(({ Resources }) =>
        listOf(Resources?.Allocators).some((allocator) => isGuid(allocator?.EndpointPortGuid, port.name)),
      ) ??
      endpoints.find(({ ID }) => isGuid(ID, port.name) || isGuid(ID, port.friendlyName)) ??
      endpoints.find(({ MacAddress }) => port.macAddress !== '' && isGuid(MacAddress, port.macAddress))
    if (endpoint === undefined) continue
    owners.set(port, {
      id: endpoint.ID as string,
      network: typeof endpoint.VirtualNetwork === 'string' ? endpoint.VirtualNetwork : '',
      addresses: [endpoint.IPAddress, endpoint.IPv6Address].filter(
        (address): address is string => typeof address === 'string' && address !== '',
      ),
    })
  }
  return owners
}

async function readEndpoints(hns: Pick<NativeHost, 'hnsCall'>): Promise<readonly V1Endpoint[]> {
  try {
    const { Success, Output } = JSON.parse(await hns.hnsCall('GET', '/endpoints/', '')) as { Success?: unknown; Output?: unknown }
    if (Success !== true) return []
    return listOf(Output as V1Endpoint[]).filter((endpoint) => typeof endpoint?.ID === 'string')
  } catch {
    return []
  }
}

function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : []
}

/** Also of MAC addresses: their case is anybody's. */
function isGuid(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && sameGuid(value, wanted)
}
