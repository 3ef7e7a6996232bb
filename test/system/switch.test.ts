import assert from 'node:assert/strict'
import { type Endpoint, HostNetworking, type Network } from '../../lib/index.js'
import { explanationLines } from '../../lib/vfpctrl/simulation-text.js'
import type { VfpExplanation } from '../../types/index.js'
import { rejects } from '../support/rejects.js'
import { Answers } from '../system-switch/support/answers.js'
import { vfpctrlOutput } from '../vfpctrl/support/fixtures.js'

/** test/windows/vfpctrl.c reads them at each call. */
const ANSWERS = 'HNS_VFPCTRL_ANSWERS'
const MODE = 'HNS_VFPCTRL'
const describeHere = process.env.HNS_VFP_TEST_PROVIDER === 'system' ? describe : describe.skip

/** Of test/fixtures/vfpctrl/ports.txt. */
const POD = 'F2A203DC-F7AB-4354-B969-8F60C466685A'
const POD_ENDPOINT = /B5F4E943-756D-4EE8-A70C-DF5AD7C74715/g

describeHere("the machine's own switch, through vfpctrl.exe", () => {
  let hns: HostNetworking
  let network: Network
  let endpoint: Endpoint
  let answers: Answers

  before(async () => {
    hns = await HostNetworking.open({ provider: 'system' })
    network = await hns.networks.create({ name: 'switch', type: 'L2Bridge', subnets: [{ prefix: '10.8.0.0/16', gateway: '10.8.0.1' }] })
    endpoint = await hns.endpoints.create({ network, addresses: ['10.8.0.4'] })
    answers = new Answers()
      .answer('/list-vmswitch-port', vfpctrlOutput('ports.txt').replaceAll(POD_ENDPOINT, endpoint.id))
      .answer('/list-vmswitch-port /format 1', vfpctrlOutput('ports.json').replaceAll(POD_ENDPOINT, endpoint.id))
      .answer(`/port ${POD} /list-layer`, vfpctrlOutput('layers.txt'))
      .answer(`/port ${POD} /get-rule-counter /format 1`, vfpctrlOutput('rule-counters.json'))
      .answer(`/port ${POD} /get-port-counter /format 1`, vfpctrlOutput('port-counters.json'))
    for (const layer of ['INTERNAL_L2_REWRITE_LAYER', 'LB_DSR', 'VNET_PA_ROUTE_LAYER'])
      answers.answer(`/port ${POD} /layer ${layer} /list-rule`, '\r\n ITEM LIST\r\n===========\r\n\r\nCommand list-rule succeeded!\r\n')
    answers.answer(`/port ${POD} /layer ACL_ENDPOINT_LAYER /list-rule`, vfpctrlOutput('acl-rules.txt'))
    process.env[ANSWERS] = answers.folder
  })
  afterEach(() => {
    delete process.env[MODE]
  })
  after(async () => {
    delete process.env[ANSWERS]
    answers.remove()
    await network.delete()
    await hns.close()
  })

  it('has ports, with what HNS knows of their endpoints', async () => {
    const ports = await hns.vfp.ports()

    assert.deepEqual(
      ports.map(({ kind }) => kind),
      ['uplink', 'host', 'endpoint'],
    )
    const own = ports.find(({ id }) => id.toLowerCase() === endpoint.id.toLowerCase())
    assert.deepEqual([own?.switchPort, own?.network.toLowerCase(), own?.addresses], [POD, network.id.toLowerCase(), ['10.8.0.4']])
  })

  it('has rules with their counters, and counters of the port', async () => {
    const rules = await hns.vfp.rules(endpoint, { layer: 'ACL_ENDPOINT_LAYER' })
    assert.deepEqual(
      rules.map(({ name, action, matchedPackets }) => [name, action, matchedPackets]),
      [
        ['allow-host-to-endpoint', 'allow', 41],
        ['no-stranger', 'block', 7],
      ],
    )
    assert.equal((await hns.vfp.counters(endpoint)).out.dropped, 3)
  })

  it("gives the program's own words", async () => {
    assert.equal(await hns.vfp.text(`/port ${endpoint.id} /list-layer`), vfpctrlOutput('layers.txt'))
  })

  it('explains a packet, asking with its tuple', async () => {
    const tuple = {
      sourceMac: '00-15-5D-00-00-01',
      destinationMac: '00-15-5D-00-00-02',
      source: '10.8.0.4',
      destination: '10.8.0.9',
      protocol: 6,
    }
    const said: VfpExplanation = {
      verdict: 'drop',
      reason: { name: 'acl-blocked', number: 64 },
      deliverTo: [],
      cached: false,
      steps: [],
      finalTuple: { ...tuple, sourcePort: 31337, destinationPort: 80 },
    }
    const lines = [...explanationLines(said), 'Command process-tuples succeeded!', '']
    answers.answer(`/port ${POD} /process-tuples 6 10.8.0.4 31337 10.8.0.9 80 out 1`, lines.join('\r\n'))
    assert.deepEqual(await hns.vfp.explain(endpoint, 'tcp 10.8.0.4:31337 > 10.8.0.9:80 S'), said)
  })

  for (const [mode, code, why] of [
    ['fails', 'ERR_PROGRAM_FAILED', /the device is busy/],
    ['denied', 'ERROR_ACCESS_DENIED', /administrator/],
    ['silent', 'ERR_PROGRAM_FAILED', /status 3/],
    ['garbage', 'ERR_INVALID_ANSWER', /not understood/],
  ] as const) {
    it(`has a program that ${mode}: ${code}`, async () => {
      process.env[MODE] = mode
      await rejects(hns.vfp.ports(), code, why)
      await rejects(hns.vfp.layers(endpoint), code)
    })
  }

  it('has a program that hangs: it is not waited for, and ended', async () => {
    process.env[MODE] = 'hangs'
    await rejects(hns.vfp.ports({ timeout: 500 }), 'ERR_TIMEOUT', /500 ms/)
    const stopped = new AbortController()
    const listing = hns.vfp.layers(endpoint, { signal: stopped.signal })
    stopped.abort(new Error('enough'))
    await assert.rejects(listing, /enough/)
    delete process.env[MODE]
    assert.equal((await hns.vfp.ports()).length, 3)
  })

  it('starts a program in a compartment only where this Windows has them: the export that it lacks is named', async () => {
    const namespace = await hns.namespaces.create({})
    // Wine has none.
    await rejects(
      namespace.spawn('cmd.exe', ['/c', 'exit']),
      'ERROR_PROC_NOT_FOUND',
      /iphlpapi\.dll has no `GetCurrentThreadCompartmentId`/,
    )
    await namespace.delete()
  })

  it('is only looked at', async () => {
    await rejects(hns.vfp.send(endpoint, new Uint8Array(60)), 'ERR_NOT_SUPPORTED', /embedded/)
    await rejects(hns.vfp.capture(endpoint), 'ERR_NOT_SUPPORTED')
    await rejects(hns.vfp.text(`/port ${POD} /remove-all-layer`), 'ERR_NOT_SUPPORTED')
  })
})
