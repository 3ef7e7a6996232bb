import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A row that a peer's script prints: `| anchor | case | median | min..max | unit |`. */
export interface PeerRow {
  readonly anchor: string
  readonly name: string
  readonly value: number
  readonly unit: string
}

export function parseRows(text: string): readonly PeerRow[] {
  return text.split('\n').flatMap((line) => {
    const [, anchor, name, median, , unit] = line.split('|').map((cell) => cell.trim())
    if (anchor === undefined || name === undefined || median === undefined || unit === undefined) return []
    const value = Number(median)
    return median !== '' && Number.isFinite(value) ? [{ anchor, name, value, unit }] : []
  })
}

/** The folder of the peers' scripts; their own README says what each needs. */
export class Peers {
  readonly #folder: string

  constructor(folder: string) {
    if (!existsSync(join(folder, 'lib.sh')))
      throw new Error(`\`${folder}\` has no lib.sh: --vs-peers wants the folder of the peers' scripts`)
    this.#folder = folder
  }

  /** What `script` prints for the cases that `selection` matches; a script that cannot run here says why and gives no rows. */
  async rows(script: string, selection: string, environment: NodeJS.ProcessEnv = {}): Promise<readonly PeerRow[]> {
    try {
      const { stdout } = await run(join(this.#folder, script, 'run.sh'), [selection], {
        env: { ...process.env, ...environment },
        maxBuffer: 16 * 1024 * 1024,
      })
      return parseRows(stdout)
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      const rows = parseRows(stdout)
      // A script's last case may be one that was not selected: its status says nothing then.
      if (rows.length === 0) process.stderr.write(`${script}: did not run here: ${stderr.trim().split('\n').at(-1) || String(error)}\n`)
      return rows
    }
  }

  /** Runs `use` with a rule set and a trace of the peers' generator (seed 1, headers without repeats in a row), made as their own script makes them. */
  async withRules<Result>(
    family: string,
    count: number,
    headers: number,
    use: (files: { readonly rules: string; readonly trace: string }) => Promise<Result>,
  ): Promise<Result> {
    const work = mkdtempSync(join(tmpdir(), 'hns-bench-'))
    try {
      const generator = join(work, 'rulegen')
      await run('g++', ['-O2', '-o', generator, join(this.#folder, 'b-acl/rulegen.cc')])
      const files = { rules: join(work, `${family}.${count}.rules`), trace: join(work, `${family}.${count}.trace`) }
      await run('sh', ['-c', '"$1" rules "$2" "$3" 1 > "$4"', 'sh', generator, family, String(count), files.rules])
      await run('sh', ['-c', '"$1" trace "$2" "$3" 1 0 0 > "$4"', 'sh', generator, files.rules, String(headers), files.trace])
      return await use(files)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
}
