import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  decodeFrame,
  outboundNat,
  type Packet,
  portMapping,
  type TcpPacket,
  type UdpPacket,
  withoutMacs,
  wrongChecksums,
} from '../../lib/index.js'
import { createLab, icmp, type Lab, tcp, udp } from '../../lib/testing/index.js'
import { propertyRuns } from '../support/property.js'

const POD = '10.1.0.4'
const PEER = '10.1.0.5'
const NODE = '10.1.0.2'
const OUTSIDE = '192.0.2.9'
const CLUSTER = ['10.1.0.0/16', '10.96.0.0/12']

describe('outbound NAT', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [POD, PEER], uplink: true })
    await lab.at(POD).endpoint.addPolicies([outboundNat({ vip: NODE, exceptions: CLUSTER })])
  })
  afterEach(() => lab.close())

  it('gives what leaves the cluster the address of the node, and brings the answer back', async () => {
    await lab.at(POD).send(tcp(`${POD}:31337 > ${OUTSIDE}:443 S`))
    const [seen] = (await lab.uplink.received()) as readonly TcpPacket[]
    assert.equal(seen?.source, NODE)
    assert.equal(seen?.destination, OUTSIDE)
    assert.equal(seen?.destinationPort, 443)

    await lab.uplink.send(tcp(`${OUTSIDE}:443 > ${NODE}:${seen?.sourcePort} SA`))
    assert.deepEqual(await lab.at(POD).received(), [tcp(`${OUTSIDE}:443 > ${POD}:31337 SA`)])
  })

  it('leaves the exceptions alone', async () => {
    await lab.at(POD).send(tcp(`${POD}:31337 > ${PEER}:80 S`))

    assert.deepEqual(await lab.at(PEER).received(), [tcp(`${POD}:31337 > ${PEER}:80 S`)])
  })

  it('translates only the destinations, where those are named', async () => {
    await lab.at(POD).endpoint.setPolicies([outboundNat({ vip: NODE, destinations: ['192.0.2.0/24'] })])

    await lab.at(POD).send([udp(`${POD}:5 > ${OUTSIDE}:53`), udp(`${POD}:5 > 198.51.100.1:53`)])

    const packets = (await lab.uplink.received()) as readonly UdpPacket[]
    assert.deepEqual(
      packets.map(({ source, destination }) => `${source} > ${destination}`),
      [`${NODE} > ${OUTSIDE}`, `${POD} > 198.51.100.1`],
    )
  })

  it('translates the identifier of an echo, and turns it back', async () => {
    await lab.at(POD).send(icmp(`${POD} > ${OUTSIDE} echo-request id 7 seq 1`))
    const [seen] = await lab.uplink.received()
    assert.ok(seen?.kind === 'icmp')
    assert.equal(seen.source, NODE)

    await lab.uplink.send(icmp(`${OUTSIDE} > ${NODE} echo-reply id ${seen.id} seq 1`))
    assert.deepEqual(await lab.at(POD).received(), [icmp(`${OUTSIDE} > ${POD} echo-reply id 7 seq 1`)])
  })

  it('lets nobody in who was not asked', async () => {
    await lab.at(POD).send(udp(`${POD}:5 > ${OUTSIDE}:53`))
    const [seen] = (await lab.uplink.received()) as readonly UdpPacket[]

    await lab.uplink.send(udp(`198.51.100.1:53 > ${NODE}:${seen?.sourcePort}`))

    assert.deepEqual(await lab.at(POD).received(), [])
  })

  it('keeps two pods apart that use the same port to the same peer', async () => {
    await lab.at(PEER).endpoint.addPolicies([outboundNat({ vip: NODE, exceptions: CLUSTER })])
    await lab.at(POD).send(udp(`${POD}:5000 > ${OUTSIDE}:53 "pod"`))
    await lab.at(PEER).send(udp(`${PEER}:5000 > ${OUTSIDE}:53 "peer"`))
    const [ofPod, ofPeer] = (await lab.uplink.received()) as readonly UdpPacket[]
    assert.notEqual(ofPod?.sourcePort, ofPeer?.sourcePort)

    await lab.uplink.send(udp(`${OUTSIDE}:53 > ${NODE}:${ofPeer?.sourcePort} "for peer"`))
    await lab.uplink.send(udp(`${OUTSIDE}:53 > ${NODE}:${ofPod?.sourcePort} "for pod"`))

    assert.deepEqual(await lab.deliveries(), {
      [POD]: [udp(`${OUTSIDE}:53 > ${POD}:5000 "for pod"`)],
      [PEER]: [udp(`${OUTSIDE}:53 > ${PEER}:5000 "for peer"`)],
    })
  })

  it('forgets a mapping after its idle time, and not before', async () => {
    await lab.at(POD).send(udp(`${POD}:5000 > ${OUTSIDE}:53`))
    const [seen] = (await lab.uplink.received()) as readonly UdpPacket[]
    const answer = udp(`${OUTSIDE}:53 > ${NODE}:${seen?.sourcePort}`)

    await lab.clock.advance({ seconds: 239 })
    await lab.uplink.send(answer)
    assert.equal((await lab.at(POD).received()).length, 1)

    await lab.clock.advance({ seconds: 241 })
    await lab.uplink.send(answer)
    assert.deepEqual(await lab.at(POD).received(), [])
  })

  it('drops the packet when no port is left, says so, and gives ports back when connections end', async () => {
    // The pool of one address and protocol towards one peer: 1024 to 65535.
    const ports = Array.from({ length: 65536 - 1024 + 1 }, (_, i) => i)
    const sources = [POD, PEER]
    await lab.at(PEER).endpoint.addPolicies([outboundNat({ vip: NODE, exceptions: CLUSTER })])
    for (let start = 0; start < ports.length; start += 4096) {
      const batch = ports.slice(start, start + 4096).map((i) => {
        const source = sources[i >= 60000 ? 1 : 0] as string
        return [source, udp(`${source}:${1 + (i % 60000)} > ${OUTSIDE}:53`)] as const
      })
      for (const source of sources) await lab.at(source).send(batch.filter(([from]) => from === source).map(([, packet]) => packet))
      await lab.uplink.receivedFrames()
    }

    const { out } = await lab.host.vfp.counters(lab.at(PEER).endpoint)
    assert.deepEqual(out.drops, [{ reason: 'nat-pool-exhausted', number: 67, packets: 1 }])
    assert.equal((await lab.at(POD).explain(udp(`${POD}:65000 > ${OUTSIDE}:53`))).reason?.name, 'nat-pool-exhausted')

    await lab.clock.advance({ minutes: 5 })
    await lab.at(POD).send(udp(`${POD}:65000 > ${OUTSIDE}:53`))
    assert.equal((await lab.uplink.received()).length, 1)
  }).timeout(60_000)

  it('restores on the way back exactly what was changed on the way out', async () => {
    const port = fc.integer({ min: 1, max: 65535 })
    const outside = fc.tuple(fc.constantFrom(192, 198), fc.nat({ max: 255 })).map(([a, d]) => `${a}.0.2.${d}`)
    const flow = fc.record({
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
      port,
      outside,
      remotePort: port,
      payload: fc.uint8Array({ maxLength: 40 }),
    })
    await fc.assert(
      fc.asyncProperty(flow, async ({ protocol, port, outside, remotePort, payload }) => {
        const extras = payload.length === 0 ? {} : { payload: new Uint8Array(payload) }
        const flags = protocol === 'tcp' ? { flags: 'S' } : {}
        const sent = {
          kind: protocol,
          source: POD,
          sourcePort: port,
          destination: outside,
          destinationPort: remotePort,
          ...flags,
          ...extras,
        } as Packet
        await lab.at(POD).send(sent)
        const [frame] = await lab.uplink.receivedFrames()
        assert.deepEqual(wrongChecksums(frame as Uint8Array), [])
        const seen = decodeFrame(frame as Uint8Array) as TcpPacket
        assert.equal(seen.source, NODE)

        const back = {
          ...sent,
          source: outside,
          sourcePort: remotePort,
          destination: NODE,
          destinationPort: seen.sourcePort,
          ...(protocol === 'tcp' ? { flags: 'SA' } : {}),
        } as Packet
        await lab.uplink.send(back)
        const [answer] = await lab.at(POD).receivedFrames()
        assert.deepEqual(wrongChecksums(answer as Uint8Array), [])
        assert.deepEqual(withoutMacs(decodeFrame(answer as Uint8Array)), { ...back, destination: POD, destinationPort: port })
      }),
      { numRuns: propertyRuns() },
    )
  })
})

describe('a port mapping', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [POD, PEER], uplink: true })
    const node = await lab.addEndpoint(NODE)
    const [host] = await lab.host.namespaces.list()
    await host?.attach(node.endpoint)
    await lab.at(POD).endpoint.addPolicies([portMapping({ protocol: 'tcp', external: 8080, internal: 80, vip: NODE })])
  })
  afterEach(() => lab.close())

  it("leads from the node's port to the pod, which sees who called", async () => {
    await lab.uplink.send(tcp(`${OUTSIDE}:31337 > ${NODE}:8080 S`))
    assert.deepEqual(await lab.at(POD).received(), [tcp(`${OUTSIDE}:31337 > ${POD}:80 S`)])

    await lab.at(POD).send(tcp(`${POD}:80 > ${OUTSIDE}:31337 SA`))
    assert.deepEqual(await lab.uplink.received(), [tcp(`${NODE}:8080 > ${OUTSIDE}:31337 SA`)])
  })

  it('leaves other ports of the node to the node', async () => {
    await lab.uplink.send(tcp(`${OUTSIDE}:31337 > ${NODE}:8081 S`))

    assert.deepEqual(await lab.at(POD).received(), [])
  })
})
