import assert from 'node:assert/strict'
import { HostNetworking } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp, udp } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'

describe('settings of connections', () => {
  let lab: Lab
  afterEach(() => lab?.close())

  const open = async (connections: NonNullable<Parameters<typeof createLab>[0]>['connections']) => {
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST, ...(connections && { connections }) })
  }
  const begin = (port: number) => udp(`${CLIENT}:${port} > ${SERVER}:53 "x"`)
  const flowsOfClient = async () => {
    const ports = await lab.host.vfp.ports()
    return ports.find(({ addresses }) => addresses.includes(CLIENT))?.flows
  }

  it('forget a connection after the idle time that was asked for', async () => {
    await open({ timeouts: { udp: { seconds: 30 } } })
    await lab.at(CLIENT).send(begin(1))
    await lab.clock.advance({ seconds: 29 })
    assert.equal((await flowsOfClient())?.udp, 1)

    await lab.clock.advance({ seconds: 1 })
    assert.equal((await flowsOfClient())?.udp, 0)
  })

  it('drop the packet that would begin one connection too many, and say why', async () => {
    await open({ limits: { udp: 2 } })
    await lab.at(CLIENT).send([begin(1), begin(2)])

    const foretold = await lab.at(CLIENT).explain(begin(3))
    assert.equal(foretold.verdict, 'drop')
    assert.deepEqual(foretold.reason, { name: 'port-flow-limit', number: 81 })
    assert.equal((await lab.at(CLIENT).explain(begin(2))).verdict, 'forward')
    assert.equal((await lab.at(CLIENT).explain(tcp(`${CLIENT}:3 > ${SERVER}:53 S`))).verdict, 'forward')
  })

  it('drop resets outside the window, when windows are checked', async () => {
    await open({ tcpWindows: true })
    await lab.at(CLIENT).send(tcp(`${CLIENT}:9 > ${SERVER}:80 S seq 100`))
    await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${CLIENT}:9 SA seq 500 ack 101`))
    await lab.at(CLIENT).send(tcp(`${CLIENT}:9 > ${SERVER}:80 A seq 101 ack 501`))

    const forged = await lab.at(SERVER).explain(tcp(`${SERVER}:80 > ${CLIENT}:9 R seq 900000`))
    assert.deepEqual(forged.reason, { name: 'out-of-window', number: 79 })
    assert.equal((await lab.at(SERVER).explain(tcp(`${SERVER}:80 > ${CLIENT}:9 R seq 501`))).verdict, 'forward')
  })

  for (const [what, connections] of [
    ['a timeout of a fraction of a second', { timeouts: { udp: { milliseconds: 1500 } } }],
    ['a timeout of nothing', { timeouts: { udp: { seconds: 0 } } }],
    ['a timeout longer than a week', { timeouts: { udp: { hours: 169 } } }],
    ['a limit below zero', { limits: { tcp: -1 } }],
    ['a limit of what is no kind', { limits: { sctp: 1 } }],
    ['a member that is none', { windows: true }],
  ] as const) {
    it(`refuse ${what}`, async () => {
      await rejects(HostNetworking.open({ provider: 'embedded', connections: connections as never }), 'ERR_INVALID_ARGUMENT')
    })
  }
})
