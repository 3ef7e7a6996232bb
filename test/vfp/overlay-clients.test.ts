import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { packFrames, unpackFrames } from '../../lib/engine/frame-packing.js'
import { decodeFrame, encodeFrame, parsePacket, type UdpPacket } from '../../lib/index.js'
import type { NativeHandle } from '../../lib/native/hcn-calls.js'
import { WireHost } from '../support/wire-host.js'

type Document = Record<string, unknown> & { Policies?: readonly unknown[] }
const read = (name: string) =>
  JSON.parse(readFileSync(`test/fixtures/clients/${name}.json`, 'utf8')) as Record<string, Document & readonly unknown[]>

const NODE = '192.168.7.10'
const ROUTER_MAC = '52-54-00-00-00-FE'

/** What HNS would choose by itself: the node's adapter, and its address there. */
const BOUND = [
  { Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } },
  { Type: 'ProviderAddress', Settings: { ProviderAddress: NODE } },
]

describe('documents of overlay clients', () => {
  let host: WireHost
  beforeEach(async () => {
    host = await WireHost.open()
  })
  afterEach(() => host.close())

  const network = (document: Document) =>
    host.native.createNetwork(randomUUID(), JSON.stringify({ ...document, Policies: [...(document.Policies ?? []), ...BOUND] }))

  async function ports(): Promise<readonly { id: string; kind: string; macAddress: string }[]> {
    return JSON.parse(await host.native.listPorts())
  }
  async function pod(parent: NativeHandle, document: Document): Promise<string> {
    await host.native.createEndpoint(parent, randomUUID(), JSON.stringify(document))
    return (await ports()).find(({ kind }) => kind === 'endpoint')?.id as string
  }
  async function uplink() {
    return (await ports()).find(({ kind }) => kind === 'uplink') as { id: string; macAddress: string }
  }
  const frame = (text: string, sourceMac: string, destinationMac: string) => encodeFrame(parsePacket(text), { sourceMac, destinationMac })
  const send = (port: string, bytes: Uint8Array) => host.native.sendFrames(port, packFrames([bytes]))
  const receive = async (port: string) => unpackFrames(await host.native.receiveFrames(port)).map((bytes) => decodeFrame(bytes))

  /** A pod's packet, and what leaves: its next hop is asked for, tells, and gets it. */
  async function tunnelled(port: string, packet: string, peer: string): Promise<UdpPacket> {
    const wire = await uplink()
    await send(port, frame(packet, '0E-2A-0A-F4-03-11', ROUTER_MAC))
    const [question] = await receive(wire.id)
    assert.deepEqual([question?.kind, question?.kind === 'arp' && question.targetIp], ['arp', peer])
    await send(wire.id, frame(`arp ${peer} is-at ${ROUTER_MAC} to ${NODE}`, ROUTER_MAC, wire.macAddress))
    const [sent] = await receive(wire.id)
    assert.ok(sent?.kind === 'udp')
    return sent
  }

  it("win-overlay's pod on flannel's network reaches a pod of a node that flannel told of", async () => {
    const flannel = read('flannel-vxlan')
    const parent = await network(flannel['network'] as Document)
    await host.native.modifyNetwork(
      parent,
      JSON.stringify({ ResourceType: 'Policy', RequestType: 'Add', Settings: { Policies: flannel['addToNetwork'] } }),
    )
    const port = await pod(parent, read('win-overlay')['endpoint'] as Document)

    const sent = await tunnelled(port, 'udp 10.244.3.17:5000 > 10.244.12.4:53', '192.168.7.12')
    assert.deepEqual([sent.source, sent.destination, sent.destinationPort], [NODE, '192.168.7.12', 4789])
  })

  it("kube-proxy's remote endpoint is reached at the node it is on", async () => {
    const proxy = read('kube-proxy-overlay')
    const parent = await network(proxy['network'] as Document)
    await host.native.createEndpoint(parent, randomUUID(), JSON.stringify(proxy['endpoint']))
    const port = await pod(parent, read('win-overlay')['endpoint'] as Document)

    const sent = await tunnelled(port, 'udp 10.244.3.17:5000 > 10.244.9.6:53', '192.168.7.9')
    assert.deepEqual([sent.source, sent.destination], [NODE, '192.168.7.9'])
  })
})
