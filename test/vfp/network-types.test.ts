import assert from 'node:assert/strict'
import { acl, decodeFrame, type Packet } from '../../lib/index.js'
import { arp, createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'

const A = '10.1.0.4'
const B = '10.1.0.5'
const ROUTER_MAC = '02-00-5E-00-00-FE'

describe('networks of other types', () => {
  let lab: Lab

  afterEach(() => lab.close())

  async function onTheWire(): Promise<readonly Packet[]> {
    return (await lab.uplink.receivedFrames()).map((frame) => decodeFrame(frame))
  }

  describe('L2Tunnel', () => {
    beforeEach(async () => {
      lab = await createLab({ type: 'L2Tunnel', endpoints: [A, B], uplink: true })
    })

    it('carries a connection between two endpoints of the host through the fabric, each frame out once and in once', async () => {
      for (const [from, to, packet] of [
        [A, B, tcp(`${A}:1000 > ${B}:80 S`)],
        [B, A, tcp(`${B}:80 > ${A}:1000 SA`)],
        [A, B, tcp(`${A}:1000 > ${B}:80 A`)],
        [A, B, tcp(`${A}:1000 > ${B}:80 PA "hello"`)],
      ] as const) {
        await lab.at(from).send(packet, { destinationMac: ROUTER_MAC })
        const out = await lab.uplink.receivedFrames()
        assert.equal(out.length, 1)
        assert.deepEqual(await lab.deliveries(), {})

        // The fabric's router sends it on to this host.
        const back = Uint8Array.from(out[0] as Uint8Array)
        back.set(back.subarray(6, 12), 0)
        await lab.host.vfp.send(lab.uplink.portId, [back])
        assert.deepEqual(await lab.deliveries(), { [to]: [packet] })
      }
    })

    it('lets the fabric have its say: what does not come back has not arrived', async () => {
      const { steps, deliverTo } = await lab.at(A).explain(udp(`${A}:1 > ${B}:2`))

      assert.deepEqual(deliverTo, [lab.uplink.portId])
      assert.match(steps.find(({ action }) => action === 'route')?.detail ?? '', /through the fabric/)
    })
  })

  describe('Transparent', () => {
    beforeEach(async () => {
      lab = await createLab({ type: 'Transparent', endpoints: [A, B], uplink: true })
    })

    it("shows the wire the endpoint's own MAC, and takes its answers by that MAC", async () => {
      const { mac } = lab.at(A)
      await lab.at(A).send(tcp(`${A}:1 > 192.0.2.1:80 S`), { destinationMac: ROUTER_MAC })
      assert.deepEqual(await onTheWire(), [tcp(`${A}:1 > 192.0.2.1:80 S @${mac}>${ROUTER_MAC}`)])

      await lab.uplink.send(tcp(`192.0.2.1:80 > ${A}:1 SA @${ROUTER_MAC}>${mac}`))
      assert.deepEqual(await lab.deliveries(), { [A]: [tcp(`192.0.2.1:80 > ${A}:1 SA`)] })
    })

    it('lets an endpoint ask its neighbours and the wire itself', async () => {
      const { mac } = lab.at(A)
      await lab.at(A).send(arp(`who-has ${B} tell ${A}`))

      assert.deepEqual(await onTheWire(), [arp(`who-has ${B} tell ${A} @${mac}>`)])
      assert.equal((await lab.at(B).received()).length, 1)
      assert.deepEqual(await lab.at(A).received(), [])
    })

    it('applies ACLs as everywhere', async () => {
      await lab.at(B).endpoint.addPolicies([acl({ action: 'block', direction: 'in', priority: 100 })])

      await lab.at(A).send(udp(`${A}:1 > ${B}:2`), { destinationMac: lab.at(B).mac })

      assert.deepEqual(await lab.deliveries(), {})
    })
  })

  it('Private: endpoints reach each other, and nobody answers for a gateway', async () => {
    lab = await createLab({ type: 'Private', endpoints: [A, B] })
    const host = (await lab.host.vfp.ports()).find(({ kind }) => kind === 'host')
    assert.ok(host !== undefined)

    await lab.at(A).send([udp(`${A}:1 > ${B}:2`), arp(`who-has 10.1.0.1 tell ${A}`)])
    await lab.at(A).send(udp(`${A}:1 > 255.255.255.255:2`))
    await lab.at(A).send(udp(`${A}:1 > 192.0.2.1:2`), { destinationMac: host.macAddress })

    assert.deepEqual(await lab.deliveries(), { [B]: [udp(`${A}:1 > ${B}:2`), udp(`${A}:1 > 255.255.255.255:2`)] })
    const { in: inbound } = await lab.host.vfp.counters(host.id)
    assert.equal(inbound.packets, 0)
  })

  it('Internal: the host answers for the gateway, and nothing leaves', async () => {
    lab = await createLab({ type: 'Internal', endpoints: [A, B] })

    await lab.at(A).send(arp(`who-has 10.1.0.1 tell ${A}`))
    assert.equal((await lab.at(A).received()).length, 1)
    await lab.at(A).send(udp(`${A}:1 > ${B}:2`))
    assert.deepEqual(await lab.deliveries(), { [B]: [udp(`${A}:1 > ${B}:2`)] })
    await lab.at(A).send(udp(`${A}:1 > 192.0.2.1:2`))
    const { out } = await lab.host.vfp.counters(lab.at(A).endpoint)
    assert.deepEqual(out.drops, [{ reason: 'no-destination', number: 11, packets: 1 }])
  })
})
