// Runs at `npm install`: takes the prebuilt binary when there is one that loads
// here, builds from source otherwise. `--build` builds always.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = dirname(dirname(fileURLToPath(import.meta.url)))

const mustBuild = process.argv.includes('--build') || process.env.npm_config_build_from_source === 'true'
if (mustBuild || !prebuiltLoads()) build()

function prebuiltLoads() {
  if (!existsSync(join(root, 'prebuilds'))) return false
  // node-gyp-build would take an older build of this folder first.
  process.env.PREBUILDS_ONLY = '1'
  try {
    require('node-gyp-build')(root)
    return true
  } catch (error) {
    console.log(`hns-vfp: no prebuilt binary fits ${process.platform}-${process.arch}, building from source (${firstLine(error)})`)
    return false
  }
}

function build() {
  const missing = process.platform === 'win32' ? [] : missingTools()
  if (missing.length > 0) {
    console.error(`hns-vfp: building needs what was not found here: ${missing.join('; ')}.`)
    console.error('hns-vfp: on Debian or Ubuntu `apt install python3 make g++` brings all of it; then run `npm install` again.')
    process.exit(1)
  }
  const args = [require.resolve('node-gyp/bin/node-gyp.js'), 'configure', 'build', `--jobs=${availableParallelism()}`]
  const headers = headersBesideNode()
  if (headers !== undefined) args.push(`--nodedir=${headers}`)
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status === 0) return
  console.error(`hns-vfp: the build failed${error ? ` (${error.message})` : ''}; the first error above says where.`)
  process.exit(1)
}

/**
 * The prefix whose `include/node` belongs to the running Node. node-gyp looks
 * there only when told, and downloads the headers otherwise.
 */
function headersBesideNode() {
  // Whoever configured a directory means it; node-gyp reads the variable itself.
  if (process.env.npm_config_nodedir) return undefined
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  const needed = ['node_api.h', 'common.gypi', 'config.gypi']
  return needed.every((name) => existsSync(join(prefix, 'include', 'node', name))) ? prefix : undefined
}

function missingTools() {
  const missing = []
  const pythons = [process.env.npm_config_python, process.env.NODE_GYP_FORCE_PYTHON, process.env.PYTHON, 'python3', 'python']
  if (!pythons.some((python) => python && succeeds(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 6))']))) {
    missing.push('Python 3 (`python3`)')
  }
  const make = process.env.MAKE ?? (process.platform.includes('bsd') ? 'gmake' : 'make')
  if (!succeeds(make, ['--version'])) missing.push(`\`${make}\``)
  const [compiler, ...flags] = (process.env.CXX || (process.platform === 'darwin' ? 'c++' : 'g++')).split(' ')
  const probe = '#include <span>\n#include <version>\nstatic_assert(__cpp_lib_span);\n'
  if (!succeeds(compiler, [...flags, '-std=gnu++20', '-fsyntax-only', '-x', 'c++', '-'], probe)) {
    missing.push(`a compiler for C++20 (\`${compiler}\`: g++ 12, clang 14 or newer; CXX names another)`)
  }
  return missing
}

function succeeds(command, args, input = '') {
  return spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
}

function firstLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n')[0]
}
