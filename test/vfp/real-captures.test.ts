import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeFrame, type Endpoint, outboundNat, wrongChecksums } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab } from '../../lib/testing/index.js'
import { readPcap } from '../support/pcap.js'
import { complaints, whyNoTshark } from '../support/tshark.js'

const CAPTURES = new URL('../../../test/fixtures/captures/', import.meta.url)
const CLIENT = { mac: '00-15-5D-AA-00-04', addresses: ['10.1.0.4', 'fd00::4'] }
const SERVER = { mac: '00-15-5D-AA-00-05', addresses: ['10.1.0.5', 'fd00::5'] }
const VIP = '10.96.0.10'

describe('real frames', () => {
  let lab: Lab
  let client: Endpoint
  let server: Endpoint

  beforeEach(async () => {
    lab = await createLab({ uplink: true })
    const [first, second] = await Promise.all(
      [CLIENT, SERVER].map(({ mac, addresses }) =>
        lab.host.endpoints.create({ network: lab.network, macAddress: mac, addresses, policies: ALLOW_THE_REST }),
      ),
    )
    assert.ok(first !== undefined && second !== undefined)
    client = first
    server = second
    await lab.host.loadBalancers.create({
      frontendVips: [VIP],
      backends: [server],
      ports: [
        { protocol: 'udp', external: 4445, internal: 4444 },
        { protocol: 'tcp', external: 80, internal: 8080 },
      ],
    })
    await client.addPolicies([outboundNat({ vip: '10.1.0.3', destinations: ['192.0.2.0/24'] })])
  })
  afterEach(() => lab.close())

  /** Each frame enters at whoever sent it; what comes out, anywhere, in its order. */
  async function through(frames: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const out: Uint8Array[] = []
    for (const frame of frames) {
      const isClient = Buffer.from(frame.subarray(6, 12)).toString('hex') === CLIENT.mac.replaceAll('-', '').toLowerCase()
      await lab.host.vfp.send(isClient ? client : server, [frame])
      for (const port of [client, server, lab.uplink.portId]) out.push(...(await lab.host.vfp.receive(port)))
    }
    return out
  }

  const kernel = () => readPcap(readFileSync(new URL('kernel.pcap', CAPTURES)))
  const oddShapes = () =>
    readFileSync(new URL('odd-shapes.txt', CAPTURES), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => new Uint8Array(Buffer.from(line, 'hex')))

  /** Unicast IP but for neighbour discovery: what must arrive, each once. */
  const isTraffic = (frame: Uint8Array) => ((frame[0] ?? 0) & 1) === 0 && !['arp', 'nd', 'raw'].includes(decodeFrame(frame).kind)

  it("of the kernel's own stack arrive each once, translated where policy says so, with right checksums", async () => {
    const frames = kernel()
    const out = (await through(frames)).filter(isTraffic)

    assert.equal(out.length, frames.filter(isTraffic).length)
    assert.deepEqual(out.flatMap(wrongChecksums), [])
    const packets = out.map(decodeFrame).filter((packet) => packet.kind !== 'raw' && packet.kind !== 'arp')
    assert.ok(!packets.some(({ destination }) => destination === VIP))
    const outside = packets.filter(({ destination }) => destination === '192.0.2.9')
    assert.ok(outside.length > 0 && outside.every(({ source }) => source === '10.1.0.3'))
  })

  it('of odd shapes pass unhurt: what is not translated arrives as it was sent', async () => {
    const frames = oddShapes()
    const out = await through(frames)

    assert.equal(out.length, frames.length)
    const destination = (frame: Uint8Array) => Buffer.from(frame.subarray(30, 34)).join('.')
    for (const [i, frame] of frames.entries()) {
      if (![VIP, '192.0.2.9'].includes(destination(frame))) assert.deepEqual(out[i], frame)
    }
  })

  it('are read by tshark without a warning, an error or a wrong checksum', async function () {
    const missing = whyNoTshark()
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
    const frames = [...kernel(), ...oddShapes()]
    assert.deepEqual(complaints(frames), [], 'of what went in')

    assert.deepEqual(complaints(await through(frames)), [])
  }).timeout(60_000)
})
