import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'

import { curvesSvg } from '../../bench/curves-svg.js'
import type { Figure } from '../../bench/figure.js'
import { Peers, parseRows } from '../../bench/peers.js'
import { compare, withBest } from '../../bench/versus.js'

const figure = (name: string, value: number, config: Figure['config']): Figure => ({
  name,
  value,
  unit: 'packets/s',
  spread: { min: value, max: value },
  config,
})

describe('Figures beside peers', () => {
  const rows = parseRows(
    [
      '<!-- a: load before 0.10 -->',
      '| a ovs-dpdk | ct-lb, size 64, 1000 flows | 4 | 3.5..4.1 | Mpps |',
      '| a ovs-dpdk | ct-lb, size imix, 1000 flows | 3 | 2.9..3.1 | Mpps |',
      '| g roof | nat, 1000 flows | 40 | 38..41 | Mpps |',
      '| g roof | nat-1, 1000 flows | 34 | 32..35 | Mpps |',
      '| b rte_acl | acl 1000 rules, uniform: avx2, batch 32 | 22 | 20..23 | M lookups/s |',
      '| b rte_acl | acl 1000 rules, uniform: avx512x32, batch 32 | 28 | 20..30 | M lookups/s |',
      '| b rte_acl | acl 1000 rules, uniform: scalar, batch 1 | 9 | 8..10 | M lookups/s |',
      '| a testpmd | io, size 64, 1000 flows | - | -..- | Mpps |',
    ].join('\n'),
  )

  it('are read from the tables that their scripts print, without rows that measured nothing', () => {
    assert.equal(rows.length, 7)
    assert.deepEqual(rows[0], { anchor: 'a ovs-dpdk', name: 'ct-lb, size 64, 1000 flows', value: 4, unit: 'Mpps' })
  })

  it('stand only beside the same work: size of frames, number of flows', () => {
    const ours = [
      figure('switch.forward', 12e6, { flows: 1000, frameBytes: 64 }),
      figure('switch.forward', 9e6, { flows: 1000, frameBytes: 'imix' }),
      figure('switch.forward', 1e6, { flows: 1, frameBytes: 64 }),
      figure('flow.hit', 20e6, { flows: 1000, frameBytes: 64 }),
    ]

    const compared = compare(ours, rows).map(({ figure: { name, config }, ratio }) => [name, config.frameBytes, ratio])

    assert.deepEqual(compared, [
      ['switch.forward', 64, 3],
      ['switch.forward', 'imix', 3],
      ['flow.hit', 64, 0.5],
    ])
  })

  it("stand beside the fastest of a classifier's algorithms", () => {
    const ours = [figure('classify', 14e6, { rules: 1000, file: 'acl.1000.rules', batch: 32 })]

    const compared = compare(ours, withBest(rows))

    assert.deepEqual(
      compared.map(({ peer, ratio }) => [peer.value, ratio]),
      [[28, 0.5]],
    )
  })

  it('want the folder of the scripts', () => {
    assert.throws(() => new Peers(tmpdir()), /has no lib\.sh/)
  })

  it('are drawn, a curve for each, the peers dashed', () => {
    const points = [
      { x: 1000, y: 12 },
      { x: 100_000, y: 8 },
    ]

    const svg = curvesSvg('Throughput', 'flows', 'Mpps', [
      { label: 'ours', points, isPeer: false },
      { label: 'theirs', points, isPeer: true },
    ])

    assert.equal(svg.match(/stroke-dasharray/g)?.length, 2, 'the curve and its key')
    assert.equal(svg.match(/<circle /g)?.length, 4)
    assert.ok(svg.includes('100 k'))
  })
})
