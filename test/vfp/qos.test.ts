import assert from 'node:assert/strict'
import { qos } from '../../lib/index.js'
import { createLab, type Lab, udp } from '../../lib/testing/index.js'

const WEB = '10.1.0.4'
const PEER = '10.1.0.5'
const RATE = 1_000_000 // bytes per second
const BURST = 65_536 // of that rate: 50 ms of it are less
const FRAME = 1000 // bytes on the wire

const numbered = (number: number, from = `${WEB}:7`, to = `${PEER}:9`) =>
  udp(`${from} > ${to} "${String(number).padStart(FRAME - 42, '.')}"`)

describe('bandwidth', () => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab({ endpoints: [WEB, PEER], clock: 'manual' })
  })
  afterEach(() => lab.close())

  const send = async (count: number) => lab.at(WEB).send(Array.from({ length: count }, (_, number) => numbered(number)))
  const arrived = async (at = PEER) => (await lab.at(at).received()).length
  const counters = async () => (await lab.host.vfp.counters(lab.at(WEB).endpoint)).out

  it('holds what an endpoint sends to its rate, in the order it came', async () => {
    await lab.at(WEB).endpoint.addPolicies([qos({ maximumOutgoingBandwidth: RATE })])
    await send(100)
    const atOnce = Math.floor(BURST / FRAME)
    assert.equal(await arrived(), atOnce)

    await lab.clock.advance({ milliseconds: 10 })
    assert.deepEqual(
      await lab.at(PEER).received(),
      Array.from({ length: 10 }, (_, i) => numbered(atOnce + i)),
    )
    const { waiting, waitingBytes, delayed, dropped } = await counters()
    assert.deepEqual({ waiting, waitingBytes, delayed, dropped }, { waiting: 25, waitingBytes: 25_000, delayed: 35, dropped: 0 })
  })

  it('drops what finds no room to wait, and says so', async () => {
    await lab.at(WEB).endpoint.addPolicies([qos({ maximumOutgoingBandwidth: RATE })])
    await send(200)

    assert.deepEqual((await counters()).drops, [{ reason: 'rate-limit', number: 89, packets: 70 }])
    const why = await lab.at(WEB).explain(numbered(1))
    assert.equal(why.reason?.name, 'rate-limit')
  })

  it('lets go what waits when the policy is taken away', async () => {
    const limit = qos({ maximumOutgoingBandwidth: RATE })
    await lab.at(WEB).endpoint.addPolicies([limit])
    await send(100)
    await lab.at(WEB).endpoint.removePolicies([limit])

    assert.equal(await arrived(), 100)
    assert.equal((await counters()).waiting, 0)
  })

  it('keeps a limit through changes of other policies, tokens and all', async () => {
    await lab.at(WEB).endpoint.setPolicies([qos({ maximumOutgoingBandwidth: RATE })])
    await send(65)
    await lab.at(WEB).endpoint.addPolicies([{ kind: 'portName', name: 'web' }])
    await lab.addEndpoint('10.1.0.6')
    await send(1)

    assert.equal(await arrived(), 65)
    const [port] = (await lab.host.vfp.ports()).filter(({ id }) => id === lab.at(WEB).portId)
    assert.deepEqual(port?.bytesPerSecond, { out: RATE })
  })

  it('holds what an endpoint is sent, where asked for', async () => {
    await lab.at(PEER).endpoint.addPolicies([qos({ maximumOutgoingBandwidth: 0, maximumIncomingBandwidth: RATE })])
    await send(100)
    assert.equal(await arrived(), Math.floor(BURST / FRAME))

    await lab.clock.advance({ seconds: 1 })
    assert.equal(await arrived(), 100 - Math.floor(BURST / FRAME))
  })

  it('tells in explain that a packet waits, and for what', async () => {
    await lab.at(WEB).endpoint.addPolicies([qos({ maximumOutgoingBandwidth: RATE })])
    await send(66)

    const why = await lab.at(WEB).explain(numbered(1))
    assert.equal(why.verdict, 'forward')
    assert.equal(
      why.steps.find(({ action }) => action === 'qos')?.detail,
      `waits with ${FRAME} bytes that came before, at ${RATE} bytes per second`,
    )
  })

  it('leaves nothing of an endpoint that is deleted while its packets wait', async () => {
    await lab.at(WEB).endpoint.addPolicies([qos({ maximumOutgoingBandwidth: RATE })])
    await send(100)
    await arrived()
    await lab.at(WEB).endpoint.delete()
    await lab.clock.advance({ seconds: 10 })

    assert.equal(await arrived(), 0)
  })
})
