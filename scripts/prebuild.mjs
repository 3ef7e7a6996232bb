// `npm run prebuild`: the binaries that the package carries, so that installing
// it needs no compiler. prebuilds/linux-x64/ from prebuildify, with the
// namespace helper beside the addon; prebuilds/win32-x64/ from the cross-build,
// with our DLLs beside it. `--from-build` takes what `npm run build:addon` and
// `npm run build:windows` left instead of building anew.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const isFromBuild = process.argv.includes('--from-build')

rmSync(join(root, 'prebuilds'), { recursive: true, force: true })
linux()
windows()
for (const platform of readdirSync(join(root, 'prebuilds')))
  console.log(`${platform}: ${readdirSync(join(root, 'prebuilds', platform)).join(', ')}`)

function linux() {
  const folder = folderOf('linux-x64')
  const name = 'hns-vfp.glibc.node'
  if (isFromBuild) {
    run('strip', ['-o', join(folder, name), join(root, 'build/Release/hns_vfp.node')])
  } else {
    const prebuildify = join(dirname(require.resolve('prebuildify/package.json')), 'bin.js')
    // node-gyp would download the headers that lie beside this very program.
    const headers = dirname(dirname(process.execPath))
    const env = existsSync(join(headers, 'include/node/node_api.h')) ? { npm_config_nodedir: headers } : {}
    run(process.execPath, [prebuildify, '--napi', '--strip', '--tag-libc', '--name', 'hns-vfp'], env)
  }
  run('strip', ['-o', join(folder, 'hns-netns-helper'), join(root, 'build/Release/hns-netns-helper')])
}

function windows() {
  if (!isFromBuild) run(process.execPath, [join(root, 'scripts/build-windows.mjs')])
  const folder = folderOf('win32-x64')
  copyFileSync(join(root, 'build-windows/hns_vfp.node'), join(folder, 'hns-vfp.node'))
  for (const dll of ['computenetwork.dll', 'vmcompute.dll']) copyFileSync(join(root, 'build-windows', dll), join(folder, dll))
}

function folderOf(platform) {
  const folder = join(root, 'prebuilds', platform)
  mkdirSync(folder, { recursive: true })
  return folder
}

function run(program, args, env = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status === 0) return
  console.error(`hns-vfp: ${program} ${args.join(' ')} failed${error ? ` (${error.message})` : ''}`)
  process.exit(1)
}
