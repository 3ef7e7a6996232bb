import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeFrame, encodeFrame, formatPacket, HcnError, type Packet, parsePacket, withoutMacs, wrongChecksums } from '../../lib/index.js'
import { propertyRuns } from '../support/property.js'

const MACS = { sourceMac: '00-15-5D-00-00-01', destinationMac: '00-15-5D-00-00-02' }

describe('packet notation', () => {
  const canonical = [
    'tcp 10.1.0.4:31337 > 10.96.0.10:80 S',
    'tcp 10.1.0.4:31337 > 10.96.0.10:80 PA seq 4294967295 ack 7 win 512 "GET / HTTP/1.1\\r\\n"',
    'tcp 10.1.0.4:31337 > 10.96.0.10:80 none options 02040514 sum 0x1 ttl 63 df',
    'udp [fd00::4]:5 > [fd00::5]:53 "payload" ttl 1 flow 74565',
    'udp 10.1.0.4:5 > 10.1.0.5:53 len 1400 sum 0x0',
    'icmp 10.1.0.4 > 10.1.0.5 echo-request id 7 seq 1',
    'icmp fd00::4 > fd00::5 echo-reply id 7 seq 1 hex ff00',
    'icmp 10.1.0.4 > 10.1.0.5 type 13',
    'icmp 10.1.0.1 > 10.1.0.4 unreachable code 3 about "udp 10.1.0.4:5 > 10.1.0.5:53 len 4"',
    'ip 10.1.0.4 > 10.1.0.5 proto 6 hex 0102 ipid 9 mf frag 1480',
    'arp who-has 10.1.0.5 tell 10.1.0.4',
    'arp who-has 10.1.0.5 tell 10.1.0.4 sender-mac 00-15-5D-00-00-09',
    'arp 10.1.0.5 is-at 00-15-5D-00-00-05 to 10.1.0.4',
    'nd who-has fd00::5 tell fd00::4',
    'nd who-has fd00::5 tell :: no-link',
    'nd fd00::5 is-at 00-15-5D-00-00-05 to fd00::4',
    'nd fd00::5 is-at 00-15-5D-00-00-05',
  ]
  for (const text of canonical) {
    it(`reads and writes \`${text}\``, () => {
      assert.equal(formatPacket(parsePacket(text)), text)
    })

    it(`finds \`${text}\` again in its frame`, () => {
      const frame = encodeFrame(parsePacket(text), MACS)

      assert.equal(formatPacket(withoutMacs(decodeFrame(frame))), text)
    })
  }

  it('reads what people write, and writes it in one way', () => {
    const spellings = ['tcp [FD00:0:0::4]:1 > [fd00::5]:80 AS', 'tcp [fd00::4]:1 > [fd00::5]:80 S. ttl 64']

    for (const text of spellings) assert.equal(formatPacket(parsePacket(text)), 'tcp [fd00::4]:1 > [fd00::5]:80 SA')
  })

  const wrong: readonly [string, RegExp][] = [
    ['', /ends early: the kind of packet/],
    ['sctp 10.1.0.4:1 > 10.1.0.5:2', /`sctp` is not understood/],
    ['tcp 10.1.0.4 > 10.1.0.5:80 S', /`10.1.0.4` is not understood; an address with a port/],
    ['tcp 10.1.0.4:1 > 10.1.0.5:80', /ends early: the TCP flags/],
    ['tcp 10.1.0.4:1 > 10.1.0.5:80 X', /letters of `SFRPAUEC`/],
    ['tcp 10.1.0.4:1 > 10.1.0.5:99999 S', /`10.1.0.5:99999`/],
    ['tcp 10.1.0.4:1 > 10.1.0.5:80 S ttl 300', /ttl is `300`/],
    ['tcp 10.1.0.4:1 > [fd00::5]:80 S', /is of the other family/],
    ['udp 10.1.0.4:1 > 10.1.0.5:2 seq 1', /`seq` is not understood/],
    ['arp who-has fd00::5 tell fd00::4', /`nd` does it for IPv6/],
    ['udp 10.1.0.4:1 > 10.1.0.5:2 "unfinished', /is not understood/],
  ]
  for (const [text, message] of wrong) {
    it(`refuses \`${text}\` and names what is wrong`, () => {
      assert.throws(
        () => parsePacket(text),
        (error) => HcnError.is(error, 'ERR_INVALID_ARGUMENT') && message.test(error.message),
      )
    })
  }

  it('computes the checksums of RFC 1071', () => {
    // The IPv4 header of the RFC's well-known worked example: checksum 0xb861.
    const header = '450000730000400040110000c0a80001c0a800c7'
    const payload = new Uint8Array(0x73 - 28)
    const frame = encodeFrame(parsePacket(`udp 192.168.0.1:1 > 192.168.0.199:2 len ${payload.length} df`), MACS)

    assert.equal(Buffer.from(frame.subarray(14, 24)).toString('hex'), header.slice(0, 20))
    assert.equal(Buffer.from(frame.subarray(24, 26)).toString('hex'), 'b861')
  })

  it('sends an ARP request and IPv6 neighbour discovery to the groups of their RFCs', () => {
    const request = encodeFrame(parsePacket('arp who-has 10.1.0.5 tell 10.1.0.4'), { sourceMac: MACS.sourceMac })
    const solicitation = encodeFrame(parsePacket('nd who-has fd00::1:2:3 tell fd00::4'), { sourceMac: MACS.sourceMac })

    assert.equal(Buffer.from(request.subarray(0, 6)).toString('hex'), 'ffffffffffff')
    assert.equal(Buffer.from(solicitation.subarray(0, 6)).toString('hex'), '3333ff020003')
  })

  it('says which checksum is wrong', () => {
    const frame = encodeFrame(parsePacket('tcp 10.1.0.4:1 > 10.1.0.5:80 S'), MACS)
    const broken = Uint8Array.from(frame)
    broken[frame.length - 1] = 1

    assert.deepEqual(wrongChecksums(frame), [])
    assert.match(wrongChecksums(broken).join(), /the tcp checksum is/)
  })

  it('decodes any bytes into a packet whose frame is those bytes', () => {
    const nearlyFrames = fc
      .tuple(
        fc.constantFrom('0800', '86dd', '0806', '810000010800', '1234'),
        fc.constantFrom('', '45', '60'),
        fc.uint8Array({ maxLength: 120 }),
      )
      .map(([type, start, rest]) => new Uint8Array([...new Uint8Array(12), ...Buffer.from(type + start, 'hex'), ...rest]))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), nearlyFrames), (bytes) => {
        const packet = decodeFrame(bytes)

        assert.deepEqual(encodeFrame(packet), new Uint8Array(bytes))
        assert.deepEqual(encodeFrame(parsePacket(formatPacket(packet))), new Uint8Array(bytes))
      }),
      { numRuns: propertyRuns(400) },
    )
  })

  it('finds a packet again in its frame and in its text', () => {
    fc.assert(
      fc.property(packets(), (packet) => {
        assert.deepEqual(decodeFrame(encodeFrame(packet)), packet)
        assert.deepEqual(parsePacket(formatPacket(packet)), packet)
        assert.deepEqual(wrongChecksums(encodeFrame(packet)), [])
      }),
      { numRuns: propertyRuns(400) },
    )
  })
})

function packets(): fc.Arbitrary<Packet> {
  const port = fc.nat({ max: 65535 })
  const addresses = fc.oneof(
    fc.record({ source: fc.constantFrom('10.1.0.4', '172.16.3.9'), destination: fc.constantFrom('10.1.0.5', '10.96.0.10', '224.0.0.251') }),
    fc.record({ source: fc.constantFrom('fd00::4', '2001:db8::1:0:0:1'), destination: fc.constantFrom('fd00::5', 'ff02::fb') }),
  )
  const payload = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => new Uint8Array(bytes))
  const ports = fc.record({ sourcePort: port, destinationPort: port })
  const extras = fc.record(
    { ttl: fc.integer({ min: 1, max: 63 }), tos: fc.integer({ min: 1, max: 255 }), payload, vlan: fc.integer({ min: 1, max: 4095 }) },
    { requiredKeys: [] },
  )
  const flags = fc.constantFrom('S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', '')
  const tcpOnly = fc.record(
    { seq: fc.integer({ min: 1, max: 0xffffffff }), ack: fc.integer({ min: 1, max: 0xffffffff }) },
    { requiredKeys: [] },
  )
  const macs = (packet: Packet): Packet => {
    const group = packet.kind !== 'raw' && packet.kind !== 'arp' && /^(224|ff)/.test(packet.destination)
    return { ...packet, sourceMac: MACS.sourceMac, ...(group ? {} : { destinationMac: MACS.destinationMac }) } as Packet
  }
  return fc.oneof(
    fc.tuple(addresses, ports, flags, tcpOnly, extras).map(([a, p, f, t, e]) => macs({ kind: 'tcp', ...a, ...p, flags: f, ...t, ...e })),
    fc.tuple(addresses, ports, extras).map(([a, p, e]) => macs({ kind: 'udp', ...a, ...p, ...e })),
    fc
      .tuple(addresses, fc.integer({ min: 1, max: 65535 }), extras)
      .map(([a, id, e]) => macs({ kind: 'icmp', ...a, type: a.source.includes(':') ? 128 : 8, id, ...e })),
  )
}
