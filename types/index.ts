/**
 * The documents of HCN, spelled exactly as HCN spells them, and those of the
 * VFP table. Types only: importing `hns-vfp/wire` runs nothing.
 *
 * @packageDocumentation
 */
export type * from './common.js'
export type * from './endpoint.js'
export type * from './guest-network-service.js'
export type * from './load-balancer.js'
export type * from './modify.js'
export type * from './namespace.js'
export type * from './network.js'
export type * from './notification.js'
export type * from './policy.js'
export type * from './query.js'
export type * from './sdn-route.js'
export type * from './v1.js'
export type * from './vfp.js'
