import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import type { ObservedDocument } from '../../examples/quickstart/document.js'
import { pods } from '../../examples/quickstart/plan.js'
import { missingForNamespaces, Quickstart } from './support/quickstart.js'

const inBoth = [
  'compartment.shared',
  'dns.short-name',
  'dns.other-suffixes',
  'dns.shared-suffix',
  'dns.tcp',
  'service.responses',
  'service.balance',
  'service.client-address',
  'access.stopped',
  'access.dropped',
  'access.other-port',
  'policy.open',
  'policy.obeyed',
  'policy.resumed',
  'explain.agrees',
  'explain.no-trace',
]

const byPorts = {
  memory: inBoth,
  linux: [...inBoth, 'compartment.localhost'],
} as const

for (const ports of ['memory', 'linux'] as const) {
  describe(`the quickstart's document, with ${ports} ports`, () => {
    let document: ObservedDocument
    let run: Quickstart

    before(async function () {
      const missing = ports === 'linux' ? await missingForNamespaces() : undefined
      if (missing !== undefined) {
        console.log(`    not run: ${missing}`)
        this.skip()
      }
      run = new Quickstart(['--json', '--ports', ports])
      const { status, stdout, stderr } = await run.ending
      assert.equal(status, 0, stderr)
      document = JSON.parse(stdout) as ObservedDocument
    })
    after(() => run?.cleanUp())

    it('is one JSON document that says every claim and that all hold', () => {
      assert.deepEqual(document.claims.map(({ id }) => id).sort(), [...byPorts[ports]].sort())
      for (const claim of document.claims) assert.equal(claim.holds, true, `${claim.name}: ${claim.observed}`)
      assert.equal(document.ok, true)
      assert.equal(document.ports, ports)
      assert.equal(document.shortfall, undefined)
    })

    it('accounts for every request by the backend that answered it', () => {
      const { requests, backends } = document.balance

      assert.equal(
        backends.reduce((sum, { answers }) => sum + answers, 0),
        requests,
      )
      assert.deepEqual(
        backends.map(({ pod }) => pod),
        ['web-1', 'web-2'],
      )
    })

    it('explains the blocked packet down to the rule that stopped it', () => {
      const blocked = document.explanations.find(({ enters, packet }) => enters === 'stranger' && packet.includes(':80 '))
      const last = blocked?.explanation.steps.at(-1)

      assert.equal(blocked?.explanation.verdict, 'drop')
      assert.equal(blocked?.explanation.reason?.name, 'acl-blocked')
      assert.equal(last?.rule?.priority, 100)
      assert.equal(last?.after.destinationPort, 8080)
    })

    it('names a picture and a capture that are what they say', () => {
      const [picture, capture] = ['topology.svg', 'web-1.pcapng'].map((name) => document.files.find(({ path }) => path.endsWith(name)))
      assert.ok(picture !== undefined && capture !== undefined)
      const svg = readFileSync(picture.path, 'utf8')
      const pcapng = readFileSync(capture.path)

      assert.match(svg, /^(<\?xml[^>]*>\s*)?<svg /)
      for (const { name, address } of pods) assert.ok(svg.includes(name) && svg.includes(address), `${name} is not in the picture`)
      assert.equal(pcapng.readUInt32LE(0), 0x0a0d0d0a) // The block type of a section header: pcapng 4.1.
      assert.equal(pcapng.readUInt32LE(8), 0x1a2b3c4d)
      assert.equal(pcapng.length, capture.bytes)
    })
  })
}

describe("the quickstart's options", () => {
  it('may name a folder nobody can write: then nothing is built, and it says so', async () => {
    // Below a file, where no folder can be.
    const run = new Quickstart(['--json', '--ports', 'memory', '--out', 'package.json/folder'])
    try {
      const { status, stdout, stderr } = await run.ending

      assert.equal(status, 1)
      assert.equal(stdout, '')
      assert.match(stderr, /package\.json.*`--out\s+DIR`/s)
      assert.doesNotMatch(stderr, /Building/)
    } finally {
      run.cleanUp()
    }
  })

  it('refuses a wrong one with status 2 and says what would be right', async () => {
    const run = new Quickstart(['--ports', 'magic'])
    try {
      const { status, stdout, stderr } = await run.ending

      assert.equal(status, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /`magic`: give `auto`, `linux` or `memory`/)
    } finally {
      run.cleanUp()
    }
  })
})
