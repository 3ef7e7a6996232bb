import assert from 'node:assert/strict'
import { networkAcl, type Packet } from '../../lib/index.js'
import { createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const STRANGER = '10.1.0.66'

describe("a network's ACLs", () => {
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

  const allowIn = networkAcl({ action: 'allow', direction: 'in', priority: 1000 })
  const allowOut = networkAcl({ action: 'allow', direction: 'out', priority: 1000 })
  const stop = networkAcl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: [STRANGER], priority: 100 })

  it('stop at every endpoint what they block, and deny by default what they do not speak of', async () => {
    const fromStranger = [tcp(`${STRANGER}:1 > ${SERVER}:80 S`), tcp(`${STRANGER}:1 > ${CLIENT}:80 S`)]
    await lab.network.addPolicies([stop])
    assert.deepEqual(await arriving(...fromStranger, udp(`${CLIENT}:1 > ${SERVER}:53`)), [])

    await lab.network.addPolicies([allowIn, allowOut])
    const passing = [udp(`${STRANGER}:1 > ${SERVER}:53`), tcp(`${CLIENT}:1 > ${STRANGER}:80 S`)]
    assert.deepEqual(await arriving(...fromStranger, ...passing), passing)
  })

  it('hold for an endpoint that is made after them, and are gone with the last of them', async () => {
    await lab.network.addPolicies([stop, allowIn, allowOut])
    await lab.addEndpoint('10.1.0.5')
    const packet = tcp(`${STRANGER}:1 > 10.1.0.5:80 S`)
    assert.deepEqual(await arriving(packet), [])

    await lab.network.removePolicies([stop, allowIn, allowOut])
    assert.deepEqual(await arriving(packet), [packet])
    const layers = await lab.host.vfp.layers(lab.at('10.1.0.5').endpoint)
    assert.ok(!layers.some(({ id }) => id.startsWith('ACL_NETWORK')))
  })

  it('cut an open connection at its next packet, and leave one alone that they do not concern', async () => {
    const open = async (client: string) => {
      await lab.at(client).send(tcp(`${client}:7 > ${SERVER}:80 S`))
      await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${client}:7 SA`))
      await lab.at(client).send(tcp(`${client}:7 > ${SERVER}:80 A`))
    }
    await open(CLIENT)
    await open(STRANGER)
    await lab.deliveries()

    await lab.network.addPolicies([stop, allowIn, allowOut])

    const going = [tcp(`${CLIENT}:7 > ${SERVER}:80 PA "x"`), tcp(`${SERVER}:80 > ${CLIENT}:7 PA "y"`)]
    assert.deepEqual(
      await arriving(tcp(`${STRANGER}:7 > ${SERVER}:80 PA "x"`), tcp(`${SERVER}:80 > ${STRANGER}:7 PA "y"`), ...going),
      going,
    )
    assert.equal((await lab.at(SERVER).explain(tcp(`${SERVER}:80 > ${STRANGER}:7 PA "y"`))).reason?.name, 'connection-blocked')
  })

  it('are named by explain, and their packets are counted by rule', async () => {
    await lab.network.addPolicies([{ ...stop, id: 'strangers' }, allowIn, allowOut])

    const packet = tcp(`${STRANGER}:1 > ${SERVER}:80 S`)
    const { reason, steps } = await lab.at(STRANGER).explain(packet)
    assert.equal(reason?.name, 'acl-blocked')
    const last = steps.at(-1)
    assert.deepEqual(
      [last?.port, last?.layer, last?.group, last?.rule?.name],
      [lab.at(SERVER).portId, 'ACL_NETWORK_LAYER', 'ACL_NETWORK_GROUP_IPV4_IN', 'strangers'],
    )
    await lab.at(STRANGER).send(packet)
    const rules = await lab.host.vfp.rules(lab.at(CLIENT).endpoint, { layer: 'ACL_NETWORK_LAYER' })
    assert.deepEqual(
      rules.filter(({ droppedPackets }) => droppedPackets > 0).map(({ name, droppedPackets }) => ({ name, droppedPackets })),
      [{ name: 'strangers', droppedPackets: 1 }],
    )
  })
})
