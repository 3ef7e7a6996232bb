/**
 * A program: two hosts of one overlay on a machine of its own (start it with `unshare --net`). One is the embedded host, with a pod in a real
 * network namespace; the other is the Linux kernel, with a `vxlan` device as flannel sets it up. Prints what the two say to each other as JSON.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { HostNetworking } from '../../lib/index.js'

const OURS = { provider: '192.168.77.1', subnet: '10.244.1.0/24', gateway: '10.244.1.1', pod: '10.244.1.10' }
const KERNEL = { provider: '192.168.77.2', subnet: '10.244.2.0/24', address: '10.244.2.1', mac: '02:00:00:00:77:02' }
const VSID = 4096
const BYTES = 1_000_000

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })

/** Answers each connection with who asked, how much it got, and as many bytes back. */
const SERVER = `
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    let got = 0
    socket.on('data', (data) => { got += data.length })
    socket.on('end', () => {
      socket.write(JSON.stringify({ from: socket.remoteAddress, got }) + '\\n')
      socket.end(Buffer.alloc(got, 'z'))
    })
  }).listen(8080, process.argv[1], () => process.stdout.write('listening'))
`
const CLIENT = `
  const socket = require('node:net').connect(8080, process.argv[1])
  const parts = []
  socket.on('data', (part) => parts.push(part))
  socket.on('end', () => {
    const all = Buffer.concat(parts)
    const line = all.indexOf(10)
    process.stdout.write(JSON.stringify({ ...JSON.parse(all.subarray(0, line)), returned: all.length - line - 1 }))
  })
  socket.end(Buffer.alloc(${BYTES}, 'a'))
`

async function output(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.on('data', (data) => {
    text += data
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  return text
}

async function listening(child: ChildProcess): Promise<void> {
  await once(child.stdout as NodeJS.ReadableStream, 'data')
}

async function main(): Promise<void> {
  const children: ChildProcess[] = []
  const hns = await HostNetworking.open({ provider: 'embedded', ports: 'linux', profile: 'latest' })
  try {
    // Holds the other host's network namespace until its standard input ends.
    const other = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(other)
    await listening(other)
    const inside = ['-t', String(other.pid), '--net']
    const far = (...args: string[]) => execFileSync('nsenter', [...inside, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0', 'netns', String(other.pid))
    ip('link', 'set', 'up0', 'up')
    far('ip', 'link', 'set', 'lo', 'up')
    far('ip', 'address', 'add', `${KERNEL.provider}/24`, 'dev', 'far0')
    far('ip', 'link', 'set', 'far0', 'up')

    const network = await hns.networks.create({
      name: 'overlay',
      type: 'Overlay',
      adapter: 'up0',
      subnets: [{ prefix: OURS.subnet, gateway: OURS.gateway, vsid: VSID }],
      policies: [
        { kind: 'providerAddress', address: OURS.provider },
        {
          kind: 'remoteSubnetRoute',
          destination: KERNEL.subnet,
          vsid: VSID,
          providerAddress: KERNEL.provider,
          routerMacAddress: KERNEL.mac.toUpperCase().replaceAll(':', '-'),
        },
      ],
    })
    await network.query()
    const router = network.policies.find(({ kind }) => kind === 'routerMacAddress')
    assert.ok(router?.kind === 'routerMacAddress')
    const routerMac = router.macAddress.toLowerCase().replaceAll('-', ':')

    const vxlan = ['type', 'vxlan', 'id', String(VSID), 'dstport', '4789', 'local', KERNEL.provider, 'dev', 'far0', 'nolearning']
    far('ip', 'link', 'add', 'vx0', 'address', KERNEL.mac, ...vxlan)
    far('ip', 'link', 'set', 'vx0', 'mtu', '1450', 'up')
    far('ip', 'address', 'add', `${KERNEL.address}/32`, 'dev', 'vx0')
    far('ip', 'route', 'add', OURS.subnet, 'via', '10.244.1.0', 'dev', 'vx0', 'onlink', 'src', KERNEL.address)
    far('ip', 'neigh', 'add', '10.244.1.0', 'lladdr', routerMac, 'dev', 'vx0')
    far('bridge', 'fdb', 'add', routerMac, 'dev', 'vx0', 'dst', OURS.provider)

    const pod = await hns.pods.create({ name: 'pod', network, addresses: [OURS.pod] })
    const node = process.execPath
    const farServer = spawn('nsenter', [...inside, node, '-e', SERVER, KERNEL.address], { stdio: ['ignore', 'pipe', 'inherit'] })
    const podServer = await pod.spawn(node, ['-e', SERVER, OURS.pod], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(farServer, podServer)
    await Promise.all([listening(farServer), listening(podServer)])

    const fromPod = JSON.parse(
      await output(await pod.spawn(node, ['-e', CLIENT, KERNEL.address], { stdio: ['ignore', 'pipe', 'inherit'] })),
    )
    const toPod = JSON.parse(
      await output(spawn('nsenter', [...inside, node, '-e', CLIENT, OURS.pod], { stdio: ['ignore', 'pipe', 'inherit'] })),
    )
    const statistics = JSON.parse(far('ip', '-json', '-statistics', 'link', 'show', 'vx0').toString())
    const { out } = await hns.vfp.counters(pod.endpoint)
    process.stdout.write(JSON.stringify({ fromPod, toPod, vxlan: statistics[0].stats64, drops: out.drops }))
  } finally {
    for (const child of children) child.kill()
    await hns.close()
  }
}

await main()
