import type { RemoteSubnetRoutePolicy } from '../policy/network-policy.js'
import { DEFAULT_VSID, type Lab } from './lab.js'

/** What tells another host how to reach this one's subnets. */
export function remoteSubnets(lab: Lab): readonly RemoteSubnetRoutePolicy[] {
  const { overlay, network } = lab
  if (overlay === undefined) throw new Error('this lab is no overlay: createLab({ overlay: … })')
  const router = network.policies.find(({ kind }) => kind === 'routerMacAddress')
  if (router?.kind !== 'routerMacAddress') throw new Error('the overlay has no router MAC')
  return network.subnets.map(({ prefix }) => ({
    kind: 'remoteSubnetRoute',
    destination: prefix,
    vsid: overlay.vsid ?? DEFAULT_VSID,
    providerAddress: overlay.providerAddress,
    routerMacAddress: router.macAddress,
  }))
}

/** Tells each overlay of the subnets that the others have, as the daemon of a cluster's network does. */
export async function introduce(...labs: readonly Lab[]): Promise<void> {
  for (const lab of labs) await lab.network.addPolicies(labs.filter((other) => other !== lab).flatMap(remoteSubnets))
}

/**
 * The wire between labs: what one sends, all others get, until nobody says anything more.
 *
 * @returns every frame, in order, as it was on the wire.
 * @throws when they have not come to rest after a thousand rounds.
 */
export async function exchange(...labs: readonly Lab[]): Promise<readonly Uint8Array[]> {
  const seen: Uint8Array[] = []
  for (let round = 0; round < 1000; round++) {
    let quiet = true
    for (const lab of labs) {
      const frames = await lab.uplink.receivedFrames()
      if (frames.length === 0) continue
      quiet = false
      seen.push(...frames)
      for (const other of labs) if (other !== lab) await other.uplink.send(frames)
    }
    if (quiet) return seen
  }
  throw new Error('the labs do not come to rest: frames go round and round')
}
