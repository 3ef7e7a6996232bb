import assert from 'node:assert/strict'
import { Vfp } from '../../lib/engine/vfp.js'
import { acl } from '../../lib/index.js'
import { featuresOf, readVersionTable } from '../../lib/native/features.js'
import type { NativeHost } from '../../lib/native/hcn-calls.js'
import { loadBinding } from '../../lib/native/load.js'
import { HostContext } from '../../lib/objects/host-context.js'
import { withSystemSwitch } from '../../lib/system-switch/open.js'
import { SystemSwitch } from '../../lib/system-switch/system-switch.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp } from '../../lib/testing/index.js'
import { commandWords, type VfpctrlCommand } from '../../lib/vfpctrl/command.js'
import { parseExplanation } from '../../lib/vfpctrl/simulation-text.js'
import type { VfpFlowPage, VfpLayer, VfpPort } from '../../types/index.js'
import { rejects } from '../support/rejects.js'
import { vfpctrlOutput } from '../vfpctrl/support/fixtures.js'
import { hasScripts, StandIn } from './support/stand-in.js'

const EXTERNAL = '4FD72AB0-2C35-4AE7-AC9A-F893495BD5EF'
const HOST = '1666B12E-5204-46FB-A42E-1295AE2DF63A'
const POD = 'F2A203DC-F7AB-4354-B969-8F60C466685A'
const ENDPOINT = 'B5F4E943-756D-4EE8-A70C-DF5AD7C74715'

/** HNS as far as the switch asks it. */
const hns = (endpoints: readonly object[]) => ({ hnsCall: async () => JSON.stringify({ Success: true, Output: endpoints }) })
const WEB = {
  ID: ENDPOINT,
  VirtualNetwork: '7CA6A0C6-9A2B-4E5C-8D8B-0B6F8A4B3C2D',
  IPAddress: '10.244.1.5',
  MacAddress: '00-15-5d-5a-b0-b3',
}

/** The facade's `vfp` of a host whose switch is `standIn`'s. */
function vfpOf(native: NativeHost): Vfp {
  const { errorSymbols, versions } = loadBinding()
  return new Vfp(new HostContext(native, errorSymbols, featuresOf(readVersionTable(versions), { major: 13, minor: 3 })), false)
}

const describeHere = hasScripts ? describe : describe.skip

describeHere("the system's switch, as vfpctrl.exe shows it", () => {
  let standIn: StandIn
  let native: NativeHost
  let vfp: Vfp

  beforeEach(() => {
    standIn = new StandIn()
      .answer('/list-vmswitch-port', vfpctrlOutput('ports.txt'))
      .answer('/list-vmswitch-port /format 1', vfpctrlOutput('ports.json'))
      .answer(`/port ${POD} /list-layer`, vfpctrlOutput('layers.txt'))
      .answer(`/port ${POD} /layer ACL_ENDPOINT_LAYER /list-rule`, vfpctrlOutput('acl-rules.txt'))
      .answer(`/port ${POD} /layer LB_DSR /list-rule`, emptyListing('list-rule'))
      .answer(`/port ${POD} /layer INTERNAL_L2_REWRITE_LAYER /list-rule`, emptyListing('list-rule'))
      .answer(`/port ${POD} /layer VNET_PA_ROUTE_LAYER /list-rule`, emptyListing('list-rule'))
      .answer(`/port ${POD} /get-rule-counter /format 1`, vfpctrlOutput('rule-counters.json'))
      .answer(`/port ${POD} /get-port-counter /format 1`, vfpctrlOutput('port-counters.json'))
    const bare = { ...hns([WEB]), close: async () => undefined } as unknown as NativeHost
    native = withSystemSwitch(bare, { path: standIn.path })
    vfp = vfpOf(native)
  })
  afterEach(async () => {
    await native.close()
    standIn.remove()
  })

  it('has ports, with the endpoint, network and addresses that HNS knows', async () => {
    const ports = await vfp.ports()

    assert.deepEqual(
      ports.map(({ id, switchPort, kind, mtu }) => [id, switchPort, kind, mtu]),
      [
        [EXTERNAL, EXTERNAL, 'uplink', 1500],
        [HOST, HOST, 'host', 1500],
        [ENDPOINT, POD, 'endpoint', 1450],
      ],
    )
    assert.deepEqual(ports[2], {
      id: ENDPOINT,
      switchPort: POD,
      friendlyName: ENDPOINT,
      kind: 'endpoint',
      network: WEB.VirtualNetwork,
      macAddress: '00-15-5D-5A-B0-B3',
      addresses: ['10.244.1.5'],
      mtu: 1450,
    })
  })

  it('has layers, rules and their counters; a port goes by its endpoint, too', async () => {
    const rules = await vfp.rules(ENDPOINT, { layer: 'ACL_ENDPOINT_LAYER' })

    assert.deepEqual(
      rules.map(({ name, action, group, direction, matchedPackets, droppedPackets }) => [
        name,
        action,
        group,
        direction,
        matchedPackets,
        droppedPackets,
      ]),
      [
        ['allow-host-to-endpoint', 'allow', 'ACL_ENDPOINT_GROUP_IPV4_IN', 'in', 41, 0],
        ['no-stranger', 'block', 'ACL_ENDPOINT_GROUP_IPV4_IN', 'in', 7, 7],
      ],
    )
    const layers = await vfp.layers(POD)
    assert.deepEqual(
      layers.map(({ id, priority, stateful, defaultAllow }) => [id, priority, stateful, defaultAllow]),
      [
        ['INTERNAL_L2_REWRITE_LAYER', 75, false, false],
        ['ACL_ENDPOINT_LAYER', 100, true, false],
        ['LB_DSR', 200, false, true],
        ['VNET_PA_ROUTE_LAYER', 600, false, true],
      ],
    )
    assert.deepEqual(await vfp.layers({ id: ENDPOINT, friendlyName: '' } as VfpPort), layers)
  })

  it('has counters of a port, and no figures that the program does not give', async () => {
    const { out, in: inbound } = await vfp.counters(POD)

    assert.deepEqual(out, {
      packets: 100,
      bytes: 6400,
      forwarded: 96,
      dropped: 3,
      drops: [{ reason: 'acl-blocked', number: 64, packets: 2 }],
    })
    assert.deepEqual(inbound, { packets: 90, bytes: 5400, forwarded: 90, dropped: 0, drops: [] })
  })

  it("gives the program's own text, its port named as the facade names it", async () => {
    assert.equal(await vfp.text(`/port ${ENDPOINT} /list-layer`), vfpctrlOutput('layers.txt'))
    await rejects(vfp.text(`/port ${ENDPOINT} /remove-layer`), 'ERR_NOT_SUPPORTED')
  })

  it('does not show what is not understood as if it were: text() has it', async () => {
    standIn.answer(`/port ${POD} /list-unified-flow`, 'Flow 1: 10.0.0.1\r\nCommand list-unified-flow succeeded!\r\n')
    await rejects(vfp.flows(POD).toArray(), 'ERR_INVALID_ANSWER', /Flow 1.*hns\.vfp\.text\(\)/s)
    assert.match(await vfp.text(`/port ${POD} /list-unified-flow`), /Flow 1/)
    const simulation = `/port ${POD} /process-tuples 6 10.244.1.5 1 10.0.0.1 80 out 1`
    standIn.answer(simulation, 'allowed\r\nCommand process-tuples succeeded!\r\n')
    await rejects(vfp.explain(POD, 'tcp 10.244.1.5:1 > 10.0.0.1:80 S'), 'ERR_INVALID_ANSWER', /allowed/)
  })

  it('has no port that nobody knows', async () => {
    await rejects(vfp.layers('6F9619FF-8B86-D011-B42D-00CF4FC964FF'), 'HCN_E_PORT_NOT_FOUND', /hns\.vfp\.ports\(\)/)
  })

  it('sends, receives and captures nothing', async () => {
    await rejects(vfp.send(POD, new Uint8Array(60)), 'ERR_NOT_SUPPORTED', /embedded/)
    await rejects(vfp.receive(POD), 'ERR_NOT_SUPPORTED')
    await rejects(vfp.capture(POD), 'ERR_NOT_SUPPORTED')
  })

  it('knows the compartment of a namespace, as HNS tells it', async () => {
    const asked: string[] = []
    const hnsOf = (answer: object) => ({
      hnsCall: async (_: string, path: string) => {
        asked.push(path)
        return JSON.stringify(answer)
      },
    })
    const of = (answer: object) => new SystemSwitch({ run: async () => '' }, hnsOf(answer)).describeCompartment('a/b')
    assert.deepEqual(JSON.parse(await of({ Success: true, Output: { CompartmentId: 7 } })), { kind: 'windows', compartment: 7 })
    assert.deepEqual(asked, ['/namespaces/a%2Fb'])
    await rejects(of({ Success: false, Error: 'no such namespace' }), 'ERROR_NOT_FOUND', /no such namespace/)
    for (const output of [{}, null, { CompartmentId: 0 }, { CompartmentId: '7' }])
      await rejects(of({ Success: true, Output: output }), 'ERR_INVALID_ANSWER', /CompartmentId/)
  })

  it('follows IP packets only', async () => {
    await rejects(vfp.explain(POD, 'arp who-has 10.244.1.1 tell 10.244.1.5'), 'ERR_NOT_SUPPORTED', /`arp`/)
  })

  it('is shown while HNS does not answer, without what HNS knows', async () => {
    const stopped = { hnsCall: async () => Promise.reject(new Error('stopped')), close: async () => undefined } as unknown as NativeHost
    const host = withSystemSwitch(stopped, { path: standIn.path })
    assert.deepEqual(
      (await vfpOf(host).ports()).map(({ id, kind, network }) => [id, kind, network]),
      [
        [EXTERNAL, 'uplink', ''],
        [HOST, 'host', ''],
        [POD, 'endpoint', ''],
      ],
    )
    await host.close()
  })

  it('is not waited for longer than the caller said, and its program is ended', async () => {
    standIn.mode('hangs')
    await rejects(vfp.ports({ timeout: 300 }), 'ERR_TIMEOUT', /300 ms/)
    const stopped = new AbortController()
    const listing = vfp.layers(POD, { signal: stopped.signal })
    stopped.abort(new Error('enough'))
    await assert.rejects(listing, /enough/)
  })
})

describe('the embedded switch, read as if it were the system’s', () => {
  let lab: Lab
  let read: SystemSwitch

  before(async () => {
    lab = await createLab({ endpoints: ['10.1.0.4', '10.1.0.20'] })
    await lab.addLoadBalancer({ frontendVips: ['10.96.0.80'], backends: ['10.1.0.4'], ports: { tcp: { 80: 8080 } } })
    await lab.at('10.1.0.4').endpoint.setPolicies([
      acl({
        action: 'block',
        direction: 'in',
        protocol: 'tcp',
        remoteAddresses: ['10.1.0.66', '10.2.0.0/16'],
        localPorts: [8080],
        priority: 100,
        id: 'no: "stranger"',
      }),
      ...ALLOW_THE_REST,
    ])
    await lab.at('10.1.0.20').send(tcp('10.1.0.20:31337 > 10.96.0.80:80 S'))
    const program = { run: (command: VfpctrlCommand) => lab.host.vfp.text(commandWords(command)) }
    read = new SystemSwitch(program, hns([]))
  })
  after(() => lab.close())

  it('has the same layers, rules and counters', async () => {
    for (const { endpoint } of [lab.at('10.1.0.4'), lab.at('10.1.0.20')]) {
      const layers = JSON.parse(await read.listLayers(endpoint.id)) as VfpLayer[]
      assert.deepEqual(
        layers,
        (await lab.host.vfp.layers(endpoint)).map((layer) => ({
          ...layer,
          groups: layer.groups.map((group) => ({ ...group, shared: false })),
        })),
      )
    }
  })

  it('has the same ports', async () => {
    const ports = JSON.parse(await read.listPorts()) as VfpPort[]
    assert.deepEqual(
      ports,
      (await lab.host.vfp.ports()).map(({ id, friendlyName, kind, macAddress, mtu }) => ({
        id,
        switchPort: id,
        friendlyName,
        kind,
        network: '',
        macAddress,
        addresses: [],
        mtu,
      })),
    )
  })

  it('has the same connections', async () => {
    const { flows } = JSON.parse(await read.listFlows(null, '{}')) as VfpFlowPage
    const timeless = ({ idleMilliseconds, expiresInMilliseconds, ...flow }: VfpFlowPage['flows'][number]) => flow
    const byPort = (a: { readonly port: string }, b: { readonly port: string }) => a.port.localeCompare(b.port)
    assert.deepEqual(flows.map(timeless).sort(byPort), (await lab.host.vfp.flows().toArray()).map(timeless).sort(byPort))
    assert.equal(flows.length, 2)
  })

  it('follows a packet the same way', async () => {
    const { endpoint } = lab.at('10.1.0.20')
    const packet = 'tcp 10.1.0.20:5 > 10.96.0.80:80 S'
    const explained = await lab.host.vfp.explain(endpoint, packet)
    const again = await lab.host.vfp.text(['/port', endpoint.id, '/process-tuples', '6 10.1.0.20 5 10.96.0.80 80 out 1'])
    assert.deepEqual(parseExplanation(again), explained)
  })
})

function emptyListing(verb: string): string {
  return `\r\n ITEM LIST\r\n===========\r\n\r\nCommand ${verb} succeeded!\r\n`
}
