// Formats the C++ sources with clang-format; `--check` names those that differ
// and fails. clang-format 14 decides; other versions differ in small ways.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const check = process.argv.includes('--check')

const formatter = ['clang-format-14', 'clang-format'].find((name) => spawnSync(name, ['--version']).status === 0)
if (formatter === undefined) {
  console.error('format-native: clang-format was not found; `apt install clang-format` (Debian 12) brings version 14')
  process.exit(1)
}

const files = ['src-native', 'test/native', 'test/fuzz', 'bench/native'].flatMap((folder) => {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(h|cc)$/.test(name))
    .map((name) => join(folder, name))
})

const { stderr, status } = spawnSync(formatter, ['--dry-run', ...files], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 })
if (status !== 0) {
  console.error(`format-native: ${stderr}`)
  process.exit(1)
}
const differing = [
  ...new Set(Array.from(stderr.matchAll(/^(.+?):\d+:\d+: warning: code should be clang-formatted/gm), (match) => match[1])),
]
if (differing.length > 0 && !check) {
  process.exitCode = spawnSync(formatter, ['-i', ...differing], { cwd: root, stdio: 'inherit' }).status
}
for (const file of differing) console.log(check ? `${file}: not formatted` : `formatted ${file}`)
if (differing.length > 0 && check) {
  console.error(`format-native: ${differing.length} of ${files.length} files differ; \`npm run format\` formats them`)
  process.exitCode = 1
} else {
  console.log(`format-native: ${files.length} files are formatted`)
}
