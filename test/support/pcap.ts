/** Classic pcap files (draft-ietf-opsawg-pcap), little endian, Ethernet: what every tool reads. */
const MAGIC = 0xa1b2c3d4
const ETHERNET = 1
const HEADER_BYTES = 24
const RECORD_BYTES = 16
const SNAP_LENGTH = 262_144

export function readPcap(file: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(20, true) !== ETHERNET) throw new Error('a little-endian Ethernet pcap is wanted')
  const frames: Uint8Array[] = []
  for (let at = HEADER_BYTES; at < file.length; ) {
    const length = view.getUint32(at + 8, true)
    frames.push(file.slice(at + RECORD_BYTES, at + RECORD_BYTES + length))
    at += RECORD_BYTES + length
  }
  return frames
}

/** One frame a second. */
export function writePcap(frames: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(SNAP_LENGTH, 16)
  header.writeUInt32LE(ETHERNET, 20)
  const records = frames.flatMap((frame, second) => {
    const record = Buffer.alloc(RECORD_BYTES)
    record.writeUInt32LE(second, 0)
    record.writeUInt32LE(frame.length, 8)
    record.writeUInt32LE(frame.length, 12)
    return [record, Buffer.from(frame)]
  })
  return Buffer.concat([header, ...records])
}
