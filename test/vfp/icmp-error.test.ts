import assert from 'node:assert/strict'
import { formatPacket } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, icmp, type Lab, udp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const VIP = '10.96.0.80'

describe('an ICMP error about a load-balanced packet', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST })
    await lab.addLoadBalancer({ frontendVips: [VIP], backends: [SERVER], ports: { udp: { 53: 5353 } } })
    await lab.at(CLIENT).send(udp(`${CLIENT}:5000 > ${VIP}:53 "question"`))
  })
  afterEach(() => lab.close())

  const refusal = icmp(`${SERVER} > ${CLIENT} unreachable code 3 about "udp ${CLIENT}:5000 > ${SERVER}:5353"`)

  it('comes from the VIP and quotes what the client sent', async () => {
    await lab.at(SERVER).send(refusal)

    const [error] = await lab.at(CLIENT).received()
    assert.ok(error !== undefined)
    assert.match(formatPacket(error), new RegExp(`^icmp ${VIP} > ${CLIENT} unreachable code 3 about "udp ${CLIENT}:5000 > ${VIP}:53`))
  })

  it('is explained by its connection', async () => {
    const foretold = await lab.at(SERVER).explain(refusal)

    assert.equal(foretold.verdict, 'forward')
    assert.equal(foretold.finalTuple.source, VIP)
    const [atServer, atClient] = foretold.steps.filter(({ action }) => action === 'flow')
    assert.match(atServer?.detail ?? '', /^an ICMP error about a connection/)
    assert.match(atClient?.detail ?? '', /what it quotes is translated back/)
  })

  it('about a connection nobody has is judged by the ACLs alone', async () => {
    const foretold = await lab
      .at(SERVER)
      .explain(icmp(`${SERVER} > ${CLIENT} unreachable code 3 about "udp ${CLIENT}:5001 > ${SERVER}:5353"`))

    assert.equal(foretold.verdict, 'forward')
    assert.ok(foretold.steps.some(({ layer, action }) => layer === 'ACL_ENDPOINT_LAYER' && action === 'allow'))
  })
})
