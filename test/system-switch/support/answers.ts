import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a program in `vfpctrl.exe`'s place prints: a file for each command line, named like it. */
export class Answers {
  readonly folder = mkdtempSync(join(tmpdir(), 'hns-vfpctrl-'))

  /** `command`: the words with blanks between. */
  answer(command: string, output: string): this {
    writeFileSync(join(this.folder, command.replace(/[^A-Za-z0-9]/g, '_')), output)
    return this
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
