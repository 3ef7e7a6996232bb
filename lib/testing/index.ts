/**
 * The test kit: for people who test a CNI plugin, a proxy or a policy agent of
 * their own, on any machine, without rights or set-up. Our own tests use it.
 *
 * @packageDocumentation
 */
export type { Fault, FaultPoint, HcnCallName } from '../faults.js'
export { ALLOW_THE_REST, createLab, Lab, type LabOptions, type OverlayOptions } from './lab.js'
export { arp, icmp, nd, type Packets, tcp, udp } from './packet-text.js'
export { exchange, introduce, remoteSubnets } from './several-labs.js'
export { Station } from './station.js'
