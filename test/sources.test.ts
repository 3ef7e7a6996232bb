import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))
const read = (file: string) => readFileSync(path(file), 'utf8')

/** The DLLs are built by CMake alone. */
const CMAKE_ONLY = ['computenetwork_sources', 'vmcompute_sources']

describe('the list of sources', () => {
  const { variables } = JSON.parse(read('src-native/sources.gypi')) as { variables: Record<string, readonly string[]> }
  const lists = Object.entries(variables).filter(([name]) => name.endsWith('_sources'))

  it('names files that are there', () => {
    const files = lists.flatMap(([, list]) => list)
    assert.ok(files.length > 100)
    assert.deepEqual(
      files.filter((file) => !existsSync(path(file))),
      [],
    )
  })

  it('is built whole by node-gyp, that for Windows too, save for the DLLs', () => {
    const gyp = read('binding.gyp')
    const missing = lists.map(([name]) => name).filter((name) => !gyp.includes(`'<@(${name})'`))
    assert.deepEqual(missing.sort(), CMAKE_ONLY)
  })
})
