import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HostNetworking } from '../../lib/index.js'

const CLI = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url))

function hns(...args: readonly string[]): Promise<{ readonly status: number | string; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) => resolve({ status: error?.code ?? 0, output: stdout + stderr }))
  })
}

describe('the command line', () => {
  it('says what this machine can do', async () => {
    const text = await hns('check')
    const json = await hns('check', '--json')

    assert.equal(text.status, 0)
    assert.match(text.output, /✓ addon\n✓ memory ports\n[✓✗] Linux ports/)
    const check = JSON.parse(json.output) as {
      addon: { works: boolean }
      memoryPorts: boolean
      linuxPorts: { available: boolean; missing: string[] }
    }
    assert.equal(check.addon.works, true)
    assert.equal(check.memoryPorts, true)
    assert.ok(check.linuxPorts.available || check.linuxPorts.missing.length > 0, json.output)
  })

  it('tells versions', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }

    assert.match(
      (await hns('version')).output,
      new RegExp(`^hns-vfp ${manifest.version.replaceAll('.', '\\.')}\nnode ${process.versions.node}\n`),
    )
    assert.equal((JSON.parse((await hns('version', '--json')).output) as Record<string, string>)['hns-vfp'], manifest.version)
  })

  it("prints what vfpctrl.exe would of a state folder's switch", async () => {
    const state = mkdtempSync(join(tmpdir(), 'hns-cli-'))
    const host = await HostNetworking.open({ provider: 'embedded', state })
    const network = await host.networks.create({
      name: 'pods',
      type: 'L2Bridge',
      subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }],
    })
    const pod = await host.pods.create({ name: 'web', network })

    const ports = await hns('vfpctrl', '--state', state, '/list-vmswitch-port')
    assert.equal(ports.status, 0, ports.output)
    assert.match(ports.output, new RegExp(`Port name +: ${pod.endpoint.id}\r\n`, 'i'))
    const layers = await hns('vfpctrl', '/port', pod.endpoint.id, '/list-layer', '--state', state, '--json')
    assert.ok(Array.isArray((JSON.parse(layers.output) as { Layers: object[] }).Layers), layers.output)

    const writes = await hns('vfpctrl', '--state', state, '/port', pod.endpoint.id, '/remove-all-layer')
    assert.equal(writes.status, 1)
    assert.match(writes.output, /ERR_NOT_SUPPORTED.*only verbs that read/)
    assert.match((await hns('vfpctrl', '--state')).output, /--state: a folder/)
    if (process.platform !== 'win32') assert.match((await hns('vfpctrl', '/list-vmswitch-port')).output, /--state DIR/)
    await host.close()
    rmSync(state, { recursive: true, force: true })
  })

  it('helps, and refuses what it does not know', async () => {
    assert.match((await hns()).output, /^usage: hns COMMAND/)
    const unknown = await hns('serve')
    assert.equal(unknown.status, 2)
    assert.match(unknown.output, /no command `serve`/)
    assert.equal((await hns('check', 'more')).status, 2)
  })
})
