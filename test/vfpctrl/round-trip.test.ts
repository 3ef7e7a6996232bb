import assert from 'node:assert/strict'
import fc from 'fast-check'
import { layerOf, listedCounters, listedLayer as toListed } from '../../lib/vfpctrl/documents.js'
import { flowLines, parseFlows } from '../../lib/vfpctrl/flows-text.js'
import { groupDocument, layerDocument, parseDocument, readLayers, ruleDocument } from '../../lib/vfpctrl/json.js'
import { joinLines, trailer } from '../../lib/vfpctrl/lines.js'
import type { ListedLayer } from '../../lib/vfpctrl/listed.js'
import { groupLines, layerLines, parseRuleTree, ruleCounterLines, ruleLines } from '../../lib/vfpctrl/rules-text.js'
import { explanationLines, parseExplanation } from '../../lib/vfpctrl/simulation-text.js'
import { propertyRuns } from '../support/property.js'
import { explanation, flow, layer, listedLayer } from './support/arbitraries.js'

const runs = { numRuns: propertyRuns() }

function listing(verb: string, lines: readonly string[]): string {
  return joinLines(['', ' ITEM LIST', '===========', '', ...lines, trailer(verb)])
}

function wholeLayer(whole: ListedLayer): readonly string[] {
  return [...layerLines(whole), ...whole.groups.flatMap((group) => [...groupLines(group), ...group.rules.flatMap(ruleLines)])]
}

/** What a property compares: without prototypes and absent members, as JSON has it. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown

describe("vfpctrl's listings, printed and read again", () => {
  it('give the same layers, groups and rules', () => {
    fc.assert(
      fc.property(fc.array(listedLayer, { maxLength: 3 }), (layers) => {
        const tree = parseRuleTree('list-rule', listing('list-rule', layers.flatMap(wholeLayer)))
        assert.deepEqual(plain(tree.layers), plain(layers))
      }),
      runs,
    )
  })

  it('give the same text once more', () => {
    fc.assert(
      fc.property(fc.array(listedLayer, { maxLength: 2 }), (layers) => {
        const text = listing('list-rule', layers.flatMap(wholeLayer))
        assert.equal(listing('list-rule', parseRuleTree('list-rule', text).layers.flatMap(wholeLayer)), text)
      }),
      runs,
    )
  })

  it("give the facade's own layers, as the engine has them", () => {
    fc.assert(
      fc.property(layer, (original) => {
        const tree = parseRuleTree('list-rule', listing('list-rule', wholeLayer(toListed(original))))
        const [read] = tree.layers
        assert.ok(read !== undefined)
        const counters = original.groups.flatMap(({ rules }) => rules.map(listedCounters))
        let next = 0
        assert.deepEqual(plain(layerOf(read, () => counters[next++]!)), plain(original))
      }),
      runs,
    )
  })

  it('give the same in JSON', () => {
    fc.assert(
      fc.property(layer, (original) => {
        const listed = toListed(original)
        const groups = listed.groups.map((group) =>
          groupDocument(
            group,
            group.rules.map((rule) => ruleDocument(rule, undefined)),
          ),
        )
        const text = JSON.stringify({ Layers: [layerDocument(listed, groups)] })
        const document = parseDocument('list-rule', text)
        assert.ok(document !== undefined)
        // Ranges of addresses have one spelling in JSON.
        const [read] = readLayers(document) ?? []
        assert.ok(read !== undefined)
        const withoutAddresses = (value: ListedLayer) =>
          plain({
            ...value,
            groups: value.groups.map((group) => ({
              ...group,
              rules: group.rules.map((rule) => ({ ...rule, conditions: rule.conditions.filter(([name]) => !name.endsWith(' IP')) })),
            })),
          })
        assert.deepEqual(withoutAddresses(read), withoutAddresses(listed))
      }),
      runs,
    )
  })

  it("give a rule's counters", () => {
    fc.assert(
      fc.property(layer, (original) => {
        const listed = toListed(original)
        const lines = listed.groups.flatMap((group, i) => [
          ...groupLines(group),
          ...group.rules.flatMap((rule, j) => ruleCounterLines(rule, listedCounters(original.groups[i]!.rules[j]!))),
        ])
        const tree = parseRuleTree('get-rule-counter', listing('get-rule-counter', lines))
        const read = tree.groups.flatMap(({ rules }) => rules.map((rule) => tree.counters.get(rule)))
        assert.deepEqual(
          read,
          original.groups.flatMap(({ rules }) => rules.map(listedCounters)),
        )
      }),
      runs,
    )
  })

  it('give the same connections', () => {
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 4 }), (flows) => {
        const text = listing(
          'list-unified-flow',
          flows.flatMap((one, i) => flowLines(one, i + 1)),
        )
        assert.deepEqual(plain(parseFlows(text)), plain(flows))
      }),
      runs,
    )
  })

  it("give the same account of a packet's way", () => {
    fc.assert(
      fc.property(explanation, (original) => {
        const text = listing('process-tuples', explanationLines(original))
        assert.deepEqual(plain(parseExplanation(text)), plain(original))
      }),
      runs,
    )
  })
})
