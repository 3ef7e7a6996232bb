export {
  type ArpPacket,
  decodeFrame,
  encodeFrame,
  formatPacket,
  type IcmpPacket,
  type IpPacket,
  type MacDefaults,
  type NdPacket,
  type Packet,
  parsePacket,
  type RawPacket,
  type TcpPacket,
  type UdpPacket,
  withoutMacs,
  wrongChecksums,
} from './engine/packet.js'
export { type ErrorRecord, HcnError, type HcnErrorCode, type HcnErrorOptions } from './errors.js'
