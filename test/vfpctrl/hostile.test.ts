import assert from 'node:assert/strict'
import fc from 'fast-check'
import { HcnError } from '../../lib/index.js'
import { parseFlows } from '../../lib/vfpctrl/flows-text.js'
import { parseDocument, readGroups, readLayers, readPortCounters, readPorts, readRuleCounters } from '../../lib/vfpctrl/json.js'
import { parsePorts } from '../../lib/vfpctrl/ports-text.js'
import { parseRuleTree } from '../../lib/vfpctrl/rules-text.js'
import { parseExplanation } from '../../lib/vfpctrl/simulation-text.js'
import { propertyRuns } from '../support/property.js'
import { vfpctrlOutput } from './support/fixtures.js'

const runs = { numRuns: propertyRuns() }
const CODES = ['ERR_INVALID_ANSWER', 'ERR_PROGRAM_FAILED', 'HCN_E_PORT_NOT_FOUND', 'ERROR_ACCESS_DENIED']

/** Everything that reads: whatever it is given, it gives objects or one of four codes. */
function readEverything(output: string): void {
  const readers = [
    () => parsePorts(output),
    () => parseRuleTree('list-rule', output),
    () => parseRuleTree('list-layer', output),
    () => parseRuleTree('get-rule-counter', output),
    () => parseFlows(output),
    () => parseExplanation(output),
    () => {
      const document = parseDocument('list-layer', output)
      if (document === undefined) return
      readPorts(document)
      readLayers(document)
      readGroups(document.Groups)
      readRuleCounters(document)
      readPortCounters(document)
    },
  ]
  for (const read of readers) {
    try {
      read()
    } catch (error) {
      assert.ok(HcnError.is(error), String(error))
      assert.ok(CODES.includes(error.code), error.message)
      assert.ok(error.message.length < 1000, 'the message holds the beginning only')
    }
  }
}

const texts = ['ports.txt', 'layers.txt', 'acl-rules.txt', 'lb-dsr-rules.txt', 'overlay-rules.txt']
const documents = ['ports.json', 'rule-counters.json', 'port-counters.json']
const fixture = fc.constantFrom(...[...texts, ...documents].map(vfpctrlOutput))
const line = fc.constantFrom(
  'RULE :',
  '    RULE : x',
  'LAYER : ',
  'GROUP : g',
  ' Priority : 99999999999999999999',
  '  Priority : -1',
  'Type : ',
  'Conditions:',
  'Rule Data:',
  ':',
  ' : ',
  '::::',
  'UNIFIED FLOW : 1',
  'STEP : 1',
  'RESULT :',
  '__proto__ : constructor',
  'Command list-rule succeeded!',
  'Command list-layer succeeded!',
  'Command list-unified-flow succeeded!',
  'Command process-tuples succeeded!',
  'ERROR: no',
)

describe('text that vfpctrl.exe would never print', () => {
  it('is an error with a code, when a listing is cut off anywhere', () => {
    for (const name of texts) {
      const output = vfpctrlOutput(name)
      for (let length = 0; length < output.trimEnd().length; length += 7) {
        const cut = output.slice(0, length)
        readEverything(cut)
        // None passes for a whole one.
        assert.throws(
          () => parseRuleTree('list-rule', cut),
          (error) => HcnError.is(error, 'ERR_INVALID_ANSWER'),
        )
        assert.throws(
          () => parsePorts(cut),
          (error) => HcnError.is(error, 'ERR_INVALID_ANSWER'),
        )
      }
    }
  })

  it('is an error with a code, when lines are lost, repeated, moved or made up', () => {
    const mangled = fc.tuple(fixture, fc.array(fc.tuple(fc.nat(400), fc.nat(3), line), { maxLength: 8 })).map(([output, edits]) => {
      const lines = output.split('\r\n')
      for (const [at, what, made] of edits) {
        const i = at % lines.length
        if (what === 0) lines.splice(i, 1)
        else if (what === 1) lines.splice(i, 0, lines[(i * 7) % lines.length] ?? '')
        else lines.splice(i, 0, made)
      }
      return lines.join('\n')
    })
    fc.assert(fc.property(mangled, readEverything), runs)
  })

  it('is an error with a code, when it is anything at all', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(line).map((lines) => lines.join('\n')),
          fc.json(),
        ),
        readEverything,
      ),
      runs,
    )
  })

  it('does not reach what it does not own', () => {
    const output = [
      ' ITEM LIST',
      'LAYER : __proto__',
      '    Flags : 1',
      '    Priority : 1',
      '    polluted : yes',
      'Command list-layer succeeded!',
    ].join('\r\n')
    assert.equal(parseRuleTree('list-layer', output).layers[0]?.id, '__proto__')
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
  })

  it('is read in one go, however long and however deep it is', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `${' '.repeat(i % 500)}Key${i} : ${':'.repeat(20)}`)
    readEverything(many.join('\n'))
    readEverything(`{"Layers":${'['.repeat(200_000)}`)
    readEverything(' '.repeat(2_000_000))
    readEverything(`ERROR: ${'a '.repeat(500_000)}`)
    readEverything(`ERROR: x${' '.repeat(1_000_000)}x`)
  })
})

describe('a failure that vfpctrl.exe tells in its text', () => {
  const failure = (output: string) => {
    try {
      parseRuleTree('list-layer', output)
    } catch (error) {
      assert.ok(HcnError.is(error))
      return [error.code, error.message] as const
    }
    throw new assert.AssertionError({ message: 'it was read as a listing' })
  }

  it('is the port that is not there', () => {
    assert.equal(failure(vfpctrlOutput('error-no-port.txt'))[0], 'HCN_E_PORT_NOT_FOUND')
    assert.equal(failure(vfpctrlOutput('error-2.txt'))[0], 'HCN_E_PORT_NOT_FOUND')
  })

  it('is a right that is missing', () => {
    const [code, message] = failure('ERROR: Access is denied.\r\n')
    assert.equal(code, 'ERROR_ACCESS_DENIED')
    assert.match(message, /administrator/)
    assert.equal(failure('Error (5): command list-layer failed\r\n')[0], 'ERROR_ACCESS_DENIED')
  })

  it('is anything else, in its own words', () => {
    const [code, message] = failure('ERROR: the device is busy\r\nCommand list-layer failed!\r\n')
    assert.equal(code, 'ERR_PROGRAM_FAILED')
    assert.match(message, /the device is busy/)
  })
})
