// Where LMDB's C sources are: in this package when it came from a registry, in
// the npm package `lmdb` in a checkout.
//
// `dir` prints the folder, `sources` the files to compile; `pack` copies what a
// build from the tarball needs into the package.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const packed = 'vendor/lmdb'
const installed = 'node_modules/lmdb/dependencies/lmdb-data-v1/libraries/liblmdb'

const { lmdb_files: sources } = JSON.parse(readFileSync(join(root, 'src-native/sources.gypi'), 'utf8')).variables
const [command] = process.argv.slice(2)

if (command === 'dir') console.log(folder())
else if (command === 'sources') for (const file of sources) console.log(`${folder()}/${file}`)
else if (command === 'pack') pack()
else fail(`lmdb.mjs: unknown command ${command}; dir, sources and pack are there`)

/** A checkout's own copy first: what `npm pack` left behind may be an old one. */
function folder() {
  const found = [installed, packed].find((candidate) => existsSync(join(root, candidate, 'lmdb.h')))
  return found ?? fail('LMDB was not found: run `npm ci`, which installs the development dependency `lmdb`')
}

function pack() {
  mkdirSync(join(root, packed), { recursive: true })
  for (const file of [...sources, 'lmdb.h', 'midl.h', 'LICENSE', 'COPYRIGHT']) {
    copyFileSync(join(root, installed, file), join(root, packed, file))
  }
}

function fail(message) {
  console.error(`hns-vfp: ${message}`)
  process.exit(1)
}
