import assert from 'node:assert/strict'
import { acl, type EndpointPolicy, type Packet } from '../../lib/index.js'
import { createLab, icmp, type Lab, tcp, udp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const STRANGER = '10.1.0.66'

describe('ACLs', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT, STRANGER] })
  })
  afterEach(() => lab.close())

  /** Which of the packets, sent by whom their source is, arrive at their destination. */
  async function arriving(...packets: readonly Packet[]): Promise<readonly Packet[]> {
    const arrived: Packet[] = []
    for (const packet of packets) {
      if (packet.kind === 'raw' || packet.kind === 'arp') throw new Error('an IP packet is wanted')
      await lab.at(packet.source).send(packet)
      arrived.push(...(await lab.at(packet.destination).received()))
    }
    return arrived
  }

  const apply = (...policies: readonly EndpointPolicy[]) => lab.at(SERVER).endpoint.setPolicies(policies)

  const allowIn = acl({ action: 'allow', direction: 'in', priority: 1000 })
  const allowOut = acl({ action: 'allow', direction: 'out', priority: 1000 })

  it('are not needed: without any, everything passes', async () => {
    const packets = [
      tcp(`${CLIENT}:1 > ${SERVER}:80 S`),
      udp(`${SERVER}:5 > ${CLIENT}:53`),
      icmp(`${STRANGER} > ${SERVER} echo-request id 1`),
    ]

    assert.deepEqual(await arriving(...packets), packets)
  })

  it('make an endpoint deny by default, both ways, from the first one on', async () => {
    await apply(acl({ action: 'allow', direction: 'in', protocol: 'tcp', localPorts: [80], priority: 100 }))

    assert.deepEqual(await arriving(tcp(`${CLIENT}:1 > ${SERVER}:80 S`)), [tcp(`${CLIENT}:1 > ${SERVER}:80 S`)])
    assert.deepEqual(await arriving(tcp(`${CLIENT}:1 > ${SERVER}:81 S`), udp(`${SERVER}:5 > ${CLIENT}:53`)), [])
  })

  it('leave other endpoints alone', async () => {
    await apply(acl({ action: 'block', direction: 'in', priority: 100 }))

    const packet = tcp(`${CLIENT}:1 > ${STRANGER}:80 S`)
    assert.deepEqual(await arriving(packet), [packet])
  })

  it('stop one address on one port, and let everybody else through', async () => {
    await apply(
      acl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: [`${STRANGER}/32`], localPorts: ['8080'], priority: 100 }),
      allowIn,
      allowOut,
    )

    const passing = [tcp(`${STRANGER}:1 > ${SERVER}:8081 S`), udp(`${STRANGER}:1 > ${SERVER}:8080`), tcp(`${CLIENT}:1 > ${SERVER}:8080 S`)]
    assert.deepEqual(await arriving(...passing), passing)
    assert.deepEqual(await arriving(tcp(`${STRANGER}:1 > ${SERVER}:8080 S`)), [])
  })

  it('go by the lower number first, in whatever order they were given', async () => {
    const block = acl({ action: 'block', direction: 'in', remoteAddresses: ['10.1.0.64/26'], priority: 200 })
    const exception = acl({ action: 'allow', direction: 'in', remoteAddresses: [STRANGER], priority: 100 })

    for (const order of [
      [block, exception, allowIn, allowOut],
      [allowOut, allowIn, exception, block],
    ]) {
      await apply(...order)
      const packet = tcp(`${STRANGER}:1 > ${SERVER}:80 S`)
      assert.deepEqual(await arriving(packet), [packet])
    }
  })

  it('let Block win where numbers are equal', async () => {
    await apply(acl({ action: 'allow', direction: 'in', priority: 100 }), acl({ action: 'block', direction: 'in', priority: 100 }))

    assert.deepEqual(await arriving(tcp(`${CLIENT}:1 > ${SERVER}:80 S`)), [])
  })

  it('let the answer to what they allowed pass without a rule', async () => {
    await apply(acl({ action: 'allow', direction: 'in', protocol: 'tcp', localPorts: [80], priority: 100 }))

    const conversation = [tcp(`${CLIENT}:1 > ${SERVER}:80 S`), tcp(`${SERVER}:80 > ${CLIENT}:1 SA`), tcp(`${CLIENT}:1 > ${SERVER}:80 A`)]
    assert.deepEqual(await arriving(...conversation), conversation)
    assert.deepEqual(await arriving(tcp(`${SERVER}:80 > ${CLIENT}:2 S`)), [])
  })

  it('speak of the endpoint itself: local is its side in both directions', async () => {
    await apply(
      acl({
        action: 'allow',
        direction: 'out',
        protocol: 'udp',
        localPorts: [5000],
        remotePorts: ['50-60'],
        remoteAddresses: [CLIENT],
        priority: 1,
      }),
      acl({
        action: 'allow',
        direction: 'in',
        protocol: 'udp',
        localPorts: [6000],
        remoteAddresses: [CLIENT],
        remotePorts: [7000],
        priority: 1,
      }),
    )

    const passing = [udp(`${SERVER}:5000 > ${CLIENT}:53`), udp(`${CLIENT}:7000 > ${SERVER}:6000`)]
    assert.deepEqual(await arriving(...passing), passing)
    const stopped = [
      udp(`${SERVER}:5001 > ${CLIENT}:53`),
      udp(`${SERVER}:5000 > ${CLIENT}:61`),
      udp(`${SERVER}:5000 > ${STRANGER}:53`),
      udp(`${CLIENT}:6000 > ${SERVER}:7000`),
    ]
    assert.deepEqual(await arriving(...stopped), [])
  })

  it('see the address of the pod behind a service, coming in, and the VIP, going out', async () => {
    const VIP = '10.96.0.80'
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [SERVER], ports: { tcp: { 80: 8080 } } })
    await apply(acl({ action: 'allow', direction: 'in', protocol: 'tcp', localAddresses: [SERVER], localPorts: [8080], priority: 1 }))
    await lab
      .at(CLIENT)
      .endpoint.setPolicies([
        acl({ action: 'allow', direction: 'out', protocol: 'tcp', remoteAddresses: [VIP], remotePorts: [80], priority: 1 }),
      ])

    await lab.at(CLIENT).send(tcp(`${CLIENT}:1 > ${VIP}:80 S`))
    await lab.at(SERVER).send(tcp(`${SERVER}:8080 > ${CLIENT}:1 SA`))

    assert.deepEqual(await lab.at(SERVER).received(), [tcp(`${CLIENT}:1 > ${SERVER}:8080 S`)])
    assert.deepEqual(await lab.at(CLIENT).received(), [tcp(`${VIP}:80 > ${CLIENT}:1 SA`)])
  })

  it('drop silently, and count why', async () => {
    await apply(acl({ action: 'block', direction: 'in', remoteAddresses: [STRANGER], priority: 100 }), allowOut)

    await lab.at(STRANGER).send(tcp(`${STRANGER}:1 > ${SERVER}:80 S`))
    await lab.at(CLIENT).send(tcp(`${CLIENT}:1 > ${SERVER}:80 S`))

    assert.deepEqual(await lab.deliveries(), {})
    const { in: inbound } = await lab.host.vfp.counters(lab.at(SERVER).endpoint)
    assert.deepEqual(inbound.drops, [
      { reason: 'acl-blocked', number: 64, packets: 1 },
      { reason: 'acl-default', number: 65, packets: 1 },
    ])
    assert.equal(inbound.dropped, 2)
  })

  it('count the packets each rule matched', async () => {
    await apply(acl({ action: 'block', direction: 'in', remoteAddresses: [STRANGER], priority: 100, id: 'stop' }), allowIn, allowOut)

    for (const port of [1, 2, 3]) await lab.at(STRANGER).send(tcp(`${STRANGER}:${port} > ${SERVER}:80 S`))

    const rules = await lab.host.vfp.rules(lab.at(SERVER).endpoint, { layer: 'ACL_ENDPOINT_LAYER' })
    assert.deepEqual(
      rules
        .filter(({ matchedPackets }) => matchedPackets > 0)
        .map(({ action, matchedPackets, droppedPackets }) => ({ action, matchedPackets, droppedPackets })),
      [{ action: 'block', matchedPackets: 3, droppedPackets: 3 }],
    )
  })

  it('decide IPv6 as IPv4', async () => {
    await lab.addEndpoint('fd00::4')
    await lab.addEndpoint('fd00::20')
    await lab
      .at('fd00::4')
      .endpoint.setPolicies([
        acl({ action: 'block', direction: 'in', protocol: 'icmpv6', remoteAddresses: ['fd00::/64'], priority: 1 }),
        acl({ action: 'allow', direction: 'in', protocol: 'tcp', remoteAddresses: ['fd00::20'], priority: 2 }),
      ])

    const passing = tcp('[fd00::20]:1 > [fd00::4]:80 S')
    assert.deepEqual(await arriving(icmp('fd00::20 > fd00::4 echo-request id 1'), passing), [passing])
  })
})
