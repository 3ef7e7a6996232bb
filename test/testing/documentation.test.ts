import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

describe('the documentation of the test kit', () => {
  it('prints a program that runs as it stands, with the package by its name', async () => {
    const page = await readFile(`${root}/docs/testing.md`, 'utf8')
    const programs = [...page.matchAll(/^```js program\n(.*?)^```$/gms)].map(([, text]) => text as string)
    assert.ok(programs.length > 0)
    for (const program of programs) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
      assert.match(stdout, /^all as expected$/m)
    }
  })
})
