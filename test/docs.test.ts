import { execFileSync } from 'node:child_process'

describe('the pages of docs/', () => {
  it("tell what the code's own tables say", () => {
    // Names each stale page; `npm run docs` writes them anew.
    execFileSync(process.execPath, ['scripts/make-docs.mjs', '--check'], { stdio: ['ignore', 'ignore', 'inherit'] })
  })
})
