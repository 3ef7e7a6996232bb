import { acl, type EndpointPolicy } from 'hns-vfp'

import { podPlan, webService } from './plan.js'

const client = podPlan('client').address
const stranger = podPlan('stranger').address

/** Who may talk to a web pod. The first ACL makes an endpoint deny by default, so everything wanted is said. */
export const webPolicies: readonly EndpointPolicy[] = [
  acl({
    id: 'stranger-not-on-http',
    action: 'block',
    direction: 'in',
    protocol: 'tcp',
    remoteAddresses: [stranger],
    localPorts: [webService.http.internalPort],
    priority: 100,
  }),
  acl({
    id: 'client-on-http',
    action: 'allow',
    direction: 'in',
    protocol: 'tcp',
    remoteAddresses: [client],
    localPorts: [webService.http.internalPort],
    priority: 200,
  }),
  acl({
    id: 'everybody-on-status',
    action: 'allow',
    direction: 'in',
    protocol: 'tcp',
    localPorts: [webService.status.internalPort],
    priority: 300,
  }),
  acl({ id: 'anything-out', action: 'allow', direction: 'out', priority: 1000 }),
]

/** Added while a connection of `client` is open, and taken away again. Asked before all others. */
export const closedForMaintenance: EndpointPolicy = acl({
  id: 'closed-for-maintenance',
  action: 'block',
  direction: 'in',
  protocol: 'tcp',
  remoteAddresses: [client],
  localPorts: [webService.http.internalPort],
  priority: 50,
})
