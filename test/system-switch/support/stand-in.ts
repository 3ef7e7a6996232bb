import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A program in `vfpctrl.exe`'s place, as test/windows/vfpctrl.c is under Wine: it
 * prints the file that is named like its arguments (`list-rule`, its targets and
 * `1` for JSON left out of the name where no file has them), and misbehaves as told.
 */
const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$*" >> "$here/calls"
case "$(cat "$here/mode" 2>/dev/null)" in
  hangs) echo $$ > "$here/pid"; exec sleep 1000 ;;
  fails) echo 'ERROR: the device is busy'; exit 1 ;;
  denied) echo 'Error (5): Access is denied.'; exit 5 ;;
  silent) exit 3 ;;
  complains) echo 'ERROR: said elsewhere' >&2; exit 1 ;;
  garbage) printf '\\001\\377garbage'; exit 0 ;;
  endless) exec yes ;;
esac
name=$(printf '%s' "$*" | tr -c 'A-Za-z0-9\\n' '_')
if [ -f "$here/$name" ]; then exec cat "$here/$name"; fi
echo "ERROR: no answer is kept for $*"
exit 1
`

/** Whether this machine runs scripts: Windows does not. */
export const hasScripts = process.platform !== 'win32'

export class StandIn {
  readonly folder = mkdtempSync(join(tmpdir(), 'hns-vfpctrl-'))
  readonly path = join(this.folder, 'vfpctrl')

  constructor() {
    writeFileSync(this.path, SCRIPT)
    chmodSync(this.path, 0o755)
  }

  /** What it prints for a command line. */
  answer(command: string, output: string): this {
    writeFileSync(join(this.folder, command.replace(/[^A-Za-z0-9]/g, '_')), output)
    return this
  }

  mode(mode: 'hangs' | 'fails' | 'denied' | 'silent' | 'complains' | 'garbage' | 'endless' | ''): this {
    writeFileSync(join(this.folder, 'mode'), mode)
    return this
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
