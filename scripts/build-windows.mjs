// `npm run build:windows`: the addon, computenetwork.dll, vmcompute.dll and the
// native tests for Windows on x64, cross-built here with mingw-w64. Into
// build-windows/; a second run builds only what changed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = dirname(dirname(fileURLToPath(import.meta.url)))

const compiler = 'x86_64-w64-mingw32-g++-posix'
const missing = [
  [compiler, 'g++-mingw-w64-x86-64-posix'],
  ['cmake', 'cmake'],
  ['ninja', 'ninja-build'],
].filter(([program]) => spawnSync(program, ['--version']).status !== 0)
if (missing.length > 0) {
  console.error(`hns-vfp: building for Windows needs ${missing.map(([program]) => program).join(', ')}.`)
  console.error(`hns-vfp: on Debian or Ubuntu \`apt install ${missing.map(([, name]) => name).join(' ')}\` brings it.`)
  process.exit(1)
}

const build = [
  require.resolve('cmake-js/bin/cmake-js'),
  'build',
  '--directory',
  root,
  '--out',
  join(root, 'build-windows'),
  `--parallel=${availableParallelism()}`,
  `--CDCMAKE_TOOLCHAIN_FILE=${join(root, 'cmake/mingw-w64-x64.cmake')}`,
  ...(process.env.HNS_COMPILER_LAUNCHER ? [`--CDCMAKE_CXX_COMPILER_LAUNCHER=${process.env.HNS_COMPILER_LAUNCHER}`] : []),
]
const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

/** Whatever Windows 10 and Server 2019 have, and the program that loads the addon. */
const ALLOWED = /^(kernel32|advapi32|msvcrt|ole32|ntdll|bcrypt|ws2_32)\.dll$|^node\.exe$/i
const DLLS = ['computenetwork.dll', 'vmcompute.dll']
const wrong = [
  ...['hns_vfp.node', ...DLLS].flatMap((file) => [...checkImports(file), ...checkNoTime(file), ...checkNoFolders(file)]),
  ...DLLS.flatMap(checkExports),
  ...['libnode_api.a', 'import/libcomputenetwork.dll.a', 'import/libvmcompute.dll.a'].flatMap(checkNoFolders),
]
for (const line of wrong) console.error(`hns-vfp: ${line}`)
process.exit(wrong.length === 0 ? 0 : 1)

function headersOf(file) {
  const dump = spawnSync('x86_64-w64-mingw32-objdump', ['-p', join(root, 'build-windows', file)], { encoding: 'utf8' })
  if (dump.status !== 0) throw new Error(`objdump cannot read ${file}: ${dump.stderr}`)
  return dump.stdout
}

/** A file that needs a DLL of the compiler's would load on no other machine. */
function checkImports(file) {
  const imported = [...headersOf(file).matchAll(/DLL Name: (\S+)/g)].map(([, name]) => name)
  return imported.filter((name) => !ALLOWED.test(name)).map((name) => `${file} needs ${name}, which no Windows has`)
}

function checkExports(file) {
  const wanted = readFileSync(join(root, 'src-native', 'dll', file.replace('.dll', '.def')), 'utf8')
    .split('\n')
    .filter((line) => /^ {2}\w/.test(line))
    .map((line) => line.trim())
  const exported = [...headersOf(file).matchAll(/^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+\S+\s+)?(\w+)$/gm)].map(([, name]) => name)
  const missing = wanted.filter((name) => !exported.includes(name))
  const extra = exported.filter((name) => !wanted.includes(name))
  if (missing.length + extra.length === 0) console.log(`${file}: ${wanted.length} exports, as its .def has them`)
  return [
    ...missing.map((name) => `${file} does not export ${name}`),
    ...extra.map((name) => `${file} exports ${name}, which its .def has not`),
  ]
}

/** The same sources give the same bytes: so no file says when it was made … */
function checkNoTime(file) {
  const bytes = readFileSync(join(root, 'build-windows', file))
  // The COFF header follows the signature that the word at 0x3c points to; its third field is the time.
  const time = bytes.readUInt32LE(bytes.readUInt32LE(0x3c) + 8)
  return time === 0 ? [] : [`${file} has the time of its build in it (0x${time.toString(16)})`]
}

/** … or where. */
function checkNoFolders(file) {
  const bytes = readFileSync(join(root, 'build-windows', file))
  // As it is, and as dlltool makes names of it.
  const spellings = [root, root.replaceAll(/[^A-Za-z0-9]/g, '_')]
  const found = spellings.some((text) => ['utf8', 'utf16le'].some((encoding) => bytes.includes(Buffer.from(text, encoding))))
  return found ? [`${file} has the folder it was built in in it`] : []
}
