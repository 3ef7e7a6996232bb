import assert from 'node:assert/strict'
import { decodeFrame, formatPacket, withoutMacs } from '../../lib/index.js'
import { createLab, type Lab, udp } from '../../lib/testing/index.js'

const A = '10.1.0.4'
const B = '10.1.0.5'

describe('a capture', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [A, B] })
  })
  afterEach(() => lab.close())

  const question = udp(`${A}:5 > ${B}:53 "who?"`)
  const answer = udp(`${B}:53 > ${A}:5 "you"`)

  it('sees frames as they leave and enter a port, with the time', async () => {
    const capture = await lab.host.vfp.capture(lab.at(A).endpoint)
    await lab.at(A).send(question)
    await lab.clock.advance({ milliseconds: 250 })
    await lab.at(B).send(answer)

    const frames = await capture.read()

    assert.deepEqual(
      frames.map(({ direction, bytes }) => `${direction} ${formatPacket(withoutMacs(decodeFrame(bytes)))}`),
      [`out ${formatPacket(question)}`, `in ${formatPacket(answer)}`],
    )
    assert.equal((frames[1]?.time ?? 0n) - (frames[0]?.time ?? 0n), 250_000_000n)
    assert.deepEqual(await capture.read(), [])
    await capture.stop()
  })

  it('stops, and sees nothing before or after', async () => {
    await lab.at(A).send(question)
    const capture = await lab.host.vfp.capture(lab.at(A).endpoint)
    await capture.stop()
    await capture.stop()
    await lab.at(A).send(question)

    const again = await lab.host.vfp.capture(lab.at(A).endpoint)
    assert.deepEqual(await again.read(), [])
  })

  it('keeps no more than it was told to', async () => {
    const capture = await lab.host.vfp.capture(lab.at(A).endpoint, { maxBytes: 1000 })
    await lab.at(A).send(Array.from({ length: 10 }, () => udp(`${A}:5 > ${B}:53 len 400`)))

    const frames = await capture.read()

    assert.ok(frames.length >= 1 && frames.length <= 2, `${frames.length} frames of 442 bytes`)
  })

  it('is a pcapng file: section, interface, and a block for each frame', async () => {
    const capture = await lab.host.vfp.capture(lab.at(A).endpoint)
    await lab.at(A).send(question)
    await lab.at(B).send(answer)

    const blocks = blocksOf(await capture.pcapng())

    // Section header, interface description, enhanced packets: draft-ietf-opsawg-pcapng 4.
    assert.deepEqual(
      blocks.map(({ type }) => type),
      [0x0a0d0d0a, 1, 6, 6],
    )
    const [section, at, first, second] = blocks
    assert.equal(section?.body.getUint32(0, true), 0x1a2b3c4d)
    assert.equal(at?.body.getUint16(0, true), 1) // LINKTYPE_ETHERNET
    const options = optionsOf(at?.body as DataView, 8)
    assert.equal(Buffer.from(options.get(2) ?? []).toString(), A) // if_name
    assert.deepEqual(options.get(9), Uint8Array.of(9)) // if_tsresol: 10^-9
    const seen = [first, second].map((block) => {
      const body = block?.body as DataView
      const length = body.getUint32(12, true)
      assert.equal(body.getUint32(16, true), length)
      const bytes = new Uint8Array(body.buffer, body.byteOffset + 20, length)
      const flags = optionsOf(body, 20 + Math.ceil(length / 4) * 4).get(2)?.[0]
      return `${flags} ${formatPacket(withoutMacs(decodeFrame(bytes)))}`
    })
    // epb_flags: 1 inbound, 2 outbound.
    assert.deepEqual(seen, [`2 ${formatPacket(question)}`, `1 ${formatPacket(answer)}`])
  })
})

function blocksOf(file: Uint8Array): readonly { readonly type: number; readonly body: DataView }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const blocks: { type: number; body: DataView }[] = []
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at + 4, true)
    assert.equal(length % 4, 0)
    assert.equal(view.getUint32(at + length - 4, true), length)
    blocks.push({ type: view.getUint32(at, true), body: new DataView(file.buffer, file.byteOffset + at + 8, length - 12) })
    at += length
  }
  return blocks
}

function optionsOf(body: DataView, from: number): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  for (let at = from; at < body.byteLength; ) {
    const code = body.getUint16(at, true)
    const length = body.getUint16(at + 2, true)
    if (code === 0) break
    options.set(code, new Uint8Array(body.buffer.slice(body.byteOffset + at + 4, body.byteOffset + at + 4 + length)))
    at += 4 + Math.ceil(length / 4) * 4
  }
  return options
}
