import assert from 'node:assert/strict'
import { acl, decodeFrame, type Packet } from '../../lib/index.js'
import { arp, createLab, exchange, introduce, type Lab, tcp, udp } from '../../lib/testing/index.js'
import { complaints, readFields, whyNoTshark } from '../support/tshark.js'

const POD_A = '10.244.1.10'
const POD_B = '10.244.2.10'
const VXLAN_BYTES = 50

type Decoded = Exclude<Packet, { kind: 'raw' }>

/** The frame inside a VXLAN packet; the layout is RFC 7348's, read here by hand. */
function unpack(frame: Uint8Array) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  return {
    outer: decodeFrame(frame) as Decoded & { kind: 'udp' },
    dontFragment: (view.getUint16(20) & 0x4000) !== 0,
    udpChecksum: view.getUint16(40),
    flags: view.getUint8(42),
    vni: view.getUint32(46) >>> 8,
    inner: decodeFrame(frame.subarray(VXLAN_BYTES)) as Decoded,
  }
}

const isVxlan = (frame: Uint8Array) => (decodeFrame(frame) as Packet).kind === 'udp'

async function host(node: number, vxlanPort?: number): Promise<Lab> {
  return createLab({
    subnets: [{ prefix: `10.244.${node}.0/24`, gateway: `10.244.${node}.1` }],
    overlay: { providerAddress: `192.168.0.${node}`, ...(vxlanPort === undefined ? {} : { vxlanPort }) },
    endpoints: [`10.244.${node}.10`],
  })
}

describe('an overlay of two hosts', () => {
  let a: Lab
  let b: Lab

  beforeEach(async () => {
    ;[a, b] = await Promise.all([host(1), host(2)])
    await introduce(a, b)
  })
  afterEach(() => Promise.all([a.close(), b.close()]))

  it('carries a connection between pods, in both directions, through VXLAN', async () => {
    await a.at(POD_A).send(tcp(`${POD_A}:31337 > ${POD_B}:80 S`))
    const wire = [...(await exchange(a, b))]
    assert.deepEqual(await b.at(POD_B).received(), [tcp(`${POD_A}:31337 > ${POD_B}:80 S ttl 63`)])

    await b.at(POD_B).send(tcp(`${POD_B}:80 > ${POD_A}:31337 SA`))
    wire.push(...(await exchange(a, b)))
    assert.deepEqual(await a.at(POD_A).received(), [tcp(`${POD_B}:80 > ${POD_A}:31337 SA ttl 63`)])

    const tunnelled = wire.filter(isVxlan).map(unpack)
    assert.equal(tunnelled.length, 2)
    const [first] = tunnelled as [ReturnType<typeof unpack>]
    assert.equal(first.outer.source, '192.168.0.1')
    assert.equal(first.outer.destination, '192.168.0.2')
    assert.equal(first.outer.destinationPort, 4789)
    assert.ok(first.outer.sourcePort >= 49152)
    assert.equal(first.outer.sourceMac, a.uplink.mac.toUpperCase())
    assert.equal(first.outer.destinationMac, b.uplink.mac.toUpperCase())
    assert.equal(first.dontFragment, true)
    assert.equal(first.udpChecksum, 0)
    assert.equal(first.flags, 0x08)
    assert.equal(first.vni, 4096)
  })

  it('shows the pod its own MAC and the router, and the wire neither pod', async () => {
    await a.at(POD_A).send(udp(`${POD_A}:1 > ${POD_B}:2`))
    const wire = await exchange(a, b)
    const [frame] = await b.at(POD_B).receivedFrames()

    const packet = decodeFrame(frame as Uint8Array) as Decoded
    assert.equal(packet.destinationMac, b.at(POD_B).mac.toUpperCase())
    const shown = wire.map((bytes) => Buffer.from(bytes).toString('hex')).join('\n')
    for (const mac of [a.at(POD_A).mac, b.at(POD_B).mac]) assert.ok(!shown.includes(mac.replaceAll('-', '').toLowerCase()), mac)
  })

  it('answers a pod that asks for the gateway or for a pod elsewhere with the router of its own host', async () => {
    await a.at(POD_A).send([arp(`who-has 10.244.1.1 tell ${POD_A}`), arp(`who-has ${POD_B} tell ${POD_A}`)])

    const answers = (await a.at(POD_A).received()) as readonly { senderMac: string }[]
    const router = a.network.policies.find(({ kind }) => kind === 'routerMacAddress')
    assert.deepEqual(
      answers.map(({ senderMac }) => senderMac),
      [router, router].map((policy) => policy?.kind === 'routerMacAddress' && policy.macAddress),
    )
    assert.deepEqual(await a.uplink.received(), [])
  })

  it("applies the receiving pod's ACLs to the inner packet", async () => {
    await b
      .at(POD_B)
      .endpoint.addPolicies([
        acl({ action: 'block', direction: 'in', remoteAddresses: [`${POD_A}/32`], localPorts: [22], protocol: 'tcp', priority: 100 }),
        acl({ action: 'allow', direction: 'in', priority: 1000 }),
        acl({ action: 'allow', direction: 'out', priority: 1000 }),
      ])
    await a.at(POD_A).send([tcp(`${POD_A}:1 > ${POD_B}:22 S`), tcp(`${POD_A}:2 > ${POD_B}:80 S`)])
    await exchange(a, b)

    assert.deepEqual(await b.at(POD_B).received(), [tcp(`${POD_A}:2 > ${POD_B}:80 S ttl 63`)])
    const { in: counters } = await b.host.vfp.counters(b.at(POD_B).endpoint)
    assert.deepEqual(
      counters.drops.map(({ reason }) => reason),
      ['acl-blocked'],
    )
  })

  it('balances a VIP onto a remote endpoint, and undoes it on the way back', async () => {
    const remote = await a.host.endpoints.create({
      network: a.network,
      name: 'b',
      addresses: [POD_B],
      macAddress: '02-11-0A-F4-02-0A',
      remote: true,
      policies: [{ kind: 'providerAddress', address: '192.168.0.2' }],
    })
    await a.host.loadBalancers.create({
      frontendVips: ['10.96.0.80'],
      backends: [remote],
      ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
      dsr: true,
    })
    await a.at(POD_A).send(tcp(`${POD_A}:5 > 10.96.0.80:80 S`))
    const wire = await exchange(a, b)
    assert.deepEqual(await b.at(POD_B).received(), [tcp(`${POD_A}:5 > ${POD_B}:8080 S ttl 63`)])
    assert.ok(!wire.some((bytes) => Buffer.from(bytes).includes(Buffer.from('02110af4020a', 'hex'))))

    await b.at(POD_B).send(tcp(`${POD_B}:8080 > ${POD_A}:5 SA`))
    await exchange(a, b)
    assert.deepEqual(await a.at(POD_A).received(), [tcp(`10.96.0.80:80 > ${POD_A}:5 SA ttl 63`)])
  })

  it('translates what leaves the overlay to the provider address, but for exceptions', async () => {
    await a.at(POD_A).endpoint.addPolicies([{ kind: 'outboundNat', exceptions: ['10.244.0.0/16'] }])
    // Somebody beyond tells where the router is.
    await a.uplink.send(udp(`203.0.113.9:1 > 192.168.0.1:9 @02-00-5E-00-00-FE>${a.uplink.mac}`))
    await a.at(POD_A).send([udp(`${POD_A}:7 > 203.0.113.9:53`), udp(`${POD_A}:7 > ${POD_B}:53`)])

    const frames = await exchange(a, b)
    const outside = frames
      .map((frame) => decodeFrame(frame) as Decoded)
      .find((packet) => packet.kind === 'udp' && packet.destination === '203.0.113.9')
    assert.ok(outside?.kind === 'udp')
    assert.equal(outside.source, '192.168.0.1')
    assert.equal(outside.destinationMac, '02-00-5E-00-00-FE')
    assert.deepEqual(await b.at(POD_B).received(), [udp(`${POD_A}:7 > ${POD_B}:53 ttl 63`)])

    await a.uplink.send(udp(`203.0.113.9:53 > 192.168.0.1:${outside.sourcePort} @02-00-5E-00-00-FE>${a.uplink.mac}`))
    assert.deepEqual(await a.at(POD_A).received(), [udp(`203.0.113.9:53 > ${POD_A}:7`)])
  })

  it('explains the tunnel at both ends', async () => {
    await a.at(POD_A).send(udp(`${POD_A}:1 > ${POD_B}:2`))
    const wire = await exchange(a, b)

    const leaving = await a.at(POD_A).explain(udp(`${POD_A}:1 > ${POD_B}:2`))
    const encap = leaving.steps.at(-1)
    assert.equal(encap?.action, 'encap')
    assert.deepEqual(encap?.push, {
      type: 'vxlan',
      vsid: 4096,
      source: '192.168.0.1',
      destination: '192.168.0.2',
      destinationPort: 4789,
      sourceMac: a.uplink.mac,
      destinationMac: b.uplink.mac,
    })
    const entering = await b.uplink.explain(wire.filter(isVxlan)[0] as Uint8Array)
    assert.equal(entering.steps[0]?.action, 'decap')
    assert.equal(entering.steps[0]?.pop?.vsid, 4096)
    assert.deepEqual(entering.deliverTo, [b.at(POD_B).portId])

    for await (const flow of a.host.vfp.flows(a.at(POD_A).endpoint)) assert.deepEqual(flow.out.push, encap?.push)
  })

  it('forgets a host whose route is removed', async () => {
    await a.network.query()
    await a.network.removePolicies(a.network.policies.filter(({ kind }) => kind === 'remoteSubnetRoute'))
    await a.at(POD_A).send(udp(`${POD_A}:1 > ${POD_B}:2`))

    assert.deepEqual(await a.uplink.received(), [])
    const { out } = await a.host.vfp.counters(a.at(POD_A).endpoint)
    assert.deepEqual(out.drops, [{ reason: 'no-destination', number: 11, packets: 1 }])
  })

  it('gives endpoints an MTU that leaves room for the tunnel', async () => {
    const ports = await a.host.vfp.ports()
    assert.equal(ports.find(({ id }) => id === a.at(POD_A).portId)?.mtu, 1450)
  })

  it('makes frames that tshark reads without a complaint', async function () {
    const missing = whyNoTshark()
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
    await a.at(POD_A).send([tcp(`${POD_A}:31337 > ${POD_B}:80 S`), udp(`${POD_A}:1 > ${POD_B}:2 "hello"`)])
    const frames = (await exchange(a, b)).filter(isVxlan)

    const tunnel = '4096\t192.168.0.2,10.244.2.10'
    assert.deepEqual(readFields(frames, ['vxlan.vni', 'ip.dst']), [tunnel, tunnel])
    assert.deepEqual(complaints(frames), [])
  }).timeout(60_000)
})

describe('an overlay with a VXLAN port of its own', () => {
  it('sends and takes tunnels at that port, and no others', async () => {
    const [a, b] = await Promise.all([host(1, 8472), host(2, 8472)])
    try {
      await introduce(a, b)
      await a.at(POD_A).send(udp(`${POD_A}:1 > ${POD_B}:2`))
      const [frame] = (await exchange(a, b)).filter(isVxlan)
      assert.equal(unpack(frame as Uint8Array).outer.destinationPort, 8472)
      assert.deepEqual(await b.at(POD_B).received(), [udp(`${POD_A}:1 > ${POD_B}:2 ttl 63`)])

      const other = Uint8Array.from(frame as Uint8Array)
      new DataView(other.buffer).setUint16(36, 4789)
      await b.uplink.send(other)
      assert.deepEqual(await b.at(POD_B).received(), [])
    } finally {
      await Promise.all([a.close(), b.close()])
    }
  })
})
