import assert from 'node:assert/strict'
import { acl } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'

describe('a flow after a policy change', () => {
  let lab: Lab
  const blockClient = acl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: [CLIENT], localPorts: [80], priority: 50 })
  const request = tcp(`${CLIENT}:31337 > ${SERVER}:80 PA "x"`)
  const answer = tcp(`${SERVER}:80 > ${CLIENT}:31337 PA "y"`)

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST })
    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${SERVER}:80 S`))
    await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${CLIENT}:31337 SA`))
    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${SERVER}:80 A`))
    await lab.deliveries()
  })
  afterEach(() => lab.close())

  it('is cut at its next packet by a new Block, in both directions', async () => {
    await lab.at(SERVER).endpoint.addPolicies([blockClient])

    await lab.at(CLIENT).send(request)
    await lab.at(SERVER).send(answer)

    assert.deepEqual(await lab.deliveries(), {})
  })

  it('is cut by the packet of the other direction, too', async () => {
    await lab.at(SERVER).endpoint.addPolicies([blockClient])

    await lab.at(SERVER).send(answer)

    assert.deepEqual(await lab.deliveries(), {})
    assert.equal((await lab.at(SERVER).explain(answer)).reason?.name, 'connection-blocked')
  })

  it('stays cut when its answers would be a connection of their own', async () => {
    await lab.at(SERVER).endpoint.addPolicies([blockClient])
    await lab.at(CLIENT).send(request)
    await lab.at(SERVER).send(answer)

    await lab.at(CLIENT).send(request)

    assert.deepEqual(await lab.deliveries(), {})
  })

  it('passes again when the Block is taken away and its initiator starts anew', async () => {
    await lab.at(SERVER).endpoint.addPolicies([blockClient])
    await lab.at(CLIENT).send(request)
    await lab.at(SERVER).endpoint.removePolicies([blockClient])

    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > ${SERVER}:80 S`))
    await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${CLIENT}:31337 SA`))

    assert.deepEqual(await lab.deliveries(), {
      [SERVER]: [tcp(`${CLIENT}:31337 > ${SERVER}:80 S`)],
      [CLIENT]: [tcp(`${SERVER}:80 > ${CLIENT}:31337 SA`)],
    })
  })

  it('goes on undisturbed when a change does not concern it', async () => {
    await lab
      .at(SERVER)
      .endpoint.addPolicies([acl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: ['10.1.0.66'], priority: 50 })])

    await lab.at(CLIENT).send(request)
    await lab.at(SERVER).send(answer)

    assert.deepEqual(await lab.deliveries(), { [SERVER]: [request], [CLIENT]: [answer] })
    const { in: inbound } = await lab.host.vfp.counters(lab.at(SERVER).endpoint)
    assert.equal(inbound.reconciled, 1)
  })

  it('goes on when the very same policies are set again', async () => {
    await lab.at(SERVER).endpoint.setPolicies(ALLOW_THE_REST)

    await lab.at(CLIENT).send(request)

    assert.deepEqual(await lab.deliveries(), { [SERVER]: [request] })
  })

  it('ends when its endpoint is deleted', async () => {
    const port = lab.at(CLIENT)
    await lab.at(SERVER).endpoint.delete()

    await port.send(request)

    assert.deepEqual(await port.received(), [])
    assert.deepEqual(
      (await lab.host.vfp.flows(port.portId).toArray()).filter(({ port: id }) => id === lab.at(SERVER).portId),
      [],
    )
  })
})
