import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone when the test has ended: call it in a `describe`. */
export function useFolder(): () => string {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hns-vfp-state-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
