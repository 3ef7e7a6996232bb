import assert from 'node:assert/strict'
import { acl, encodeFrame, explanationText, formatPacket, type Packet } from '../../lib/index.js'
import { ALLOW_THE_REST, arp, createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const STRANGER = '10.1.0.66'
const VIP = '10.96.0.80'

describe('explain', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT, STRANGER] })
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [SERVER], ports: { tcp: { 80: 8080, 8081: 8081 } } })
    await lab.at(SERVER).endpoint.setPolicies([
      acl({
        action: 'block',
        direction: 'in',
        protocol: 'tcp',
        remoteAddresses: [STRANGER],
        localPorts: [8080],
        priority: 100,
        id: 'no-stranger',
      }),
      ...ALLOW_THE_REST,
    ])
  })
  afterEach(() => lab.close())

  const packets: readonly Packet[] = [
    tcp(`${CLIENT}:31337 > ${VIP}:80 S`),
    tcp(`${STRANGER}:31337 > ${VIP}:80 S`),
    tcp(`${STRANGER}:31337 > ${VIP}:8081 S`),
    tcp(`${CLIENT}:31337 > ${VIP}:79 S`),
    tcp(`${CLIENT}:31337 > ${VIP}:80 A`),
    udp(`${CLIENT}:5 > ${SERVER}:53 "x"`),
    udp(`${CLIENT}:5 > 192.0.2.1:53`),
    arp(`who-has 10.1.0.1 tell ${CLIENT}`),
  ]

  for (const packet of packets) {
    it(`foretells what happens to ${formatPacket(packet)}`, async () => {
      const from = lab.at(packet.kind === 'arp' ? CLIENT : 'source' in packet ? packet.source : CLIENT)

      const foretold = await from.explain(packet)
      await from.send(packet)

      const delivered = Object.entries(await lab.deliveries())
      if (foretold.verdict === 'forward') {
        assert.deepEqual(
          delivered.map(([address]) => lab.at(address).portId.toLowerCase()),
          foretold.deliverTo.map((id) => id.toLowerCase()),
        )
        const [arrived] = delivered[0]?.[1] ?? []
        assert.ok(arrived !== undefined && 'destinationPort' in arrived)
        assert.deepEqual(
          {
            source: foretold.finalTuple.source,
            destination: foretold.finalTuple.destination,
            destinationPort: foretold.finalTuple.destinationPort,
          },
          { source: arrived.source, destination: arrived.destination, destinationPort: arrived.destinationPort },
        )
      } else if (foretold.verdict === 'drop') {
        assert.deepEqual(delivered, [])
        const counters = await Promise.all([SERVER, CLIENT, STRANGER].map((address) => lab.host.vfp.counters(lab.at(address).endpoint)))
        const drops = counters.flatMap(({ in: inbound, out }) => [...inbound.drops, ...out.drops])
        assert.deepEqual(
          drops,
          [{ ...foretold.reason, packets: 1 }].map(({ name, number, packets }) => ({ reason: name, number, packets })),
        )
      } else {
        assert.deepEqual(
          delivered.map(([address]) => address),
          [from.address],
        )
      }
    })
  }

  it('names port, layer, group and rule of a block, and the rewrite before it', async () => {
    const { verdict, reason, steps } = await lab.at(STRANGER).explain(tcp(`${STRANGER}:31337 > ${VIP}:80 S`))

    assert.equal(verdict, 'drop')
    assert.deepEqual(reason, { name: 'acl-blocked', number: 64 })
    const rewrite = steps.find(({ layer, change }) => layer === 'LB_DSR' && change.destination !== undefined)
    assert.deepEqual(rewrite?.change, { destination: SERVER, destinationPort: 8080 })
    assert.equal(rewrite?.action, 'lbnat')
    const block = steps.at(-1)
    assert.equal(block?.port.toLowerCase(), lab.at(SERVER).portId.toLowerCase())
    assert.equal(block?.direction, 'in')
    assert.equal(block?.layer, 'ACL_ENDPOINT_LAYER')
    assert.equal(block?.action, 'block')
    assert.equal(block?.rule?.priority, 100)
    assert.match(`${block?.rule?.id} ${block?.rule?.name}`, /no-stranger/)
    assert.equal(block?.before.destination, SERVER)
  })

  it('leaves no trace', async () => {
    const before = await Promise.all([lab.host.vfp.flows().toArray(), lab.host.vfp.counters(lab.at(CLIENT).endpoint)])

    await lab.at(CLIENT).explain(tcp(`${CLIENT}:31337 > ${VIP}:80 S`))

    const after = await Promise.all([lab.host.vfp.flows().toArray(), lab.host.vfp.counters(lab.at(CLIENT).endpoint)])
    assert.deepEqual(after, before)
    assert.deepEqual(await lab.deliveries(), {})
  })

  it('says that a connection is in the flow table', async () => {
    const packet = tcp(`${CLIENT}:31337 > ${VIP}:80 S`)
    assert.equal((await lab.at(CLIENT).explain(packet)).cached, false)

    await lab.at(CLIENT).send(packet)

    assert.equal((await lab.at(CLIENT).explain(packet)).cached, true)
  })

  it('takes an endpoint, a port or its id, and a packet as text, value or bytes', async () => {
    const text = `tcp ${CLIENT}:31337 > ${VIP}:80 S`
    const [port] = (await lab.host.vfp.ports()).filter(({ addresses }) => addresses.includes(CLIENT))
    const packet = tcp(`${CLIENT}:31337 > ${VIP}:80 S @${lab.at(CLIENT).mac}>02-00-00-00-00-01`)

    const answers = await Promise.all([
      lab.host.vfp.explain(lab.at(CLIENT).endpoint, text),
      lab.host.vfp.explain(lab.at(CLIENT).endpoint.id.toUpperCase(), text),
      lab.host.vfp.explain(port as NonNullable<typeof port>, packet),
      lab.host.vfp.explain(lab.at(CLIENT).endpoint, encodeFrame(packet)),
    ])

    for (const answer of answers) assert.deepEqual(answer, answers[0])
  })

  it('is a text that people read', async () => {
    const explanation = await lab.at(STRANGER).explain(tcp(`${STRANGER}:31337 > ${VIP}:80 S`))

    const text = explanationText(explanation, { ports: await lab.host.vfp.ports(), color: false, width: 100 })

    const lines = text.split('\n')
    assert.equal(lines[0], `tcp ${STRANGER}:31337 > ${VIP}:80`)
    assert.ok(lines.some((line) => line.startsWith('│  LB_DSR') && line.includes('lbnat')))
    assert.ok(lines.includes(lines.find((line) => line.includes(`destination ${VIP} → ${SERVER}`)) ?? 'missing'))
    assert.equal(lines.at(-1), '✗ dropped: acl-blocked (64)')
  })

  it('refuses a port nobody has', async () => {
    await rejects(lab.host.vfp.explain('00000000-0000-4000-8000-000000000001', 'tcp 10.1.0.4:1 > 10.1.0.5:2 S'), 'HCN_E_PORT_NOT_FOUND')
    await rejects(lab.host.vfp.explain(lab.at(CLIENT).endpoint, 'tcp nonsense'), 'ERR_INVALID_ARGUMENT')
  })
})
