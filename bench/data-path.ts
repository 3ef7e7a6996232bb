import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Figure } from './figure.js'

const run = promisify(execFile)

/** The native benchmarks of the engine, built beside the addon; `filter` selects by name. */
export async function dataPath(filter: string): Promise<readonly Figure[]> {
  const program = fileURLToPath(new URL('../../build/Release/native_bench', import.meta.url))
  if (!existsSync(program)) {
    throw new Error(`the native benchmarks were not found at \`${program}\`: build them with \`npm run build:addon\``)
  }
  const { stdout } = await run(program, filter === '' ? [] : ['--filter', filter], { maxBuffer: 16 * 1024 * 1024 })
  return JSON.parse(stdout) as readonly Figure[]
}
