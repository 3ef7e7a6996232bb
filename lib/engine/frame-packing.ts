import { invalidArgument } from '../errors.js'

/** The table carries frames packed: repeated { uint32 little-endian length, bytes }. */
export function packFrames(frames: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(frames.reduce((length, frame) => length + 4 + frame.length, 0))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const frame of frames) {
    view.setUint32(at, frame.length, true)
    packed.set(frame, at + 4)
    at += 4 + frame.length
  }
  return packed
}

export function unpackFrames(packed: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const frames: Uint8Array[] = []
  for (let at = 0; at < packed.length; ) {
    const length = view.getUint32(at, true)
    frames.push(packed.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return frames
}

/** One frame of a capture. */
export interface CapturedFrame {
  /** Nanoseconds of the host's monotonic clock; of its own clock when that is turned by hand. */
  readonly time: bigint
  /** Away from (`out`) or towards (`in`) the endpoint that owns the port. */
  readonly direction: 'out' | 'in'
  readonly bytes: Uint8Array
}

/** Repeated { uint64 nanoseconds, uint32 direction, uint32 length, bytes }, little-endian. */
export function unpackCapture(packed: Uint8Array): readonly CapturedFrame[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const frames: CapturedFrame[] = []
  for (let at = 0; at < packed.length; ) {
    const length = view.getUint32(at + 12, true)
    frames.push({
      time: view.getBigUint64(at, true),
      direction: view.getUint32(at + 8, true) === 0 ? 'out' : 'in',
      bytes: packed.slice(at + 16, at + 16 + length),
    })
    at += 16 + length
  }
  return frames
}

export function checkFrame(field: string, value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgument(field, value, 'bytes (a Uint8Array) or a packet are wanted')
  return value
}
