import assert from 'node:assert/strict'
import { decodeFrame, type Packet, vlan } from '../../lib/index.js'
import { arp, createLab, type Lab, udp } from '../../lib/testing/index.js'

const ROUTER_MAC = '02-00-5E-00-00-FE'

describe('VLANs', () => {
  let lab: Lab

  afterEach(() => lab.close())

  async function onTheWire(): Promise<readonly Packet[]> {
    return (await lab.uplink.receivedFrames()).map((frame) => decodeFrame(frame))
  }

  describe("by the endpoint's policy", () => {
    beforeEach(async () => {
      lab = await createLab({ endpoints: ['10.1.0.7'], uplink: true })
      await lab.addEndpoint('10.1.0.4', [vlan({ id: 100 })])
      await lab.addEndpoint('10.1.0.5', [vlan({ id: 100 })])
      await lab.addEndpoint('10.1.0.6', [vlan({ id: 200 })])
    })

    it('tags what leaves and untags what arrives', async () => {
      await lab.at('10.1.0.4').send(udp('10.1.0.4:1 > 192.0.2.1:2'), { destinationMac: ROUTER_MAC })
      assert.deepEqual(await onTheWire(), [udp(`10.1.0.4:1 > 192.0.2.1:2 vlan 100 @${lab.uplink.mac}>${ROUTER_MAC}`)])

      await lab.uplink.send(udp(`192.0.2.1:2 > 10.1.0.4:1 vlan 100 @${ROUTER_MAC}>${lab.uplink.mac}`))
      assert.deepEqual(await lab.deliveries(), { '10.1.0.4': [udp('192.0.2.1:2 > 10.1.0.4:1')] })
    })

    it('keeps endpoints of different VLANs apart, and counts why', async () => {
      await lab.at('10.1.0.4').send([udp('10.1.0.4:1 > 10.1.0.5:2')])
      assert.deepEqual(await lab.deliveries(), { '10.1.0.5': [udp('10.1.0.4:1 > 10.1.0.5:2')] })

      await lab.uplink.send([
        udp(`192.0.2.1:2 > 10.1.0.6:1 vlan 100 @${ROUTER_MAC}>${lab.uplink.mac}`),
        // Without a tag it is for the host, which gets what nobody has.
        udp(`192.0.2.1:2 > 10.1.0.6:1 @${ROUTER_MAC}>${lab.uplink.mac}`),
        udp(`192.0.2.1:2 > 10.1.0.7:1 vlan 200 @${ROUTER_MAC}>${lab.uplink.mac}`),
      ])
      assert.deepEqual(await lab.deliveries(), {})
      const { out } = await lab.host.vfp.counters(lab.uplink.portId)
      assert.deepEqual(out.drops, [{ reason: 'vlan', number: 71, packets: 2 }])
    })

    it('asks the wire in the VLAN of who asks', async () => {
      await lab.at('10.1.0.4').send(arp('who-has 10.1.0.6 tell 10.1.0.4'))

      assert.deepEqual(await onTheWire(), [{ ...arp(`who-has 10.1.0.6 tell 10.1.0.4 @${lab.uplink.mac}>`), vlan: 100 }])
    })

    it('is told by explain and by the list of ports', async () => {
      const { steps, verdict } = await lab.at('10.1.0.6').explain(udp('10.1.0.6:1 > 192.0.2.1:2'))
      const ports = await lab.host.vfp.ports()

      assert.equal(verdict, 'forward')
      assert.equal(steps.at(-1)?.action, 'vlan')
      assert.match(steps.at(-1)?.detail ?? '', /VLAN 200/)
      assert.equal(ports.find(({ id }) => id === lab.at('10.1.0.6').portId)?.vlan, 200)
      assert.equal(ports.find(({ id }) => id === lab.at('10.1.0.7').portId)?.vlan, undefined)
    })

    it('holds from the moment the policy is there, and ends with it', async () => {
      const { endpoint } = lab.at('10.1.0.7')
      const toPeer = udp('10.1.0.7:1 > 10.1.0.5:2')
      await lab.at('10.1.0.7').send(toPeer, { destinationMac: ROUTER_MAC })
      assert.deepEqual(await lab.at('10.1.0.5').received(), [])

      await endpoint.addPolicies([vlan({ id: 100 })])
      await lab.at('10.1.0.7').send(toPeer)
      assert.deepEqual(await lab.at('10.1.0.5').received(), [toPeer])

      await endpoint.removePolicies([vlan({ id: 100 })])
      await lab.at('10.1.0.7').send(toPeer, { destinationMac: ROUTER_MAC })
      assert.deepEqual(await lab.at('10.1.0.5').received(), [])
    })
  })

  it("come from the subnet, where the endpoint's own policy says no other", async () => {
    lab = await createLab({
      subnets: [
        { prefix: '10.1.0.0/24', gateway: '10.1.0.1', vlan: 10 },
        { prefix: '10.2.0.0/24', gateway: '10.2.0.1' },
      ],
      endpoints: ['10.1.0.4', '10.2.0.4'],
      uplink: true,
    })
    await lab.addEndpoint('10.1.0.5', [vlan({ id: 20 })])
    await lab.addEndpoint('10.1.0.6', [vlan({ id: 0 })])

    for (const [address, tag] of [
      ['10.1.0.4', 10],
      ['10.2.0.4', undefined],
      ['10.1.0.5', 20],
      ['10.1.0.6', undefined],
    ] as const) {
      await lab.at(address).send(udp(`${address}:1 > 192.0.2.1:2`), { destinationMac: ROUTER_MAC })
      assert.deepEqual(
        (await onTheWire()).map((packet) => ('vlan' in packet ? packet.vlan : undefined)),
        [tag],
        address,
      )
    }
  })
})
