/** RFC 1071: the one's complement sum, not yet complemented. */
export function sum16(bytes: Uint8Array, start = 0): number {
  let sum = start
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  if (bytes.length % 2 === 1) sum += (bytes[bytes.length - 1] ?? 0) << 8
  return fold(sum)
}

export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return folded
}

/** The checksum of `segment` (its checksum bytes being zero) under the pseudo header of `source` and `destination`. */
export function transportChecksum(source: Uint8Array, destination: Uint8Array, protocol: number, segment: Uint8Array): number {
  const pseudo = sum16(source, sum16(destination, protocol + segment.length))
  return ~sum16(segment, pseudo) & 0xffff
}
