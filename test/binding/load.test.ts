import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HcnError } from '../../lib/errors.js'

type Load = typeof import('../../lib/native/load.js')

/** node-gyp-build looks there instead of in the package's folder. */
const VARIABLE = 'HNS_VFP_PREBUILD'

describe('loading the addon', () => {
  const given = process.env[VARIABLE]
  let folder: string
  let fresh = 0

  const useGiven = () => {
    if (given === undefined) delete process.env[VARIABLE]
    else process.env[VARIABLE] = given
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hns-vfp-load-'))
    process.env[VARIABLE] = folder
  })
  afterEach(() => {
    useGiven()
    rmSync(folder, { recursive: true })
  })

  /** A copy of the module that has not loaded anything yet. */
  function load(): Promise<Load> {
    const module = new URL('../../lib/native/load.js', import.meta.url)
    module.search = `fresh=${++fresh}`
    return import(module.href) as Promise<Load>
  }

  function expectMissing(error: unknown, ...said: readonly RegExp[]): true {
    assert.ok(HcnError.is(error, 'ERR_NATIVE_MISSING'))
    for (const pattern of [...said, /npm run build/, /Python 3, make and a C\+\+20 compiler/]) assert.match(error.message, pattern)
    return true
  }

  it('says which file was looked for, and how to build it, when there is none', async () => {
    const { loadBinding, helperPath } = await load()
    assert.throws(loadBinding, (error) => expectMissing(error, /build\/Release\/hns_vfp\.node/, /prebuilds\//, /with Node \d+\./))
    if (process.platform === 'linux') assert.throws(helperPath, (error) => expectMissing(error))
  })

  it('says why a file that is there does not load', async () => {
    mkdirSync(join(folder, 'build/Release'), { recursive: true })
    writeFileSync(join(folder, 'build/Release/hns_vfp.node'), 'no addon')
    const { loadBinding, helperPath } = await load()
    assert.throws(loadBinding, (error) => expectMissing(error, /hns_vfp\.node does not load here \(.+\)/))
    if (process.platform === 'linux') assert.throws(helperPath, (error) => expectMissing(error, /hns-netns-helper is missing/))
  })

  it('finds both binaries beside each other', async () => {
    useGiven()
    const { loadBinding, helperPath } = await load()
    assert.equal(loadBinding(), loadBinding())
    if (process.platform === 'linux') assert.ok(existsSync(helperPath()))
  })
})
