// Who may include or import whom. Prints each line that goes where no arrow
// goes, and the arrow that is missing; fails when there is one.
//
// A new arrow is a decision about the architecture: change docs/architecture.md
// with it.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Rooms in the order they are tried: the first whose pattern a file matches is
 * its room. Every room may use itself.
 * @type {readonly { room: string, files: RegExp, may: readonly string[] }[]}
 */
const nativeRooms = [
  // Memory in large pages is asked of the system in one place.
  { room: 'base/large_pages', files: /^base\/large_pages\./, may: ['base', 'operating system'] },
  // And its random bytes in another.
  { room: 'base/entropy', files: /^base\/entropy\./, may: ['base', 'operating system'] },
  { room: 'base', files: /^base\//, may: ['base/large_pages', 'base/entropy'] },
  { room: 'wire', files: /^wire\//, may: ['base', 'base/large_pages'] },
  { room: 'schema', files: /^schema\//, may: ['base'] },
  { room: 'vfp/internal', files: /^vfp\/internal\//, may: ['vfp', 'vfp/packet_sink', 'wire', 'base', 'base/large_pages'] },
  { room: 'vfp/packet_sink', files: /^vfp\/packet_sink\./, may: ['vfp', 'wire', 'base'] },
  // The face's own sources look inside; its headers do not.
  { room: 'vfp sources', files: /^vfp\/[^/]*\.cc$/, may: ['vfp', 'vfp/packet_sink', 'vfp/internal', 'wire', 'base', 'base/large_pages'] },
  { room: 'vfp', files: /^vfp\//, may: ['vfp/packet_sink', 'wire', 'base'] },
  { room: 'ports/port_driver', files: /^ports\/port_driver\./, may: ['vfp/packet_sink', 'wire', 'base'] },
  {
    room: 'ports/linux',
    files: /^ports\/linux\//,
    may: ['ports', 'ports/port_driver', 'vfp/packet_sink', 'wire', 'base', 'operating system'],
  },
  { room: 'ports/memory', files: /^ports\/memory\//, may: ['ports', 'ports/port_driver', 'vfp/packet_sink', 'wire', 'base'] },
  { room: 'ports', files: /^ports\/[^/]*$/, may: ['ports/port_driver', 'vfp/packet_sink', 'wire', 'base'] },
  // LMDB and the locks on files are asked for in one place.
  { room: 'hns/store/folder', files: /^hns\/store\/(file_lock|lmdb_\w+|state_error)\./, may: ['hns', 'base', 'operating system', 'LMDB'] },
  { room: 'hns', files: /^hns\//, may: ['schema', 'vfp', 'vfp/packet_sink', 'ports/port_driver', 'base'] },
  { room: 'abi', files: /^abi\/(hcn|vfp)_table\.h$/, may: ['base'] },
  // Texts across the tables: of both kinds of host.
  { room: 'abi/strings', files: /^abi\/strings\./, may: ['abi', 'base'] },
  { room: 'abi/system', files: /^abi\/system/, may: ['abi', 'abi/strings', 'base', 'operating system'] },
  { room: 'abi/embedded', files: /^abi\//, may: ['abi', 'abi/strings', 'hns', 'vfp', 'vfp/packet_sink', 'base'] },
  {
    room: 'compose',
    files: /^compose\//,
    may: ['abi', 'abi/embedded', 'abi/system', 'hns', 'hns/store/folder', 'schema', 'vfp', 'vfp/packet_sink', 'wire', 'base'].concat(
      'ports',
      'ports/port_driver',
      'ports/memory',
      'ports/linux',
    ),
  },
  { room: 'dll', files: /^dll\//, may: ['compose', 'abi', 'abi/strings', 'abi/system', 'base', 'operating system'] },
  { room: 'binding', files: /^binding\//, may: ['compose', 'abi', 'base', 'Node-API'] },
]

/** As above; `types` are the wire documents. */
const libraryRooms = [
  { room: 'types', files: /^types\//, may: [] },
  { room: 'lib/errors', files: /^lib\/error(s|-catalogue)\./, may: [] },
  { room: 'lib/addresses', files: /^lib\/addresses\./, may: ['lib/errors'] },
  { room: 'lib/schema', files: /^lib\/schema\//, may: ['types', 'lib/errors'] },
  { room: 'lib/native', files: /^lib\/native\//, may: ['types', 'lib/errors', 'lib/schema'] },
  { room: 'lib/policy', files: /^lib\/policy\//, may: ['types', 'lib/errors', 'lib/addresses', 'lib/schema'] },
  {
    room: 'lib/objects',
    files: /^lib\/objects\//,
    may: ['types', 'lib/errors', 'lib/addresses', 'lib/schema', 'lib/policy', 'lib/native'],
  },
  // What vfpctrl.exe prints, both ways; and the program itself.
  { room: 'lib/vfpctrl', files: /^lib\/vfpctrl\//, may: ['types', 'lib/errors', 'lib/addresses'] },
  {
    room: 'lib/system-switch',
    files: /^lib\/system-switch\//,
    may: ['types', 'lib/errors', 'lib/addresses', 'lib/native', 'lib/engine', 'lib/vfpctrl'],
  },
  {
    room: 'lib/engine',
    files: /^lib\/engine\//,
    may: ['types', 'lib/errors', 'lib/addresses', 'lib/schema', 'lib/policy', 'lib/native', 'lib/objects', 'lib/vfpctrl'],
  },
  { room: 'lib/pods', files: /^lib\/pods\//, may: ['types', 'lib/errors', 'lib/addresses', 'lib/schema', 'lib/policy', 'lib/objects'] },
  { room: 'lib/events', files: /^lib\/events\./, may: ['types', 'lib/errors', 'lib/policy', 'lib/native', 'lib/objects'] },
  { room: 'lib/watch', files: /^lib\/watch\//, may: ['types', 'lib/errors', 'lib/events', 'lib/policy', 'lib/objects', 'lib/pods'] },
  { room: 'lib/duration', files: /^lib\/duration\./, may: ['lib/errors', 'lib/policy'] },
  { room: 'lib/faults', files: /^lib\/faults\./, may: ['lib/errors', 'lib/policy', 'lib/native', 'lib/duration'] },
  { room: 'lib/connection-settings', files: /^lib\/connection-settings\./, may: ['lib/errors', 'lib/policy', 'lib/duration'] },
  { room: 'lib/recording', files: /^lib\/recording\//, may: ['lib/errors', 'lib/native'] },
  {
    room: 'lib/host-networking',
    files: /^lib\/host-networking\./,
    may: [
      'types',
      'lib/errors',
      'lib/events',
      'lib/watch',
      'lib/policy',
      'lib/native',
      'lib/objects',
      'lib/engine',
      'lib/system-switch',
      'lib/recording',
      'lib/pods',
      'lib/duration',
      'lib/connection-settings',
      'lib/faults',
    ],
  },
  {
    room: 'lib/index',
    files: /^lib\/index\./,
    may: [
      'types',
      'lib/errors',
      'lib/events',
      'lib/watch',
      'lib/addresses',
      'lib/native',
      'lib/policy',
      'lib/objects',
      'lib/engine',
      'lib/pods',
      'lib/connection-settings',
      'lib/host-networking',
    ],
  },
  // A user of the facade that knows its inside: stations are ports, faults are options of opening.
  {
    room: 'lib/testing',
    files: /^lib\/testing\//,
    may: [
      'types',
      'lib/errors',
      'lib/faults',
      'lib/duration',
      'lib/connection-settings',
      'lib/policy',
      'lib/objects',
      'lib/engine',
      'lib/pods',
      'lib/host-networking',
    ],
  },
  { room: 'lib/cli', files: /^lib\/cli\//, may: ['types', 'lib/index'] },
  // As a user does: the package by its name.
  { room: 'examples', files: /^examples\//, may: [] },
  { room: 'bench', files: /^bench\//, may: ['types', 'lib/index', 'lib/native', 'lib/engine'] },
]

/** What only x86 or only a compiler has, but no operating system. */
const compilerHeaders = new Set(['immintrin.h', 'nmmintrin.h', 'cpuid.h', 'arm_neon.h', 'arm_acle.h'])

const problems = [...nativeProblems(), ...libraryProblems()]
for (const problem of problems) console.error(problem)
if (problems.length > 0) {
  console.error(`include rules: ${problems.length} broken`)
  process.exit(1)
}
console.log('include rules: all kept')

function nativeProblems() {
  return filesBelow('src-native', /\.(h|cc)$/).flatMap((file) =>
    lines(file).flatMap(({ number, text }) => {
      const match = /^\s*#\s*include\s*([<"])([^>"]+)/.exec(text)
      if (match === null) return []
      const from = roomOf(nativeRooms, file.slice('src-native/'.length))
      const to = match[1] === '"' ? roomOf(nativeRooms, match[2]) : systemRoom(match[2])
      return to === undefined ? [] : broken(file, number, match[2], from, to)
    }),
  )
}

/** Undefined: the C++ library, which everybody may use. */
function systemRoom(header) {
  if (header === 'node_api.h') return { room: 'Node-API' }
  if (header === 'lmdb.h') return { room: 'LMDB' }
  return header.endsWith('.h') && !compilerHeaders.has(header) ? { room: 'operating system' } : undefined
}

function libraryProblems() {
  const files = ['lib', 'types', 'examples', 'bench'].flatMap((folder) => filesBelow(folder, /(?<!\.test-d)\.ts$/))
  return files.flatMap((file) =>
    lines(file).flatMap(({ number, text }) => {
      const match = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/.exec(text)
      if (match === null) return []
      const target = posix.join(posix.dirname(file), match[1])
      return broken(file, number, match[1], roomOf(libraryRooms, file), roomOf(libraryRooms, target))
    }),
  )
}

function broken(file, number, target, from, to) {
  if (from === undefined) return [`${file}:${number}: this file is in no room`]
  if (to === undefined) return [`${file}:${number}: \`${target}\` is in no room`]
  if (from.room === to.room || from.may.includes(to.room)) return []
  return [`${file}:${number}: \`${target}\`: there is no arrow ${from.room} -> ${to.room}`]
}

function roomOf(rooms, file) {
  return rooms.find(({ files }) => files.test(file))
}

function lines(file) {
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .map((text, index) => ({ number: index + 1, text }))
}

function filesBelow(folder, pattern) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => posix.relative(root.replaceAll('\\', '/'), posix.join(entry.parentPath.replaceAll('\\', '/'), entry.name)))
    .sort()
}
