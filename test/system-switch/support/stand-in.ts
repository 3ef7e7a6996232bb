import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Answers } from './answers.js'

/**
 * A program in `vfpctrl.exe`'s place, as test/windows/vfpctrl.c is on Windows: it
 * prints the answer that is kept for its words, and misbehaves as told.
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

export class StandIn extends Answers {
  readonly path = join(this.folder, 'vfpctrl')

  constructor() {
    super()
    writeFileSync(this.path, SCRIPT)
    chmodSync(this.path, 0o755)
  }

  mode(mode: 'hangs' | 'fails' | 'denied' | 'silent' | 'complains' | 'garbage' | 'endless' | ''): this {
    writeFileSync(join(this.folder, 'mode'), mode)
    return this
  }
}
