import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  canonicalIp,
  formatIp,
  isNetworkAddress,
  parseIp,
  parseMac,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
} from '../../lib/addresses.js'
import { propertyRuns } from '../support/property.js'

describe('addresses', () => {
  // Most are the examples of RFC 5952, sections 2 and 4.
  const spellings: readonly [string, string][] = [
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1::', '1::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['10.1.0.4', '10.1.0.4'],
  ]
  for (const [given, canonical] of spellings) {
    it(`${given} is spelt ${canonical}`, () => {
      assert.equal(canonicalIp(given), canonical)
    })
  }

  for (const text of ['', '10.1.0', '10.1.0.256', '010.1.0.4', '1:2:3', ':::', 'fe80::1%eth0', '::1::', '12345::', 'localhost']) {
    it(`\`${text}\` is none`, () => {
      assert.equal(parseIp(text), undefined)
    })
  }

  it('are found again in their spelling', () => {
    const address = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), sparse())
    fc.assert(
      fc.property(address, (bytes) => {
        assert.deepEqual(parseIp(formatIp(bytes)), new Uint8Array(bytes))
      }),
      { numRuns: propertyRuns(400) },
    )
  })

  it('are in a prefix when its bits are theirs', () => {
    const contains = (prefix: string, address: string) => prefixContains(prefixOf(prefix), parseIp(address) as Uint8Array)

    assert.equal(contains('10.1.0.0/17', '10.1.127.255'), true)
    assert.equal(contains('10.1.0.0/17', '10.1.128.0'), false)
    assert.equal(contains('0.0.0.0/0', '255.1.2.3'), true)
    assert.equal(contains('fd00::/64', 'fd00::ffff:0:0:1'), true)
    assert.equal(contains('::/0', '10.1.0.4'), false)
  })

  it('of two prefixes overlap when one holds the other', () => {
    assert.equal(prefixesOverlap(prefixOf('10.1.0.0/16'), prefixOf('10.1.2.0/24')), true)
    assert.equal(prefixesOverlap(prefixOf('10.1.2.0/24'), prefixOf('10.1.0.0/16')), true)
    assert.equal(prefixesOverlap(prefixOf('10.1.0.0/24'), prefixOf('10.1.1.0/24')), false)
    assert.equal(isNetworkAddress(prefixOf('10.1.2.0/23')), true)
    assert.equal(isNetworkAddress(prefixOf('10.1.3.0/23')), false)
    assert.equal(parsePrefix('10.1.0.0/33'), undefined)
    assert.equal(parsePrefix('10.1.0.0'), undefined)
  })

  it('of interfaces are six pairs, all joined by the same sign', () => {
    assert.deepEqual(parseMac('00-15-5d-aB-Cd-eF'), Uint8Array.of(0x00, 0x15, 0x5d, 0xab, 0xcd, 0xef))
    assert.deepEqual(parseMac('00:15:5d:ab:cd:ef'), Uint8Array.of(0x00, 0x15, 0x5d, 0xab, 0xcd, 0xef))
    for (const text of ['00-15-5D-AB-CD', '00-15:5D-AB-CD-EF', '00155DABCDEF', '00-15-5D-AB-CD-EG']) assert.equal(parseMac(text), undefined)
  })
})

function prefixOf(text: string) {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(`${text} is no prefix`)
  return prefix
}

/** IPv6 addresses with runs of zeros. */
function sparse(): fc.Arbitrary<Uint8Array> {
  return fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 })
    .map((words) => Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff])))
}
