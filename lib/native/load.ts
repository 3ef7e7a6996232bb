import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HcnError } from '../errors.js'
import type { NativeBinding } from './hcn-calls.js'

const require = createRequire(import.meta.url)
/** The package's folder, seen from `dist/lib/native/`. */
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Where a source build and a published package put the binaries. */
const wanted = `build/Release/hns_vfp.node or prebuilds/${process.platform}-${process.arch}/`
const remedy = `\`npm run build:addon\` in ${root} builds it (Python 3, make and a C++20 compiler are needed)`

let loaded: NativeBinding | undefined

/**
 * The addon; loaded once.
 *
 * @throws HcnError `ERR_NATIVE_MISSING`: which file was looked for, and how to build it.
 */
export function loadBinding(): NativeBinding {
  if (loaded !== undefined) return loaded
  const path = bindingPath()
  try {
    loaded = require(path) as NativeBinding
  } catch (error) {
    // Windows' has a line for the file, too.
    const [reason] = (error instanceof Error ? error.message : String(error)).split(/\r?\n/, 1)
    throw new HcnError('ERR_NATIVE_MISSING', `${path} does not load here (${reason}); ${remedy}`, { cause: error })
  }
  return loaded
}

/**
 * The program that owns the namespaces of Linux ports; it lies beside the addon.
 * Empty on other systems, where no program could.
 *
 * @throws HcnError `ERR_NATIVE_MISSING`.
 */
export function helperPath(): string {
  if (process.platform !== 'linux') return ''
  const path = join(dirname(bindingPath()), 'hns-netns-helper')
  if (!existsSync(path)) throw new HcnError('ERR_NATIVE_MISSING', `${path} is missing; ${remedy}`)
  return path
}

function bindingPath(): string {
  const { resolve } = require('node-gyp-build') as { readonly resolve: (folder: string) => string }
  try {
    return resolve(root)
  } catch (error) {
    const message = `no addon for ${process.platform}-${process.arch} with Node ${process.versions.node}: ${wanted} was looked for in ${root}; ${remedy}`
    throw new HcnError('ERR_NATIVE_MISSING', message, { cause: error })
  }
}
