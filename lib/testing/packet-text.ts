import {
  type ArpPacket,
  type IcmpPacket,
  type NdPacket,
  type Packet,
  parsePacket,
  type TcpPacket,
  type UdpPacket,
} from '../engine/packet.js'

/** `tcp('10.1.0.4:31337 > 10.96.0.10:80 S')`; so do the others. */
export const tcp = (text: string): TcpPacket => parsePacket(`tcp ${text}`) as TcpPacket
export const udp = (text: string): UdpPacket => parsePacket(`udp ${text}`) as UdpPacket
export const icmp = (text: string): IcmpPacket => parsePacket(`icmp ${text}`) as IcmpPacket
export const arp = (text: string): ArpPacket => parsePacket(`arp ${text}`) as ArpPacket
export const nd = (text: string): NdPacket => parsePacket(`nd ${text}`) as NdPacket

/** For assertions about several packets: the difference is read line by line. */
export type Packets = readonly Packet[]
