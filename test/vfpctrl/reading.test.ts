import assert from 'node:assert/strict'
import { layerOf, ruleOf } from '../../lib/vfpctrl/documents.js'
import { parseDocument, readLayers, readPortCounters, readPorts, readRuleCounters } from '../../lib/vfpctrl/json.js'
import { parsePorts } from '../../lib/vfpctrl/ports-text.js'
import { parseRuleTree } from '../../lib/vfpctrl/rules-text.js'
import { vfpctrlOutput } from './support/fixtures.js'

const NO_COUNTERS = { matchedPackets: 0, droppedPackets: 0, pendingPackets: 0, droppedFlows: 0 }

describe('what vfpctrl.exe prints', () => {
  it('has ports, with the first statistics of each name', () => {
    const ports = parsePorts(vfpctrlOutput('ports.txt'))

    assert.deepEqual(
      ports.map(({ name, friendlyName, portType, mtu, macAddress }) => [name, friendlyName, portType, mtu, macAddress]),
      [
        ['4FD72AB0-2C35-4AE7-AC9A-F893495BD5EF', 'ExternalPort', 'External', 1500, '00-15-5D-5A-B0-B1'],
        ['1666B12E-5204-46FB-A42E-1295AE2DF63A', 'Container NIC 8453379c', 'Internal', 1500, '00-15-5D-5A-B0-B2'],
        ['F2A203DC-F7AB-4354-B969-8F60C466685A', 'B5F4E943-756D-4EE8-A70C-DF5AD7C74715', 'Synthetic', 1450, '00-15-5D-5A-B0-B3'],
      ],
    )
    assert.deepEqual(ports[0]?.statistics, { bytesSent: 1234, bytesReceived: 5678, ingressDrops: 2, egressDrops: 1 })
    assert.equal(ports[1]?.statistics, undefined)
    assert.deepEqual([ports[2]?.portState, ports[2]?.macLearning, ports[2]?.nicState], ['Initialized', 'Disabled', 'Connected'])
  })

  it('has layers in their order, with flags as numbers', () => {
    const { layers } = parseRuleTree('list-layer', vfpctrlOutput('layers.txt'))

    assert.deepEqual(
      layers.map(({ id, priority, flags }) => [id, priority, flags]),
      [
        ['INTERNAL_L2_REWRITE_LAYER', 75, 0],
        ['ACL_ENDPOINT_LAYER', 100, 0],
        ['LB_DSR', 200, 1],
        ['VNET_PA_ROUTE_LAYER', 600, 1],
      ],
    )
  })

  it('has groups with their rules; a rule has conditions, flags the number that stands first', () => {
    const { groups } = parseRuleTree('list-rule', vfpctrlOutput('acl-rules.txt'))

    assert.deepEqual(
      groups.map(({ id, direction, type, priority, rules }) => [id, direction, type, priority, rules.length]),
      [
        ['ACL_ENDPOINT_GROUP_IPV4_IN', 'IN', 'IPv4', 1, 2],
        ['ACL_ENDPOINT_GROUP_IPV6_IN', 'IN', 'IPv6', 1, 0],
      ],
    )
    const [, block] = groups[0]?.rules ?? []
    assert.ok(block !== undefined)
    assert.deepEqual(ruleOf(block, { ...NO_COUNTERS, matchedPackets: 7 }), {
      id: '0EE8DCA1-9AA8-417C-88E0-422CE9E52CBF',
      name: 'no-stranger',
      priority: 1000,
      flags: 8195,
      action: 'block',
      conditions: {
        sources: ['10.244.1.66/32', '10.244.2.0/24'],
        protocols: [6, 17],
        destinationPorts: ['80', '8080-8090'],
      },
      data: '',
      matchedPackets: 7,
      droppedPackets: 0,
    })
  })

  it('has rules without an id, which go by their name, and backends of both families', () => {
    const { rules } = parseRuleTree('list-rule', vfpctrlOutput('lb-dsr-rules.txt'))

    assert.deepEqual(
      rules.map((rule) => ruleOf(rule, NO_COUNTERS)).map(({ id, action, data }) => [id, action, data]),
      [
        ['LB_DSR_7f1a2_10.224.0.6_10.0.199.211_4444_4445_6', 'lbnat', '10.244.1.5:4445, 10.244.2.7:4445'],
        ['LB_DSR_IPV6_53_53_17', 'lbnat', '[fdf5:6da8:fe0f::13f]:53'],
      ],
    )
  })

  it('has data that is free text, up to FlagsEx', () => {
    const { groups } = parseRuleTree('list-rule', vfpctrlOutput('overlay-rules.txt'))
    const [group] = groups
    assert.deepEqual(group?.conditions, [['Destination IP', '192.0.2.0/24']])
    const rules = group?.rules ?? []

    assert.deepEqual(rules[0]?.data, [
      'VLAN ID: 0',
      'Using default compartment',
      'Cache pruning threshold: 10',
      'Cache pruning timeout: 30 seconds',
      'Using interface constraint with interface index: 11',
    ])
    assert.deepEqual(rules[1]?.data, ['Encap Destination(s):', '{ IP address=192.0.2.9, MAC address=00-15-5D-01-02-03, GRE key=4096 }'])
    assert.deepEqual(rules[2]?.data, ['Modify:', 'Destination MAC : 00-15-5D-09-09-09', 'Transposition'])
    assert.deepEqual(
      rules.map(({ flagsEx, flowTtl }) => [flagsEx, flowTtl]),
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    )
    // A condition that is not the facade's own is shown as it is printed.
    const layer = { id: 'L', friendlyName: 'L', flags: 0, flagWords: '', priority: 1, groups, others: [] }
    const [shown] = layerOf(layer, () => NO_COUNTERS).groups
    assert.deepEqual(shown?.rules[1]?.conditions, { destinations: ['10.244.2.0/24'], others: [{ name: 'Gre key', value: '4096' }] })
  })
})

describe('the JSON of vfpctrl.exe', () => {
  const read = (verb: string, name: string) => {
    const document = parseDocument(verb, vfpctrlOutput(name))
    assert.ok(document !== undefined)
    return document
  }

  it('has counters of rules, by layer, group and rule', () => {
    const counters = readRuleCounters(read('get-rule-counter', 'rule-counters.json'))

    assert.deepEqual(
      [...(counters ?? [])],
      [
        [
          'ACL_ENDPOINT_LAYER\nACL_ENDPOINT_GROUP_IPV4_IN\n0C1DE3A4-0F43-4B6B-9F3C-6E0C8C4C8D10',
          { matchedPackets: 41, droppedPackets: 0, pendingPackets: 0, droppedFlows: 0 },
        ],
        [
          'ACL_ENDPOINT_LAYER\nACL_ENDPOINT_GROUP_IPV4_IN\n0EE8DCA1-9AA8-417C-88E0-422CE9E52CBF',
          { matchedPackets: 7, droppedPackets: 7, pendingPackets: 0, droppedFlows: 1 },
        ],
      ],
    )
  })

  it('has counters of ports, direction 0 outwards', () => {
    assert.deepEqual(readPortCounters(read('get-port-counter', 'port-counters.json')), [
      { direction: 'out', packets: 100, bytes: 6400, droppedPackets: 3, droppedByAcl: 2, pendingPackets: 1 },
      { direction: 'in', packets: 90, bytes: 5400, droppedPackets: 0, droppedByAcl: 0, pendingPackets: 0 },
    ])
  })

  it('is not enough where it has conditions that nobody published, or ports without type and MTU', () => {
    assert.equal(readLayers(read('get-rule-counter', 'rule-counters.json')), undefined)
    assert.equal(readPorts(read('list-vmswitch-port', 'ports.json')), undefined)
  })

  it('may be followed by the sentence that the command succeeded', () => {
    assert.deepEqual(parseDocument('list-layer', '{"Layers":[]}\r\nCommand list-layer succeeded!\r\n'), { Layers: [] })
    assert.equal(parseDocument('list-layer', vfpctrlOutput('layers.txt')), undefined)
  })
})
