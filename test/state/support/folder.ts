import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for each test: call it in a `describe`. They go when all have ended, since Windows removes no file that is open. */
export function useFolder(): () => string {
  const folders: string[] = []
  beforeEach(async () => {
    folders.push(await mkdtemp(join(tmpdir(), 'hns-vfp-state-')))
  })
  after(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))))
  return () => folders.at(-1) ?? ''
}
