import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../support/overlay-machine.js', import.meta.url))
const BYTES = 1_000_000

/** Arguments of `unshare` that give this user a network of his own, with a vxlan device in it; undefined: this machine does not. */
function ownMachine(): readonly string[] | undefined {
  const root = process.getuid?.() === 0
  const options = [...(root ? [] : ['--user', '--map-root-user']), '--net', '--mount']
  const device =
    'ip link add far0 type veth peer name up0 && ip link add vx0 type vxlan id 4096 dstport 4789 dev far0 && bridge fdb show && nsenter --version'
  return spawnSync('unshare', [...options, 'sh', '-c', device]).status === 0 ? options : undefined
}

describe("an overlay whose other host is the kernel's vxlan device", () => {
  it('carries TCP between a pod and a process there, both ways, a megabyte each', function () {
    this.timeout(120_000)
    // Wants unshare, nsenter, iproute2 with `bridge`, and a kernel with vxlan and namespaces.
    const options = ownMachine()
    if (options === undefined) {
      console.log('      skipped: no network namespace with a vxlan device in it can be had here (unshare, nsenter, ip, bridge)')
      this.skip()
    }

    const run = spawnSync('unshare', [...options, process.execPath, PROGRAM], { encoding: 'utf8', timeout: 100_000 })

    assert.equal(run.status, 0, run.stderr)
    const seen = JSON.parse(run.stdout)
    assert.deepEqual(seen.fromPod, { from: '10.244.1.10', got: BYTES, returned: BYTES })
    assert.deepEqual(seen.toPod, { from: '10.244.2.1', got: BYTES, returned: BYTES })
    assert.ok(seen.vxlan.rx.bytes > 2 * BYTES)
    assert.equal(seen.vxlan.rx.errors, 0)
    // The pod's kernel says hello to multicast groups, where nobody else is.
    const drops = (seen.drops as readonly { reason: string }[]).filter(({ reason }) => reason !== 'no-destination-broadcast')
    assert.deepEqual(drops, [])
  })
})
