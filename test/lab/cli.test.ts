import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../lib/cli/run.js'
import { HostNetworking } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

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
    const { endpoint } = await host.pods.create({ name: 'web', network })

    // Another process, as a person starts it.
    const ports = await hns('vfpctrl', '--state', state, '/list-vmswitch-port')
    assert.equal(ports.status, 0, ports.output)
    assert.match(ports.output, new RegExp(`Port name +: ${endpoint.id}\r\n`, 'i'))

    const printed = async (...words: string[]) => {
      let text = ''
      assert.equal(await run(['vfpctrl', ...words], (part) => (text += part)), 0)
      return text
    }
    const layers = await printed('/port', endpoint.id, '/list-layer', '--state', state, '--json')
    assert.ok(Array.isArray((JSON.parse(layers) as { Layers: object[] }).Layers), layers)
    await rejects(printed('--state', state, '/port', endpoint.id, '/remove-all-layer'), 'ERR_NOT_SUPPORTED', /only verbs that read/)
    await rejects(printed('/list-vmswitch-port', '--state'), 'ERR_INVALID_ARGUMENT', /--state: a folder/)
    if (process.platform !== 'win32') await rejects(printed('/list-vmswitch-port'), 'ERR_INVALID_ARGUMENT', /--state DIR/)
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
