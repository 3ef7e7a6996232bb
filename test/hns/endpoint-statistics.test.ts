import assert from 'node:assert/strict'
import { acl } from '../../lib/index.js'
import { createLab, type Lab, tcp } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'

const CLIENT = '10.1.0.4'
const SERVER = '10.1.0.7'
const NOTHING = { bytesReceived: 0, bytesSent: 0, packetsReceived: 0, packetsSent: 0, droppedIncoming: 0, droppedOutgoing: 0 }

describe('endpoint statistics', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [CLIENT, SERVER] })
  })
  afterEach(() => lab.close())

  const statistics = (address: string) => lab.at(address).endpoint.statistics()

  it('are zero before anything has passed', async () => {
    assert.deepEqual(await statistics(CLIENT), NOTHING)
  })

  it('count what one endpoint sends as what the other receives', async () => {
    await lab.at(CLIENT).send(tcp(`${CLIENT}:1 > ${SERVER}:80 S`))
    await lab.at(CLIENT).send(tcp(`${CLIENT}:2 > ${SERVER}:80 S`))

    const [delivered] = await lab.host.vfp.receive(lab.at(SERVER).endpoint)
    const bytes = 2 * (delivered?.length ?? 0)
    assert.ok(bytes > 0)
    assert.deepEqual(await statistics(CLIENT), { ...NOTHING, packetsSent: 2, bytesSent: bytes })
    assert.deepEqual(await statistics(SERVER), { ...NOTHING, packetsReceived: 2, bytesReceived: bytes })
  })

  it('tell on which side packets were dropped', async () => {
    await lab.at(SERVER).endpoint.setPolicies([acl({ action: 'block', direction: 'in', priority: 100 })])
    await lab.at(CLIENT).send(tcp(`${CLIENT}:1 > ${SERVER}:80 S`))
    await lab.at(CLIENT).endpoint.setPolicies([acl({ action: 'block', direction: 'out', priority: 100 })])
    await lab.at(CLIENT).send(tcp(`${CLIENT}:2 > ${SERVER}:80 S`))

    const client = await statistics(CLIENT)
    const server = await statistics(SERVER)

    assert.deepEqual([client.packetsSent, client.droppedOutgoing, client.droppedIncoming], [2, 1, 0])
    assert.deepEqual([server.packetsReceived, server.droppedIncoming, server.droppedOutgoing], [1, 1, 0])
  })

  it('are refused of a remote endpoint', async () => {
    const remote = await lab.host.endpoints.create({
      network: lab.network,
      remote: true,
      addresses: ['10.1.0.99'],
      macAddress: '02-11-22-33-44-55',
    })

    await rejects(remote.statistics(), 'HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION', /another host/)
  })

  it('and addresses of an endpoint that is gone are refused', async () => {
    const { endpoint } = lab.at(CLIENT)
    const other = await lab.host.endpoints.open(endpoint.id)
    await other.delete()

    await rejects(endpoint.statistics(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
    await rejects(endpoint.queryAddresses(), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
  })
})

describe('addresses of an endpoint', () => {
  it('come with the length of their subnet, or their own', async () => {
    const lab = await createLab()
    try {
      const endpoint = await lab.host.endpoints.create({ network: lab.network, addresses: ['10.1.0.4', 'fd00::4/128'] })

      const addresses = await endpoint.queryAddresses()

      assert.deepEqual(
        addresses.map(({ address, prefixLength }) => [address, prefixLength]),
        [
          ['10.1.0.4', 16],
          ['fd00::4', 128],
        ],
      )
    } finally {
      await lab.close()
    }
  })
})
