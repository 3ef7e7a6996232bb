import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../test/fixtures/vfpctrl/', import.meta.url)

/** As the program prints it: with CR and LF. */
export function vfpctrlOutput(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8').replaceAll('\n', '\r\n')
}
