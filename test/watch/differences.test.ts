import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Differences, type Listed } from '../../lib/watch/differences.js'

const runs = Number(process.env.HNS_PROPERTY_RUNS ?? 200)

/** A set of objects: the text of each, by its key. */
const sets = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('1', '2', '3'))
const listed = (set: Readonly<Record<string, string>>): ReadonlyMap<string, Listed> =>
  new Map(Object.entries(set).map(([key, text]) => [key, { kind: key, text }]))

describe('differences between what a reader was told and what is', () => {
  it('property: bring a reader from nothing to what is, however seldom it reads', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ set: sets, reads: fc.nat(6) }), { minLength: 1 }), (looks) => {
        const differences = new Differences()
        const known = new Map<string, string>()
        const read = () => {
          const difference = differences.take()
          if (difference === undefined) return false
          const { type, listed } = difference
          assert.equal(known.has(listed.kind), type !== 'added')
          if (type === 'removed') known.delete(listed.kind)
          else known.set(listed.kind, listed.text)
          return true
        }
        for (const { set, reads } of looks) {
          differences.update(listed(set))
          assert.ok(differences.pending <= 5)
          for (let count = 0; count < reads; count++) read()
        }
        while (read()) {}
        assert.deepEqual(Object.fromEntries(known), { ...looks.at(-1)?.set })
      }),
      { numRuns: runs },
    )
  })

  it('keep one that waits in its place, so that a busy one does not go before it', () => {
    const differences = new Differences()
    differences.update(listed({ a: '1', b: '1' }))
    assert.equal(differences.take()?.listed.kind, 'a')

    differences.update(listed({ a: '2', b: '1' }))

    assert.equal(differences.take()?.listed.kind, 'b')
  })

  it('are told of removed objects last come, first gone', () => {
    const differences = new Differences()
    differences.update(listed({ a: '1', b: '1', c: '1' }))
    while (differences.take() !== undefined) {}

    differences.update(listed({ b: '1' }))

    assert.deepEqual([differences.take()?.listed.kind, differences.take()?.listed.kind], ['c', 'a'])
  })
})
