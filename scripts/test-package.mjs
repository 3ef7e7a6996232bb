// What people install: `npm pack` has what they need and nothing else, and its
// tarball works in an empty project on a machine without a compiler. Needs
// prebuilds/ (`npm run prebuild`).
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const work = mkdtempSync(join(tmpdir(), 'hns-package-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD_PARTY_NOTICES|binding\.gyp)$/,
  /^dist\/(lib|types)\/.+\.(js|d\.ts|js\.map|d\.ts\.map)$/,
  // For a build where no binary fits.
  /^src-native\/.+\.(cc|h|inc|gypi|def)$/,
  /^vendor\/lmdb\/\w+(\.[ch])?$/,
  /^scripts\/(install|lmdb)\.mjs$/,
  /^prebuilds\/linux-x64\/(hns-vfp\.glibc\.node|hns-netns-helper)$/,
  /^prebuilds\/win32-x64\/(hns-vfp\.node|computenetwork\.dll|vmcompute\.dll)$/,
]
const NEEDED = [
  'dist/lib/index.js',
  'dist/lib/index.d.ts',
  'dist/lib/testing/index.js',
  'dist/lib/cli/main.js',
  'dist/types/index.d.ts',
  'binding.gyp',
  'src-native/sources.gypi',
  'vendor/lmdb/mdb.c',
  'scripts/install.mjs',
  'prebuilds/linux-x64/hns-vfp.glibc.node',
  'prebuilds/linux-x64/hns-netns-helper',
  'prebuilds/win32-x64/hns-vfp.node',
]

const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts=false', '--pack-destination', work], root))
const files = packed.files.map(({ path }) => path)
const wrong = [
  ...files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file))).map((file) => `${file} has no business in the package`),
  ...NEEDED.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
]
if (wrong.length > 0) fail(wrong.join('\n'))
console.log(`${packed.filename}: ${files.length} files, ${(packed.size / 1e6).toFixed(1)} MB`)

// Node and npm, and what they call: no compiler, no make, no Python.
const bin = join(work, 'bin')
mkdirSync(bin)
for (const program of ['node', 'npm', 'npx', 'sh', 'env']) symlinkSync(run('which', [program], work).trim(), join(bin, program))
const project = join(work, 'project')
mkdirSync(project)
writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
const environment = { ...process.env, PATH: bin }
run('npm', ['install', '--no-audit', '--no-fund', join(work, packed.filename)], project, environment)
writeFileSync(
  join(project, 'main.js'),
  `import { HostNetworking } from 'hns-vfp'
import { createLab } from 'hns-vfp/testing'
const hns = await HostNetworking.open({ provider: 'embedded' })
const network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
console.log((await hns.networks.list()).map(({ name }) => name).join(), typeof createLab)
await hns.close()
`,
)
const said = run('node', ['main.js'], project, environment).trim()
if (said !== 'pods function') fail(`the installed package said ${said}`)
run('npx', ['hns', 'check'], project, environment)
console.log('installed and run without a compiler')

function run(program, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  fail(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

function fail(message) {
  console.error(`hns-vfp: ${message}`)
  process.exit(1)
}
