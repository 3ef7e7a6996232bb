import assert from 'node:assert/strict'
import { decodeFrame, sdnRoutePolicy } from '../../lib/index.js'
import { createLab, exchange, introduce, type Lab, udp } from '../../lib/testing/index.js'

const POD = '10.1.0.4'
const APPLIANCE = '10.1.0.9'
const ROUTER_MAC = '02-00-5E-00-00-FE'
const toOutside = udp(`${POD}:1 > 172.16.5.5:2`)

describe('SDN routes', () => {
  describe('on an l2bridge', () => {
    let lab: Lab

    beforeEach(async () => {
      lab = await createLab({ endpoints: [POD, APPLIANCE], uplink: true })
    })
    afterEach(() => lab.close())

    async function arrivesAt(): Promise<readonly string[]> {
      await lab.at(POD).send(toOutside, { destinationMac: ROUTER_MAC })
      return Object.keys(await lab.deliveries())
    }

    it('lead to the next hop, with its MAC and the addresses the packet had, while the policy is there', async () => {
      const route = sdnRoutePolicy({ destination: '172.16.0.0/12', nextHop: APPLIANCE })
      assert.deepEqual(await arrivesAt(), ['uplink'])

      await lab.at(POD).endpoint.addPolicies([route])
      await lab.at(POD).send(toOutside, { destinationMac: ROUTER_MAC })
      const [frame] = await lab.at(APPLIANCE).receivedFrames()
      assert.deepEqual(decodeFrame(frame as Uint8Array), udp(`${POD}:1 > 172.16.5.5:2 @${lab.at(POD).mac}>${lab.at(APPLIANCE).mac}`))

      await lab.at(POD).endpoint.removePolicies([route])
      assert.deepEqual(await arrivesAt(), ['uplink'])
    })

    it('are felt as objects, too: made, changed by another object of a longer prefix, deleted', async () => {
      const wide = await lab.host.routes.create({
        endpoints: [lab.at(POD).endpoint],
        routes: [{ destination: '172.16.0.0/12', nextHop: APPLIANCE }],
      })
      assert.deepEqual(await arrivesAt(), [APPLIANCE])

      const narrow = await lab.host.routes.create({
        endpoints: [lab.at(POD).endpoint],
        routes: [{ destination: '172.16.5.0/24', nextHop: '10.1.0.1' }],
      })
      assert.deepEqual(await arrivesAt(), ['uplink'])

      await narrow.delete()
      assert.deepEqual(await arrivesAt(), [APPLIANCE])
      await wide.delete()
      assert.deepEqual(await arrivesAt(), ['uplink'])
    })

    it('of a next hop nobody knows drop what goes there, and explain says whose route it was', async () => {
      await lab.at(POD).endpoint.addPolicies([sdnRoutePolicy({ destination: '172.16.0.0/12', nextHop: '10.1.0.77' })])

      const { verdict, steps, reason } = await lab.at(POD).explain(toOutside)
      assert.equal(verdict, 'drop')
      assert.equal(reason?.name, 'destination-not-ready')
      assert.match(steps.find(({ action }) => action === 'route')?.detail ?? '', /its route to 172\.16\.0\.0\/12 by 10\.1\.0\.77/)
      assert.deepEqual(await arrivesAt(), [])
    })
  })

  it('are kept, and change nothing, where there is no route layer', async () => {
    const lab = await createLab({ type: 'Transparent', endpoints: [APPLIANCE], uplink: true })
    try {
      await lab.addEndpoint(POD, [sdnRoutePolicy({ destination: '172.16.0.0/12', nextHop: APPLIANCE })])
      await lab.at(POD).send(toOutside, { destinationMac: ROUTER_MAC })

      assert.deepEqual(Object.keys(await lab.deliveries()), ['uplink'])
    } finally {
      await lab.close()
    }
  })

  it('on an overlay bring what is to be encapsulated to the host of the next hop', async () => {
    const hosts = await Promise.all(
      [1, 2].map((node) =>
        createLab({
          subnets: [{ prefix: `10.244.${node}.0/24`, gateway: `10.244.${node}.1` }],
          overlay: { providerAddress: `192.168.0.${node}` },
          endpoints: [`10.244.${node}.10`],
        }),
      ),
    )
    const [a, b] = hosts as [Lab, Lab]
    try {
      await introduce(a, b)
      const pod = a.at('10.244.1.10')
      await pod.endpoint.addPolicies([sdnRoutePolicy({ destination: '172.16.0.0/12', nextHop: '10.244.2.10', encapsulate: true })])

      await pod.send(udp('10.244.1.10:1 > 172.16.5.5:2'))
      const frames = await exchange(a, b)

      const tunnelled = frames.map((frame) => decodeFrame(frame)).filter(({ kind }) => kind === 'udp')
      assert.deepEqual(
        tunnelled.map((packet) => ('destination' in packet ? packet.destination : undefined)),
        ['192.168.0.2'],
      )
    } finally {
      await Promise.all(hosts.map((host) => host.close()))
    }
  })
})
