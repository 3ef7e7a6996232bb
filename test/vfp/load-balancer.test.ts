import assert from 'node:assert/strict'
import { outboundNat, type TcpPacket } from '../../lib/index.js'
import { createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'

const CLIENT = '10.1.0.4'
const VIP = '10.96.0.10' // frontend
const DIP = '10.1.0.7' // backend
const OTHER = '10.1.0.8'

describe('load balancer', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [CLIENT, DIP, OTHER], clock: 'manual' })
  })
  afterEach(() => lab.close())

  for (const dsr of [false, true]) {
    describe(dsr ? 'with DSR' : 'without a source VIP', () => {
      beforeEach(() => lab.addLoadBalancer({ frontendVips: [VIP], backends: [DIP], ports: { tcp: { 80: 8080 }, udp: { 53: 5353 } }, dsr }))

      it('turns the frontend VIP into a backend DIP', async () => {
        await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))

        assert.deepEqual(await lab.at(DIP).received(), [tcp(`${CLIENT}:31337 > ${DIP}:8080 S`)])
      })

      it('shows the client a reply from the VIP, never from the DIP', async () => {
        await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))
        await lab.at(DIP).send(tcp(`${DIP}:8080 > ${CLIENT}:31337 SA`))

        assert.deepEqual(await lab.at(CLIENT).received(), [tcp(`${VIP}:80 > ${CLIENT}:31337 SA`)])
      })

      it('carries UDP to its own port', async () => {
        await lab.at(CLIENT).send(udp(`${CLIENT}:5000 > ${VIP}:53 "who?"`))
        await lab.at(DIP).send(udp(`${DIP}:5353 > ${CLIENT}:5000 "you"`))

        assert.deepEqual(await lab.at(DIP).received(), [udp(`${CLIENT}:5000 > ${DIP}:5353 "who?"`)])
        assert.deepEqual(await lab.at(CLIENT).received(), [udp(`${VIP}:53 > ${CLIENT}:5000 "you"`)])
      })

      it('leaves a port alone that it does not serve', async () => {
        await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:81 S`))

        assert.deepEqual(await lab.deliveries(), {})
      })
    })
  }

  it('keeps a connection on its backend when another backend is added', async () => {
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [DIP], ports: { tcp: { 80: 8080 } } })
    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))
    await lab.at(DIP).send(tcp(`${DIP}:8080 > ${CLIENT}:31337 SA`))
    await lab.addBackend(VIP, OTHER)
    await lab.clock.advance({ minutes: 3 }) // Less than the TCP idle timeout.
    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 A`))

    assert.equal((await lab.at(DIP).received()).length, 2)
    assert.deepEqual(await lab.at(OTHER).received(), [])
  })

  it('drops a new connection when there is no backend, and says why', async () => {
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [], ports: { tcp: { 80: 8080 } } })

    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))

    const { out } = await lab.host.vfp.counters(lab.at(CLIENT).endpoint)
    assert.deepEqual(out.drops, [{ reason: 'no-backend', number: 66, packets: 1 }])
    assert.equal((await lab.at(CLIENT).explain(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))).reason?.name, 'no-backend')
  })

  it('lets only connections of a backend that is gone find another one', async () => {
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [DIP, OTHER], ports: { tcp: { 80: 8080 } } })
    const ports = Array.from({ length: 64 }, (_, i) => 20_000 + i)
    for (const port of ports) await lab.at(CLIENT).send(tcp(`${CLIENT}:${port} > ${VIP}:80 S`))
    const onDip = portsOf(await lab.at(DIP).received())
    const onOther = portsOf(await lab.at(OTHER).received())
    assert.equal(onDip.length + onOther.length, 64)
    assert.ok(onDip.length > 0 && onOther.length > 0)

    await lab.removeBackend(VIP, OTHER)
    for (const port of ports) await lab.at(CLIENT).send(tcp(`${CLIENT}:${port} > ${VIP}:80 S`))

    assert.deepEqual(portsOf(await lab.at(DIP).received()).sort(), ports)
    assert.deepEqual(await lab.at(OTHER).received(), [])
  })

  it('shares connections evenly among backends', async () => {
    const backends = [DIP, OTHER, '10.1.0.9', '10.1.0.10']
    for (const address of backends.slice(2)) await lab.addEndpoint(address)
    await lab.addLoadBalancer({ frontendVips: [VIP], backends, ports: { tcp: { 80: 8080 } } })
    const total = 4000

    await lab.at(CLIENT).send(Array.from({ length: total }, (_, i) => tcp(`${CLIENT}:${10_000 + i} > ${VIP}:80 S`)))

    const counts = await Promise.all(backends.map(async (address) => (await lab.at(address).received()).length))
    const fair = total / backends.length
    const chiSquare = counts.reduce((sum, count) => sum + (count - fair) ** 2 / fair, 0)
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      total,
    )
    // Three degrees of freedom, p = 0.00001.
    assert.ok(chiSquare < 25.9, `${counts.join(', ')}: χ² ${chiSquare}`)
  })

  it('sends all of a client to one backend when it goes by the source address', async () => {
    const backends = [DIP, OTHER, '10.1.0.9', '10.1.0.10']
    for (const address of backends.slice(2)) await lab.addEndpoint(address)
    await lab.addLoadBalancer({ frontendVips: [VIP], backends, ports: [{ protocol: 'tcp', external: 80, distribution: 'sourceAddress' }] })

    await lab.at(CLIENT).send(Array.from({ length: 200 }, (_, i) => tcp(`${CLIENT}:${10_000 + i} > ${VIP}:80 S`)))

    const counts = await Promise.all(backends.map(async (address) => (await lab.at(address).received()).length))
    assert.deepEqual(
      counts.sort((a, b) => b - a),
      [200, 0, 0, 0],
    )
  })

  // HNS needs the policy for this (kubernetes' loopback DSR): without it the pod meets its own address.
  it('brings a client that is its own backend an answer from the VIP, and never its own address as peer', async () => {
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [CLIENT], ports: { tcp: { 80: 8080 } } })
    await lab.at(CLIENT).endpoint.addPolicies([outboundNat({ destinations: [`${CLIENT}/32`] })])

    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))
    const [request] = (await lab.at(CLIENT).received()) as readonly TcpPacket[]
    assert.equal(request?.destination, CLIENT)
    assert.equal(request?.destinationPort, 8080)
    assert.notEqual(request?.source, CLIENT)

    await lab.at(CLIENT).send(tcp(`${CLIENT}:8080 > ${request?.source}:${request?.sourcePort} SA`))
    assert.deepEqual(await lab.at(CLIENT).received(), [tcp(`${VIP}:80 > ${CLIENT}:31337 SA`)])
  })

  it('leaves the VIP for the backend to see when it preserves the destination', async () => {
    await lab.addLoadBalancer({
      frontendVips: [VIP],
      backends: [DIP],
      ports: [{ protocol: 'tcp', external: 80, internal: 80, preserveDip: true }],
      dsr: true,
    })

    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))

    assert.deepEqual(await lab.at(DIP).received(), [tcp(`${CLIENT}:31337 > ${VIP}:80 S`)])
  })

  it('balances IPv6', async () => {
    await lab.addEndpoint('fd00::4')
    await lab.addEndpoint('fd00::7')
    await lab.addLoadBalancer({ frontendVips: ['fd00:96::80'], backends: ['fd00::7'], ports: { tcp: { 80: 8080 } } })

    await lab.at('fd00::4').send(tcp('[fd00::4]:31337 > [fd00:96::80]:80 S'))
    await lab.at('fd00::7').send(tcp('[fd00::7]:8080 > [fd00::4]:31337 SA'))

    assert.deepEqual(await lab.at('fd00::7').received(), [tcp('[fd00::4]:31337 > [fd00::7]:8080 S')])
    assert.deepEqual(await lab.at('fd00::4').received(), [tcp('[fd00:96::80]:80 > [fd00::4]:31337 SA')])
  })

  describe('from outside, through the uplink', () => {
    const OUTSIDE = '192.0.2.9'

    beforeEach(async () => {
      await lab.close()
      lab = await createLab({ endpoints: [DIP], uplink: true })
      await lab.addLoadBalancer({ frontendVips: [VIP], backends: [DIP], ports: { tcp: { 80: 8080 } } })
    })

    it('turns the VIP into a DIP and the reply back', async () => {
      await lab.uplink.send(tcp(`${OUTSIDE}:31337 > ${VIP}:80 S`))
      assert.deepEqual(await lab.at(DIP).received(), [tcp(`${OUTSIDE}:31337 > ${DIP}:8080 S`)])

      await lab.at(DIP).send(tcp(`${DIP}:8080 > ${OUTSIDE}:31337 SA`))
      assert.deepEqual(await lab.uplink.received(), [tcp(`${VIP}:80 > ${OUTSIDE}:31337 SA`)])
    })
  })

  describe('with a source VIP', () => {
    const SOURCE_VIP = '10.1.0.3'

    it('shows the backend the source VIP, and the client the VIP', async () => {
      await lab.addLoadBalancer({ frontendVips: [VIP], backends: [DIP], ports: { tcp: { 80: 8080 } }, sourceVip: SOURCE_VIP })

      await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))
      const [request] = (await lab.at(DIP).received()) as readonly TcpPacket[]
      assert.equal(request?.source, SOURCE_VIP)
      assert.equal(request?.destination, DIP)
      assert.equal(request?.destinationPort, 8080)

      await lab.at(DIP).send(tcp(`${DIP}:8080 > ${SOURCE_VIP}:${request?.sourcePort} SA`))
      assert.deepEqual(await lab.at(CLIENT).received(), [tcp(`${VIP}:80 > ${CLIENT}:31337 SA`)])
    })
  })
})

function portsOf(packets: readonly unknown[]): number[] {
  return (packets as readonly TcpPacket[]).map(({ sourcePort }) => sourcePort)
}
