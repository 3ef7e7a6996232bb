import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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

  it('helps, and refuses what it does not know', async () => {
    assert.match((await hns()).output, /^usage: hns COMMAND/)
    const unknown = await hns('serve')
    assert.equal(unknown.status, 2)
    assert.match(unknown.output, /no command `serve`/)
    assert.equal((await hns('check', 'more')).status, 2)
  })
})
