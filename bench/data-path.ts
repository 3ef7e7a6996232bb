import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Figure } from './figure.js'

const run = promisify(execFile)

/** The native benchmarks of the engine, built beside the addon; `filter` selects by name, `files` are those of `classify`. */
export async function dataPath(
  filter: string,
  files: { readonly rules?: string | undefined; readonly trace?: string | undefined } = {},
): Promise<readonly Figure[]> {
  const program = fileURLToPath(new URL('../../build/Release/native_bench', import.meta.url))
  if (!existsSync(program)) {
    throw new Error(`the native benchmarks were not found at \`${program}\`: build them with \`npm run build:addon\``)
  }
  const programArguments = filter === '' ? [] : ['--filter', filter]
  if (files.rules !== undefined) programArguments.push('--rules', files.rules)
  if (files.trace !== undefined) programArguments.push('--trace', files.trace)
  const { stdout } = await run(program, programArguments, { maxBuffer: 16 * 1024 * 1024 })
  return JSON.parse(stdout) as readonly Figure[]
}
