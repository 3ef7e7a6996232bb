import type { CapturedFrame } from './frame-packing.js'
import { concat } from './packet/encode.js'

/** What a pcapng file says about the place its frames were seen at. */
export interface PcapngInterface {
  readonly name: string
  readonly description?: string | undefined
  /** Longest frame kept, bytes. Default: no limit. */
  readonly snapLength?: number | undefined
}

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const ENHANCED_PACKET = 6
const LINKTYPE_ETHERNET = 1
const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Options of the blocks above, by IETF draft-ietf-opsawg-pcapng 3.5 and 4. */
const OPTION_END = 0
const SHB_USERAPPL = 4
const IF_NAME = 2
const IF_DESCRIPTION = 3
const IF_TSRESOL = 9
const EPB_FLAGS = 2

/** Of epb_flags, bits 0 and 1. Towards the endpoint is inbound, as the endpoint's own system would see it. */
const DIRECTION_INBOUND = 1
const DIRECTION_OUTBOUND = 2

/**
 * A capture as a pcapng file: one section, one interface, times in nanoseconds.
 *
 * `epoch` is added to every time: nanoseconds since 1970 of the moment at which
 * the frames' own clock stood at zero.
 */
export function encodePcapng(at: PcapngInterface, frames: readonly CapturedFrame[], epoch = 0n): Uint8Array {
  return concat(sectionHeader(), interfaceDescription(at), ...frames.map((frame) => enhancedPacket(frame, epoch)))
}

function sectionHeader(): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, BYTE_ORDER_MAGIC, true)
  view.setUint16(4, 1, true)
  view.setUint16(6, 0, true)
  // The section's length is not said: readers find its end by themselves.
  view.setBigInt64(8, -1n, true)
  return block(SECTION_HEADER, concat(body, option(SHB_USERAPPL, text('hns-vfp')), option(OPTION_END)))
}

function interfaceDescription(at: PcapngInterface): Uint8Array {
  const body = new Uint8Array(8)
  const view = new DataView(body.buffer)
  view.setUint16(0, LINKTYPE_ETHERNET, true)
  view.setUint32(4, at.snapLength ?? 0, true)
  const description = at.description === undefined ? new Uint8Array(0) : option(IF_DESCRIPTION, text(at.description))
  const nanoseconds = Uint8Array.of(9)
  return block(
    INTERFACE_DESCRIPTION,
    concat(body, option(IF_NAME, text(at.name)), description, option(IF_TSRESOL, nanoseconds), option(OPTION_END)),
  )
}

function enhancedPacket(frame: CapturedFrame, epoch: bigint): Uint8Array {
  const body = new Uint8Array(20)
  const view = new DataView(body.buffer)
  const time = frame.time + epoch
  view.setUint32(4, Number((time >> 32n) & 0xffffffffn), true)
  view.setUint32(8, Number(time & 0xffffffffn), true)
  view.setUint32(12, frame.bytes.length, true)
  view.setUint32(16, frame.bytes.length, true)
  const flags = new Uint8Array(4)
  flags[0] = frame.direction === 'in' ? DIRECTION_INBOUND : DIRECTION_OUTBOUND
  return block(ENHANCED_PACKET, concat(body, padded(frame.bytes), option(EPB_FLAGS, flags), option(OPTION_END)))
}

function block(type: number, body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(body.length + 12)
  const view = new DataView(whole.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, whole.length, true)
  whole.set(body, 8)
  view.setUint32(whole.length - 4, whole.length, true)
  return whole
}

function option(code: number, value: Uint8Array = new Uint8Array(0)): Uint8Array {
  const head = new Uint8Array(4)
  const view = new DataView(head.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, value.length, true)
  return concat(head, padded(value))
}

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4
  return rest === 0 ? bytes : concat(bytes, new Uint8Array(4 - rest))
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
