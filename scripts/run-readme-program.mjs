// Runs the first JavaScript program of README.md exactly as printed there and
// compares what it writes with the text block that follows it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const program = /```js\n([\s\S]*?)```/.exec(readme)
const promised = program && /```text\n([\s\S]*?)```/.exec(readme.slice(program.index))
if (!program || !promised) {
  console.error('README.md has no ```js program followed by a ```text block of its output')
  process.exit(1)
}

// Inside the package, so that it finds the package by its own name.
const folder = new URL('../out/', import.meta.url)
mkdirSync(folder, { recursive: true })
const file = new URL('readme-program.mjs', folder)
writeFileSync(file, program[1])
try {
  const written = execFileSync(process.execPath, [file.pathname], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (written !== promised[1]) {
    console.error(`README.md promises:\n${promised[1]}\nthe program wrote:\n${written}`)
    process.exit(1)
  }
  console.log('the first program of README.md writes what README.md says')
} finally {
  rmSync(file, { force: true })
}
