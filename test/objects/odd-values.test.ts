import assert from 'node:assert/strict'
import { decodeEndpointPolicy, decodeFrame, encodeFrame, formatPacket, HostNetworking, withoutMacs } from '../../lib/index.js'

const ODD: readonly unknown[] = [undefined, null, 1, 'tcp', [], {}, { kind: 'carrier-pigeon' }]
const TCP = { kind: 'tcp', source: '10.1.0.4', destination: '10.1.0.5', sourcePort: 1, destinationPort: 80, flags: 'S' }
const ODD_PACKETS: readonly unknown[] = [
  ...ODD,
  { kind: 'tcp' },
  { ...TCP, source: 4 },
  { ...TCP, flags: undefined },
  { ...TCP, payload: 'GET /' },
  { ...TCP, sourceMac: 7 },
  { ...TCP, seq: '1' },
  { kind: 'arp', operation: 'shout', senderIp: '10.1.0.4', targetIp: '10.1.0.5' },
  { kind: 'nd', operation: 'request', source: 'fd00::4', destination: 'fd00::5', targetIp: 'fd00::5', linkMac: 1 },
  { kind: 'raw', bytes: 'ff' },
]

describe('a value of another type', () => {
  const functions: Readonly<Record<string, readonly [(value: never) => unknown, readonly unknown[]]>> = {
    decodeEndpointPolicy: [decodeEndpointPolicy, [...ODD, { Type: 3 }, { Settings: {} }]],
    decodeFrame: [decodeFrame, [...ODD, [1, 2], new ArrayBuffer(4)]],
    encodeFrame: [encodeFrame, ODD_PACKETS],
    formatPacket: [formatPacket, ODD_PACKETS],
    withoutMacs: [withoutMacs, ODD_PACKETS],
  }
  for (const [name, [call, values]] of Object.entries(functions)) {
    for (const value of values) {
      it(`is refused by ${name} with the project's own error: ${JSON.stringify(value)}`, () => {
        assert.throws(() => call(value as never), { name: 'HcnError', code: 'ERR_INVALID_ARGUMENT' })
      })
    }
  }

  it('as default MACs is refused', () => {
    assert.throws(() => encodeFrame(TCP as never, { sourceMac: 5 } as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => encodeFrame(TCP as never, null as never), { code: 'ERR_INVALID_ARGUMENT' })
  })

  for (const settings of [
    { Direction: 'In', Order: 1, TierAclRules: [null] },
    { Direction: 'In', Order: 1, TierAclRules: [5] },
  ]) {
    it(`inside the settings of a policy is kept as it is: ${JSON.stringify(settings)}`, () => {
      const document = { Type: 'TierAcl', Settings: settings } as never

      assert.deepEqual(decodeEndpointPolicy(document), { kind: 'unknown', type: 'TierAcl', settings })
    })
  }
})

describe('a message about a text of millions of letters', () => {
  const long = 'ü'.repeat(3_000_000)
  const calls: Readonly<Record<string, (hns: HostNetworking) => Promise<unknown>>> = {
    'the id of an object': (hns) => hns.networks.open(long),
    'the id of an outcome': (hns) => hns.reconcile('network', long),
    'the name of a network': (hns) => hns.networks.create({ name: long, type: 'NAT' }),
    'the name of a namespace': (hns) => hns.namespaces.create({ name: long }),
    'the name of a guest network service': (hns) => hns.guestNetworkServices.create({ name: long }),
    'the name of a pod': (hns) => hns.pods.open(long),
    'a name to look for': (hns) => hns.networks.get({ name: long }),
    'a port whose layers are wanted': (hns) => hns.vfp.layers(long),
    'a port to capture at': (hns) => hns.vfp.capture(long),
  }
  for (const [what, call] of Object.entries(calls)) {
    it(`shows its beginning: ${what}`, async () => {
      const hns = await HostNetworking.open({ provider: 'embedded' })
      try {
        const error = await call(hns).then(
          () => assert.fail('it was taken'),
          (reason: Error & { record?: { Error: string } }) => reason,
        )

        assert.ok(error.message.length < 2000, `${error.message.length} letters`)
        assert.ok((error.record?.Error.length ?? 0) < 2000)
      } finally {
        await hns.close()
      }
    })
  }
})
