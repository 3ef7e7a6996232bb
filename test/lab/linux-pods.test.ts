import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { acl, HcnError, HostNetworking, type Network, type Pod } from '../../lib/index.js'

/** Answers every connection with the address it saw, and says when it listens. */
const SERVER = `
  const server = require('node:net').createServer((socket) => socket.end(socket.remoteAddress))
  server.listen(8080, '::', () => console.log('listening'))`

/** Connects once; writes what it was told, or why not. */
const CLIENT = `
  const [host, port] = process.argv.slice(1)
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 700 })
  socket.on('data', (data) => console.log('answered ' + String(data).replace('::ffff:', '')))
  socket.on('error', (error) => console.log(error.code))
  socket.on('timeout', () => { console.log('timed out'); socket.destroy() })`

describe('pods on Linux ports', () => {
  let hns: HostNetworking
  let network: Network

  before(async function () {
    try {
      await (await HostNetworking.open({ provider: 'embedded', ports: 'linux' })).close()
    } catch (error) {
      if (!HcnError.is(error, 'ERR_NAMESPACES_UNAVAILABLE') && !HcnError.is(error, 'ERROR_NOT_SUPPORTED')) throw error
      console.log(`      skipped: ${error.message}`)
      this.skip()
    }
  })

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', ports: 'linux' })
    network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/24', gateway: '10.1.0.1' }] })
  })
  // Not there when the whole suite was skipped.
  afterEach(() => hns?.close())

  async function serve(pod: Pod): Promise<ChildProcess> {
    const server = await pod.spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(server.stdout as NodeJS.ReadableStream, 'data')
    return server
  }

  async function outputOf(pod: Pod, command: string, args: readonly string[]): Promise<string> {
    const child = await pod.spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await once(child, 'close')
    return output.trim()
  }

  const connect = (from: Pod, host: string, port: number) => outputOf(from, process.execPath, ['-e', CLIENT, '--', host, String(port)])

  it('are processes that meet on localhost in their pod, on its address from another, and on the VIP', async () => {
    const web = await hns.pods.create({ name: 'web', network, addresses: ['10.1.0.4'] })
    const client = await hns.pods.create({ name: 'client', network, addresses: ['10.1.0.20'] })
    await hns.loadBalancers.create({
      frontendVips: ['10.96.0.80'],
      backends: [web],
      ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
    })
    await serve(web)

    assert.equal(await connect(web, '127.0.0.1', 8080), 'answered 127.0.0.1')
    assert.equal(await connect(client, '10.1.0.4', 8080), 'answered 10.1.0.20')
    assert.equal(await connect(client, '10.96.0.80', 80), 'answered 10.1.0.20')
    assert.equal(await connect(client, '127.0.0.1', 8080), 'ECONNREFUSED')
  })

  it('obey ACLs: who is blocked waits in vain', async () => {
    const web = await hns.pods.create({
      name: 'web',
      network,
      addresses: ['10.1.0.4'],
      policies: [
        acl({ action: 'block', direction: 'in', protocol: 'tcp', remoteAddresses: ['10.1.0.66'], localPorts: [8080], priority: 100 }),
        acl({ action: 'allow', direction: 'in', priority: 1000 }),
        acl({ action: 'allow', direction: 'out', priority: 1000 }),
      ],
    })
    const [client, stranger] = await Promise.all([
      hns.pods.create({ name: 'client', network, addresses: ['10.1.0.20'] }),
      hns.pods.create({ name: 'stranger', network, addresses: ['10.1.0.66'] }),
    ])
    await serve(web)

    const seen = await Promise.all([connect(client, '10.1.0.4', 8080), connect(stranger, '10.1.0.4', 8080)])

    assert.deepEqual(seen, ['answered 10.1.0.20', 'timed out'])
    const { in: inbound } = await hns.vfp.counters(web)
    assert.deepEqual(
      inbound.drops.map(({ reason }) => reason),
      ['acl-blocked'],
    )
  })

  it('have the resolver settings of their endpoint', async () => {
    const web = await hns.pods.create({
      name: 'web',
      network,
      dns: { servers: ['10.96.0.10'], search: ['default.svc.cluster.local', 'svc.cluster.local'], options: ['ndots:5'] },
    })

    const text = await outputOf(web, 'cat', ['/etc/resolv.conf'])

    assert.match(text, /^nameserver 10\.96\.0\.10$/m)
    assert.match(text, /^search default\.svc\.cluster\.local svc\.cluster\.local$/m)
    assert.match(text, /^options .*ndots:5/m)
  })

  it('are killed with everything in them when the host closes', async () => {
    const web = await hns.pods.create({ name: 'web', network })
    const server = await serve(web)
    const exit = once(server, 'exit')

    await hns.close()

    const [code, signal] = await exit
    assert.ok(code !== 0 || signal !== null, `it ended with ${code}, ${signal}`)
  })

  it('say that a program is not there', async () => {
    const web = await hns.pods.create({ name: 'web', network })

    const child = await web.spawn('/no/such/program', [], { stdio: 'ignore' })

    const [code] = await once(child, 'exit')
    assert.notEqual(code, 0)
  })

  it('cannot be given frames by hand', async () => {
    const web = await hns.pods.create({ name: 'web', network, addresses: ['10.1.0.4'] })

    await assert.rejects(hns.vfp.send(web, 'udp 10.1.0.4:1 > 10.1.0.5:2'), (error) => HcnError.is(error, 'ERROR_NOT_SUPPORTED'))
  })
})
