import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type ArpPacket, decodeFrame, encodeFrame, type NdPacket, type Packet, parsePacket, wrongChecksums } from '../../lib/index.js'
import { arp, createLab, type Lab, nd, tcp, udp } from '../../lib/testing/index.js'
import { propertyRuns } from '../support/property.js'

const POD = '10.1.0.4'
const PEER = '10.1.0.5'
const POD6 = 'fd00::4'
const ROUTER = '10.1.0.1'
const ROUTER_MAC = '02-00-5E-00-00-FE'

describe('an l2bridge', () => {
  describe('without an uplink', () => {
    let lab: Lab

    beforeEach(async () => {
      lab = await createLab({ endpoints: [POD, PEER, POD6, 'fd00::5'] })
    })
    afterEach(() => lab.close())

    it("answers ARP for a peer with the peer's own MAC", async () => {
      await lab.at(POD).send(arp(`who-has ${PEER} tell ${POD}`))

      const answers = (await lab.at(POD).received()) as readonly ArpPacket[]
      const asked = (await lab.at(PEER).received()) as readonly ArpPacket[]
      // Either the switch answers, or the peer is asked; a pod learns the peer's MAC.
      if (answers.length > 0) assert.deepEqual(answers, [arp(`${PEER} is-at ${lab.at(PEER).mac} to ${POD}`)])
      else assert.deepEqual(asked, [arp(`who-has ${PEER} tell ${POD} sender-mac ${lab.at(POD).mac}`)])
    })

    it('answers ARP and neighbour solicitations for its gateway itself', async () => {
      await lab.at(POD).send(arp(`who-has ${ROUTER} tell ${POD}`))
      await lab.at(POD6).send(nd(`who-has fd00::1 tell ${POD6}`))

      const [arpAnswer] = (await lab.at(POD).received()) as readonly ArpPacket[]
      const [ndAnswer] = (await lab.at(POD6).received()) as readonly NdPacket[]
      assert.equal(arpAnswer?.operation, 'reply')
      assert.equal(arpAnswer?.senderIp, ROUTER)
      assert.equal(arpAnswer?.targetIp, POD)
      assert.equal(ndAnswer?.operation, 'reply')
      assert.equal(ndAnswer?.targetIp, 'fd00::1')
      assert.equal(ndAnswer?.destination, POD6)
      assert.ok(typeof ndAnswer?.linkMac === 'string')
    })

    it('leaves a question for nobody unanswered', async () => {
      await lab.at(POD).send(arp(`who-has 10.1.9.9 tell ${POD}`))

      assert.deepEqual(await lab.at(POD).received(), [])
    })

    it('carries frames between pods with their own MACs', async () => {
      await lab.at(POD).send(udp(`${POD}:1 > ${PEER}:2 "hello"`))

      const [frame] = await lab.at(PEER).receivedFrames()
      const packet = decodeFrame(frame as Uint8Array) as Exclude<Packet, { kind: 'raw' }>
      assert.equal(packet.sourceMac, lab.at(POD).mac.toUpperCase())
      assert.equal(packet.destinationMac, lab.at(PEER).mac.toUpperCase())
    })

    it('drops what leads nowhere, and says why', async () => {
      await lab.at(POD).send(udp(`${POD}:1 > 192.0.2.1:2`))

      const { out } = await lab.host.vfp.counters(lab.at(POD).endpoint)
      assert.deepEqual(out.drops, [{ reason: 'no-destination', number: 11, packets: 1 }])
    })
  })

  describe('with an uplink', () => {
    let lab: Lab

    beforeEach(async () => {
      lab = await createLab({ endpoints: [POD, PEER, POD6], uplink: true })
    })
    afterEach(() => lab.close())

    async function uplinkPackets(): Promise<readonly Exclude<Packet, { kind: 'raw' }>[]> {
      return (await lab.uplink.receivedFrames()).map((frame) => decodeFrame(frame) as Exclude<Packet, { kind: 'raw' }>)
    }

    it("shows the wire the host's MAC, and nothing else changed", async () => {
      await lab.at(POD).send(tcp(`${POD}:1 > 192.0.2.1:80 S`), { destinationMac: ROUTER_MAC })

      assert.deepEqual(await uplinkPackets(), [tcp(`${POD}:1 > 192.0.2.1:80 S @${lab.uplink.mac}>${ROUTER_MAC}`)])
    })

    it("brings an answer to the pod's own MAC", async () => {
      await lab.at(POD).send(tcp(`${POD}:1 > 192.0.2.1:80 S`), { destinationMac: ROUTER_MAC })
      await lab.uplink.send(tcp(`192.0.2.1:80 > ${POD}:1 SA @${ROUTER_MAC}>${lab.uplink.mac}`))

      const [frame] = await lab.at(POD).receivedFrames()
      assert.deepEqual(decodeFrame(frame as Uint8Array), tcp(`192.0.2.1:80 > ${POD}:1 SA @${ROUTER_MAC}>${lab.at(POD).mac}`))
    })

    it("asks the wire for a router with the host's MAC, in the ARP body too, and hands the answer to the pod", async () => {
      await lab.at(POD).send(arp(`who-has ${ROUTER} tell ${POD}`))
      const [question] = await uplinkPackets()
      assert.deepEqual(question, arp(`who-has ${ROUTER} tell ${POD} @${lab.uplink.mac}>`))

      await lab.uplink.send(arp(`${ROUTER} is-at ${ROUTER_MAC} to ${POD} @${ROUTER_MAC}>${lab.uplink.mac}`))
      const [frame] = await lab.at(POD).receivedFrames()
      assert.deepEqual(decodeFrame(frame as Uint8Array), arp(`${ROUTER} is-at ${ROUTER_MAC} to ${POD} @${ROUTER_MAC}>${lab.at(POD).mac}`))
    })

    it("answers the wire's question for a pod with the host's MAC", async () => {
      await lab.uplink.send(arp(`who-has ${POD} tell ${ROUTER} @${ROUTER_MAC}>`))

      const answers = await uplinkPackets()
      if (answers.length === 0) {
        // The pod was asked: its answer must not show its own MAC.
        await lab.at(POD).send(arp(`${POD} is-at ${lab.at(POD).mac} to ${ROUTER} @${lab.at(POD).mac}>${ROUTER_MAC}`))
        answers.concat(await uplinkPackets())
      }
      assert.deepEqual(answers, [arp(`${POD} is-at ${lab.uplink.mac} to ${ROUTER} @${lab.uplink.mac}>${ROUTER_MAC}`)])
    })

    it("puts the host's MAC into a pod's neighbour solicitation, and its checksum stays right", async () => {
      await lab.at(POD6).send(nd(`who-has fd00::1 tell ${POD6}`))

      const [frame] = await lab.uplink.receivedFrames()
      assert.deepEqual(decodeFrame(frame as Uint8Array), nd(`who-has fd00::1 tell ${POD6} @${lab.uplink.mac}>`))
      assert.deepEqual(wrongChecksums(frame as Uint8Array), [])
    })

    it("does not let a pod's MAC out of the uplink, whatever the pod sends", async () => {
      const podMac = Buffer.from(lab.at(POD).mac.replaceAll('-', ''), 'hex')
      await fc.assert(
        fc.asyncProperty(fc.array(anything(lab.at(POD).mac), { minLength: 1, maxLength: 8 }), async (frames) => {
          await lab.at(POD).send(frames)

          for (const frame of await lab.uplink.receivedFrames()) {
            assert.deepEqual(
              decodeFrame(frame).kind === 'raw' ? Buffer.from(frame.subarray(6, 12)).toString('hex') : macOf(frame),
              lab.uplink.mac,
            )
            // The Ethernet header and, of ARP and ND, everything.
            const bodyMatters = ['arp', 'nd'].includes(decodeFrame(frame).kind)
            const part = Buffer.from(bodyMatters ? frame : frame.subarray(0, 14))
            assert.equal(part.indexOf(podMac), -1, `the pod's MAC is in ${part.toString('hex')}`)
          }
        }),
        { numRuns: propertyRuns() },
      )
    })
  })
})

function macOf(frame: Uint8Array): string {
  return Buffer.from(frame.subarray(6, 12)).toString('hex').toUpperCase().match(/../g)?.join('-') ?? ''
}

/** Frames a pod may send: sane, odd, and bytes with a plausible head. */
function anything(mac: string): fc.Arbitrary<Uint8Array> {
  const sane = fc.constantFrom(
    'tcp 10.1.0.4:1 > 192.0.2.1:80 S',
    'udp 10.1.0.4:1 > 255.255.255.255:67 "x"',
    'udp 10.1.0.4:1 > 224.0.0.251:5353 "x"',
    'arp who-has 10.1.0.1 tell 10.1.0.4',
    'arp who-has 10.1.0.4 tell 10.1.0.4',
    `arp 10.1.0.4 is-at ${mac} to 10.1.0.1`,
    'nd who-has fd00::1 tell fe80::1',
    'nd who-has fd00::9 tell :: no-link',
    `nd fd00::4 is-at ${mac}`,
  )
  const frames = sane.map((text) => encodeFrame(parsePacket(text), { sourceMac: mac, destinationMac: ROUTER_MAC }))
  const odd = fc.tuple(frames, fc.nat(), fc.nat({ max: 255 })).map(([frame, at, value]) => {
    const changed = Uint8Array.from(frame)
    changed[12 + (at % (frame.length - 12))] = value
    return changed
  })
  return fc.oneof(frames, odd)
}
