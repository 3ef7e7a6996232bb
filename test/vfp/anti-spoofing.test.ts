import assert from 'node:assert/strict'
import type { Packet } from '../../lib/index.js'
import { ALLOW_THE_REST, arp, createLab, type Lab, udp } from '../../lib/testing/index.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'

describe('an endpoint', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT], policies: ALLOW_THE_REST })
  })
  afterEach(() => lab.close())

  const cases: readonly (readonly [string, Packet, string, number])[] = [
    ['from another address', udp(`${SERVER}:5 > 10.1.0.99:53 "x"`), 'ipv4-guard', 7],
    ['from an IPv6 address of nobody here', udp('[fd00::77]:5 > [fd00::1]:53 "x"'), 'ipv6-guard', 8],
    ['from another MAC', udp(`${CLIENT}:5 > ${SERVER}:53 "x" @02-00-00-00-00-01>`), 'mac-guard', 9],
    ['that it is the gateway, by ARP', arp(`who-has ${SERVER} tell 10.1.0.1`), 'arp-guard', 0],
    ['what a DHCP server says', udp(`${CLIENT}:67 > ${SERVER}:68 "x"`), 'dhcp-guard', 2],
  ]
  for (const [what, packet, name, number] of cases) {
    it(`cannot send ${what}`, async () => {
      const foretold = await lab.at(CLIENT).explain(packet)
      await lab.at(CLIENT).send(packet)

      assert.equal(foretold.verdict, 'drop')
      const counters = await lab.host.vfp.counters(lab.at(CLIENT).endpoint)
      const drops = counters.out.drops.map(({ reason, number: counted }) => [reason, counted])
      assert.deepEqual(foretold.reason, { name, number })
      assert.deepEqual(drops, [[name, number]])
    })
  }
})
