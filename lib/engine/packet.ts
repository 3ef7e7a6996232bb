/** Packets as values, as text and as bytes; any two of them turn into each other without loss. */
export { decodeFrame, withoutMacs, wrongChecksums } from './packet/decode.js'
export { encodeFrame, type MacDefaults } from './packet/encode.js'
export { formatPacket } from './packet/format.js'
export type { ArpPacket, IcmpPacket, IpPacket, NdPacket, Packet, RawPacket, TcpPacket, UdpPacket } from './packet/packet.js'
export { parsePacket } from './packet/parse.js'
