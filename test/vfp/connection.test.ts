import assert from 'node:assert/strict'
import { acl, parsePacket } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'

describe('a connection', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST })
  })
  afterEach(() => lab.close())

  const toServer = (flags: string) => tcp(`${CLIENT}:31337 > ${SERVER}:80 ${flags}`)
  const toClient = (flags: string) => tcp(`${SERVER}:80 > ${CLIENT}:31337 ${flags}`)

  async function states(): Promise<readonly string[]> {
    return (await lab.host.vfp.flows(lab.at(CLIENT).endpoint).toArray()).map(({ state }) => state)
  }

  async function exchange(...segments: readonly (readonly ['>' | '<', string])[]): Promise<void> {
    for (const [direction, flags] of segments)
      await (direction === '>' ? lab.at(CLIENT).send(toServer(flags)) : lab.at(SERVER).send(toClient(flags)))
  }

  it('goes through the states of RFC 9293 as its segments pass', async () => {
    const seen: string[] = []
    for (const segments of [
      [['>', 'S']],
      [['<', 'SA']],
      [['>', 'A']],
      [['>', 'FA']],
      [['<', 'A']],
      [
        ['<', 'FA'],
        ['>', 'A'],
      ],
    ] as const) {
      await exchange(...segments)
      seen.push(...(await states()))
    }

    assert.deepEqual(seen, ['syn-sent', 'syn-received', 'established', 'fin-wait', 'fin-wait', 'time-wait'])
  })

  it('is told with its counters and who began it', async () => {
    await exchange(['>', 'S'], ['<', 'SA'], ['>', 'A'])

    const [flow] = await lab.host.vfp.flows(lab.at(CLIENT).endpoint).toArray()
    assert.equal(flow?.initiator, 'out')
    assert.deepEqual(flow?.out.key, { source: CLIENT, destination: SERVER, protocol: 6, sourcePort: 31337, destinationPort: 80 })
    // 14 bytes of Ethernet, 20 of IPv4, 20 of TCP.
    assert.deepEqual([flow?.out.packets, flow?.out.bytes, flow?.in.packets, flow?.in.bytes], [2, 108, 1, 54])
  })

  it('needs a SYN where policy needs state', async () => {
    await lab.at(CLIENT).send(toServer('A'))

    assert.deepEqual(await lab.deliveries(), {})
    const { out } = await lab.host.vfp.counters(lab.at(CLIENT).endpoint)
    assert.deepEqual(out.drops, [{ reason: 'invalid-state', number: 69, packets: 1 }])
  })

  it('is forgotten when it has been idle for four minutes, and not before', async () => {
    await exchange(['>', 'S'], ['<', 'SA'], ['>', 'A'])

    await lab.clock.advance({ seconds: 239 })
    assert.deepEqual(await states(), ['established'])

    await lab.clock.advance({ seconds: 2 })
    assert.deepEqual(await states(), [])
  })

  it('is kept by its packets', async () => {
    await exchange(['>', 'S'], ['<', 'SA'], ['>', 'A'])

    for (let i = 0; i < 3; i++) {
      await lab.clock.advance({ minutes: 3 })
      await exchange(['<', 'A'])
    }

    assert.deepEqual(await states(), ['established'])
  })

  it('that was reset goes soon', async () => {
    await exchange(['>', 'S'], ['<', 'RA'])
    assert.deepEqual(await states(), ['reset'])

    await lab.clock.advance({ seconds: 5 })

    assert.deepEqual(await states(), [])
  })

  it('may be begun anew over one that is over', async () => {
    await exchange(['>', 'S'], ['<', 'SA'], ['>', 'A'], ['>', 'FA'], ['<', 'FA'], ['>', 'A'])
    await lab.deliveries()

    await exchange(['>', 'S'])

    assert.deepEqual(await lab.deliveries(), { [SERVER]: [toServer('S')] })
    assert.deepEqual(await states(), ['syn-sent'])
  })

  it('takes the fast path after its first packet in each direction', async () => {
    await lab.at(CLIENT).send(Array.from({ length: 10 }, () => udp(`${CLIENT}:5 > ${SERVER}:53`)))

    const { out } = await lab.host.vfp.counters(lab.at(CLIENT).endpoint)
    assert.deepEqual([out.slowPath, out.fastPath, out.packets, out.forwarded], [1, 9, 10, 10])
  })

  it('finds no room in a full table, and says so; those that are there go on', async () => {
    await lab.close()
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST, maxConnections: 64 })
    const packets = Array.from({ length: 100 }, (_, i) => udp(`${CLIENT}:${1000 + i} > ${SERVER}:53`))
    await lab.at(CLIENT).send(packets)
    const arrived = await lab.at(SERVER).received()
    assert.ok(arrived.length > 0 && arrived.length < 100, `${arrived.length} of 100 arrived`)
    const counters = await Promise.all([CLIENT, SERVER].map((address) => lab.host.vfp.counters(lab.at(address).endpoint)))
    const drops = counters.flatMap(({ in: inbound, out }) => [...inbound.drops, ...out.drops])
    assert.deepEqual([...new Set(drops.map(({ reason }) => reason))], ['flow-limit'])
    assert.equal(
      drops.reduce((sum, { packets: count }) => sum + count, 0),
      100 - arrived.length,
    )

    await lab.at(CLIENT).send(packets)

    assert.deepEqual(await lab.at(SERVER).received(), arrived)
  })

  it('is listed a page at a time, each once', async () => {
    await lab.at(CLIENT).send(Array.from({ length: 95 }, (_, i) => udp(`${CLIENT}:${1000 + i} > ${SERVER}:53`)))
    const pages: number[] = []

    const ports = new Set<number>()
    for await (const page of lab.host.vfp.flows(lab.at(CLIENT).endpoint, { pageSize: 10 }).pages()) {
      pages.push(page.length)
      for (const { out } of page) ports.add(out.key.sourcePort)
    }

    assert.equal(ports.size, 95)
    assert.equal(
      pages.reduce((sum, count) => sum + count),
      95,
    )
    assert.ok(pages.every((count) => count <= 10))
  })

  it('lets a fragment follow its first one, and no other pass', async () => {
    await lab.at(SERVER).endpoint.setPolicies([acl({ action: 'allow', direction: 'in', protocol: 'udp', localPorts: [53], priority: 1 })])
    const first = udp(`${CLIENT}:5 > ${SERVER}:53 len 24 ipid 7 mf sum 0x1234`)
    const rest = parsePacket(`ip ${CLIENT} > ${SERVER} proto 17 hex 0102030405060708 ipid 7 frag 32`)
    const stray = parsePacket(`ip ${CLIENT} > ${SERVER} proto 17 hex 0102030405060708 ipid 8 frag 32`)

    await lab.at(CLIENT).send([first, rest, stray])

    assert.deepEqual(await lab.deliveries(), { [SERVER]: [first, rest] })
  })

  it('does not come of bytes that are no packet', async () => {
    const mac = Buffer.from(lab.at(CLIENT).mac.replaceAll('-', ''), 'hex')
    const head = (type: string) => [...Buffer.from('020000000001', 'hex'), ...mac, ...Buffer.from(type, 'hex')]
    const frames = [
      [],
      [1],
      head(''),
      head('0800'),
      [...head('0800'), 0x45],
      [...head('86dd'), ...new Array(39).fill(0x60)],
      [...head('0806'), 0, 1],
      head('88cc'),
    ]

    await lab.at(CLIENT).send(frames.map((bytes) => Uint8Array.from(bytes)))

    assert.deepEqual(await lab.deliveries(), {})
    const { out } = await lab.host.vfp.counters(lab.at(CLIENT).endpoint)
    assert.equal(out.packets, frames.length)
    assert.equal(out.dropped, frames.length)
    assert.deepEqual(out.drops.map(({ reason }) => reason).sort(), ['block-non-ip', 'invalid-packet'])
    assert.deepEqual(await states(), [])
  })
})
