import assert from 'node:assert/strict'
import { HcnError } from '../../lib/index.js'
import { commandText, commandWords, parseCommand, splitWords } from '../../lib/vfpctrl/command.js'
import { parseSimulatedTuple, simulatedTupleText } from '../../lib/vfpctrl/simulation-text.js'

const PORT = '4FD72AB0-2C35-4AE7-AC9A-F893495BD5EF'

describe('a command line of vfpctrl.exe', () => {
  it('has its switches in any order and case', () => {
    const wanted = { verb: 'list-rule', argument: undefined, targets: { port: PORT, layer: 'LB_DSR' }, json: false }

    assert.deepEqual(parseCommand(['/port', PORT, '/layer', 'LB_DSR', '/list-rule']), wanted)
    assert.deepEqual(parseCommand(['/List-Rule', '/LAYER', 'LB_DSR', '/Port', PORT]), {
      ...wanted,
      targets: { layer: 'LB_DSR', port: PORT },
    })
    assert.equal(parseCommand(['/list-vmswitch-port', '/format', '1']).json, true)
  })

  it('keeps a verb’s own words together', () => {
    const words = splitWords(`/port ${PORT} /process-tuples "6 10.1.0.4 1234 10.96.0.1 80 out 1"`)
    const command = parseCommand(words)

    assert.equal(command.argument, '6 10.1.0.4 1234 10.96.0.1 80 out 1')
    assert.deepEqual(commandWords(command), words)
    assert.equal(commandText(command), `vfpctrl /port ${PORT} /process-tuples "6 10.1.0.4 1234 10.96.0.1 80 out 1"`)
    assert.deepEqual(parseSimulatedTuple(command.argument), {
      protocol: 6,
      source: '10.1.0.4',
      sourcePort: 1234,
      destination: '10.96.0.1',
      destinationPort: 80,
      direction: 'out',
      flags: 1,
    })
    assert.equal(simulatedTupleText(parseSimulatedTuple('17 fd00::4 5 fd00::5 53 IN')), '17 fd00::4 5 fd00::5 53 in 0')
  })

  for (const [words, why] of [
    [[], /a verb such as/],
    [['/port', PORT], /a verb such as/],
    [['/list-layer', '/list-rule'], /one verb/],
    [['/port', '/list-layer'], /an id is wanted/],
    [['/port', PORT, '/port', PORT, '/list-layer'], /twice/],
    [['list-layer'], /a switch such as/],
    [['/list-layer', '/format', '2'], /format 1/],
    [['/port', 'a"b', '/list-layer'], /double quotes/],
    [['/port', 'a\nb', '/list-layer'], /control characters/],
  ] as const) {
    it(`is refused: ${JSON.stringify(words)}`, () => {
      assert.throws(
        () => parseCommand(words),
        (error) => HcnError.is(error, 'ERR_INVALID_ARGUMENT') && why.test(error.message),
      )
    })
  }

  for (const verb of [
    '/remove-layer',
    '/set-port-flow-settings',
    '/clear-flow',
    '/disable-port',
    '/sample-unified-flow',
    '/test-nat-event',
  ]) {
    it(`does not change the switch: ${verb}`, () => {
      assert.throws(
        () => parseCommand(['/port', PORT, verb]),
        (error) => HcnError.is(error, 'ERR_NOT_SUPPORTED') && /only verbs that read/.test(error.message),
      )
    })
  }

  for (const tuple of [
    '',
    '6 10.1.0.4 1 10.1.0.5',
    '6 10.1.0.4 1 10.1.0.5 80 up 1',
    '6 x 1 10.1.0.5 80 out',
    '256 10.1.0.4 1 10.1.0.5 80 out',
    '6 10.1.0.4 1 10.1.0.5 65536 out',
    '6 10.1.0.4 1 10.1.0.5 80 out 1 2',
  ]) {
    it(`knows no tuple \`${tuple}\``, () => {
      assert.throws(
        () => parseSimulatedTuple(tuple),
        (error) => HcnError.is(error, 'ERR_INVALID_ARGUMENT'),
      )
    })
  }
})
