import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  type AclOptions,
  acl,
  decodeEndpointPolicy,
  type EndpointPolicy,
  encapOverhead,
  encodeEndpointPolicy,
  encryption,
  firewall,
  HcnError,
  HostNetworking,
  interfaceConstraint,
  interfaceParameters,
  iov,
  l2Driver,
  l4Proxy,
  l4WfpProxy,
  outboundNat,
  portMapping,
  portName,
  providerAddress,
  qos,
  sdnRoutePolicy,
  type TierAclOptions,
  tierAcl,
  unknownPolicy,
  vlan,
  vmNic,
} from '../../lib/index.js'
import type { EndpointPolicyDocument } from '../../types/index.js'
import { propertyRuns } from '../support/property.js'

describe('endpoint policies', () => {
  describe('on the wire', () => {
    it('writes an ACL as HCN does: numbers and lists as text', () => {
      const policy = acl({
        action: 'block',
        direction: 'in',
        protocol: ['tcp', 'udp'],
        remoteAddresses: ['10.244.1.66', '10.245.0.0/16'],
        localPorts: [8080, '9000-9100'],
        priority: 100,
        ruleType: 'switch',
        id: 'no-stranger',
      })

      assert.deepEqual(encodeEndpointPolicy(policy), {
        Type: 'ACL',
        Settings: {
          Id: 'no-stranger',
          Protocols: '6,17',
          Action: 'Block',
          Direction: 'In',
          RemoteAddresses: '10.244.1.66,10.245.0.0/16',
          LocalPorts: '8080,9000-9100',
          RuleType: 'Switch',
          Priority: 100,
        },
      })
    })

    it('leaves out what means any', () => {
      const policy = acl({ action: 'allow', direction: 'out', remoteAddresses: [], localPorts: [], protocol: [] })

      assert.deepEqual(encodeEndpointPolicy(policy), { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Out' } })
    })

    it('writes OutBoundNAT and PortMapping with their flag bits', () => {
      assert.deepEqual(encodeEndpointPolicy(outboundNat({ vip: 'FD00::1', exceptions: ['fd00::/48'], ipv6: true })), {
        Type: 'OutBoundNAT',
        Settings: { VirtualIP: 'fd00::1', Exceptions: ['fd00::/48'], Flags: 2 },
      })
      assert.deepEqual(encodeEndpointPolicy(portMapping({ protocol: 'tcp', external: 8080, internal: 80, localRoutedVip: true })), {
        Type: 'PortMapping',
        Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 },
      })
    })

    it('reads what other clients write: any case, spaces, 256 and empty text for any', () => {
      const document = {
        Type: 'acl',
        Settings: { Protocols: '256', Action: 'ALLOW', Direction: 'in', LocalAddresses: '', LocalPorts: '80, 443', Priority: 0 },
      } as unknown as EndpointPolicyDocument

      assert.deepEqual(decodeEndpointPolicy(document), {
        kind: 'acl',
        action: 'allow',
        direction: 'in',
        localPorts: ['80', '443'],
        priority: 0,
      })
    })

    it('writes a tier as HCN does', () => {
      const policy = tierAcl({
        name: 'admin',
        direction: 'out',
        order: 1001,
        rules: [
          { action: 'pass', protocol: ['tcp', 'udp'], remoteAddresses: ['10.0.0.0/8'], remotePorts: [53], priority: 100, id: 'dns' },
          { action: 'block', priority: 200 },
        ],
      })

      assert.deepEqual(encodeEndpointPolicy(policy), {
        Type: 'TierAcl',
        Settings: {
          Name: 'admin',
          Direction: 'Out',
          Order: 1001,
          TierAclRules: [
            { Id: 'dns', Protocols: '6,17', TierAclRuleAction: 'Pass', RemoteAddresses: '10.0.0.0/8', RemotePorts: '53', Priority: 100 },
            { TierAclRuleAction: 'Block', Priority: 200 },
          ],
        },
      })
    })

    // Field names: HCN's schema page.
    const plain: readonly [EndpointPolicy, EndpointPolicyDocument][] = [
      [
        qos({ maximumOutgoingBandwidth: 0, maximumIncomingBandwidth: 9 }),
        { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 0, MaximumIncomingBandwidthInBytes: 9 } },
      ],
      [qos({ maximumOutgoingBandwidth: 125_000 }), { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 125_000 } }],
      [encapOverhead({ overhead: 50 }), { Type: 'EncapOverhead', Settings: { Overhead: 50 } }],
      [providerAddress({ address: '192.168.1.4' }), { Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.1.4' } }],
      [vlan({ id: 5 }), { Type: 'VLAN', Settings: { IsolationId: 5 } }],
      [
        sdnRoutePolicy({ destination: '10.0.0.0/8', nextHop: '10.1.0.9', encapsulate: true, monitorEndpoints: false }),
        { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.0.0.0/8', NextHop: '10.1.0.9', NeedEncap: true } },
      ],
      [l2Driver(), { Type: 'L2Driver' }],
      [
        l4Proxy({ port: 15001, ip: '10.1.0.9', protocol: 6, exceptions: ['10.96.0.10'], destination: '10.0.0.0/8', outboundNat: true }),
        {
          Type: 'L4Proxy',
          Settings: {
            IP: '10.1.0.9',
            Port: '15001',
            Protocol: 6,
            ExceptionList: ['10.96.0.10'],
            Destination: '10.0.0.0/8',
            OutboundNAT: true,
          },
        },
      ],
      [
        l4WfpProxy({
          inboundPort: 15003,
          outboundPort: 15001,
          filter: { protocols: ['tcp'], remoteAddresses: ['10.0.0.0/8'], remotePorts: ['80', '8000-8080'], priority: 1 },
          userSid: 'S-1-5-32-556',
          inboundExceptions: { addresses: ['10.1.0.7'], ports: ['9090'] },
          outboundExceptions: { ports: ['53'] },
        }),
        {
          Type: 'L4WFPPROXY',
          Settings: {
            InboundProxyPort: '15003',
            OutboundProxyPort: '15001',
            FilterTuple: { Protocols: '6', RemoteAddresses: '10.0.0.0/8', RemotePorts: '80,8000-8080', Priority: 1 },
            UserSID: 'S-1-5-32-556',
            InboundExceptions: { IpAddressExceptions: ['10.1.0.7'], PortExceptions: ['9090'] },
            OutboundExceptions: { PortExceptions: ['53'] },
          },
        },
      ],
      [
        interfaceConstraint({ guid: 'e7c3b2f0-f3c5-48df-af2b-10fed6d72e7a', index: 7, alias: 'Ethernet' }),
        {
          Type: 'InterfaceConstraint',
          Settings: { InterfaceGuid: 'e7c3b2f0-f3c5-48df-af2b-10fed6d72e7a', InterfaceIndex: 7, InterfaceAlias: 'Ethernet' },
        },
      ],
      [
        encryption({
          name: 'between racks',
          authentication: [
            { type: 'presharedKey', key: 'secret' },
            { type: 'certificate', certificateName: 'rack' },
          ],
          endpoints2: ['10.2.0.0/16'],
          protocol: 'TCP',
          ports2: ['443'],
        }),
        {
          Type: 'Encryption',
          Settings: {
            EncryptionMethodType: 'Ipsec',
            AuthenticationMethods: [
              { Type: 'PresharedKey', Settings: { Key: 'secret' } },
              { Type: 'Certificate', Settings: { CertificateName: 'rack' } },
            ],
            Name: 'between racks',
            Endpoints2: ['10.2.0.0/16'],
            ProtocolType: 'TCP',
            Endpoint2Ports: ['443'],
          },
        },
      ],
      [
        iov({ offloadWeight: 100, queuePairs: 2, interruptModeration: 'medium' }),
        { Type: 'Iov', Settings: { IovOffloadWeight: 100, QueuePairsRequested: 2, InterruptModeration: 200 } },
      ],
      [
        vmNic({ deviceInstanceId: 'PCI\\VEN_8086', vfInstanceId: 'VF\\3' }),
        { Type: 'VmNic', Settings: { DeviceInstanceId: 'PCI\\VEN_8086', VfInstanceId: 'VF\\3' } },
      ],
      [firewall({ vmType: 'wsl', constrainedInterface: true }), { Type: 'Firewall', Settings: { VmType: 'WSL', FirewallPolicyFlags: 1 } }],
      [
        firewall({ vmCreatorId: '40e0ac32-46a5-438a-a0b2-2b479e8f2e90', constrainedInterface: true }),
        { Type: 'Firewall', Settings: { VmCreatorId: '40e0ac32-46a5-438a-a0b2-2b479e8f2e90', PolicyFlags: 1 } },
      ],
    ]
    it('is taken by the host and given back, whichever type it is of', async () => {
      const hns = await HostNetworking.open({ provider: 'embedded', profile: 'latest' })
      try {
        const network = await hns.networks.create({
          name: 'pods',
          type: 'L2Tunnel',
          subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }],
        })
        for (const [policy] of plain) {
          const endpoint = await hns.endpoints.create({ network, policies: [policy] })
          assert.deepEqual(endpoint.policies, [policy])

          await endpoint.removePolicies([policy])
          await endpoint.query()
          assert.deepEqual(endpoint.policies, [])
        }
      } finally {
        await hns.close()
      }
    })
    for (const [policy, document] of plain) {
      it(`writes ${document.Type} as HCN does, and reads it`, () => {
        assert.deepEqual(encodeEndpointPolicy(policy), document)
        assert.deepEqual(decodeEndpointPolicy(document), policy)
      })
    }

    const unknown: readonly [string, EndpointPolicyDocument][] = [
      ['a type it has no form for', { Type: 'Magic', Settings: { Weight: 100 } }],
      ['a moderation it does not know', { Type: 'Iov', Settings: { InterruptModeration: 400 } }],
      ['exceptions under both names', { Type: 'L4Proxy', Settings: { Port: '1', Exceptions: ['10.0.0.1'], ExceptionList: ['10.0.0.2'] } }],
      ['a proxy without a port', { Type: 'L4WFPPROXY', Settings: { UserSID: 'S-1-5-18' } }],
      ['a filter with a member of a later schema', { Type: 'L4WFPPROXY', Settings: { InboundProxyPort: '1', FilterTuple: { Tag: 'a' } } }],
      ['a constraint that names nothing', { Type: 'InterfaceConstraint', Settings: { InterfaceAlias: '' } }],
      ['an encryption by other means', { Type: 'Encryption', Settings: { EncryptionMethodType: 'Wire', AuthenticationMethods: [] } }],
      ['a firewall flag it does not know', { Type: 'Firewall', Settings: { FirewallPolicyFlags: 2 } }],
      ['a tier without its direction', { Type: 'TierAcl', Settings: { Name: 't', Order: 1001, TierAclRules: [] } }],
      [
        'a tier with a rule of a later schema',
        { Type: 'TierAcl', Settings: { Direction: 'In', Order: 1, TierAclRules: [{ TierAclRuleAction: 'Pass', IcmpTypes: '8' }] } },
      ],
      ['a bandwidth beyond what a number holds', { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 2 ** 60 } }],
      ['a policy with a member it does not know', { Type: 'VLAN', Settings: { IsolationId: 5, Mode: 'access' } }],
      ['a type without settings', { Type: 'Firewall' }],
      [
        'an ACL of a set on one side and an address on the other',
        { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In', LocalAddresses: '10.1.0.4', RemoteAddresses: 'azure-npm-1' } },
      ],
      ['an ACL that passes', { Type: 'ACL', Settings: { Action: 'Pass', Direction: 'In' } }],
      ['an ACL with a member of a later schema', { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In', IcmpTypes: '8' } }],
      ['a flag bit it does not know', { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 1, ExternalPort: 2, Flags: 64 } }],
      ['settings that are no object', { Type: 'ACL', Settings: 'nonsense' }],
    ]
    for (const [what, document] of unknown) {
      it(`keeps ${what} exactly as it came`, () => {
        const policy = decodeEndpointPolicy(document)

        assert.equal(policy.kind, 'unknown')
        assert.deepEqual(encodeEndpointPolicy(policy), document)
      })
    }

    it('finds every policy again in its document', () => {
      fc.assert(
        fc.property(anyPolicy(), (policy) => {
          assert.deepEqual(decodeEndpointPolicy(JSON.parse(JSON.stringify(encodeEndpointPolicy(policy)))), policy)
        }),
        { numRuns: propertyRuns() },
      )
    })
  })

  describe('where they are made', () => {
    const valid = { action: 'allow', direction: 'in' } as const
    const wrong: readonly [string, () => unknown, RegExp][] = [
      ['an unknown action', () => acl({ ...valid, action: 'pass' as 'allow' }), /acl\.action is `pass`: one of 'allow', 'block'/],
      ['a missing direction', () => acl({ action: 'allow' } as AclOptions), /acl\.direction is/],
      ['a misspelt member', () => acl({ ...valid, remoteAdresses: ['10.0.0.1'] } as AclOptions), /acl\.remoteAdresses .*no such member/],
      ['an address that is none', () => acl({ ...valid, remoteAddresses: ['10.0.0.300'] }), /acl\.remoteAddresses\[0\] is `10\.0\.0\.300`/],
      ['the word any for an address', () => acl({ ...valid, remoteAddresses: ['Any'] }), /leave the list out/],
      ['a prefix that is too long', () => acl({ ...valid, localAddresses: ['10.0.0.0/33'] }), /acl\.localAddresses\[0\]/],
      ['a zone', () => acl({ ...valid, localAddresses: ['fe80::1%eth0'] }), /acl\.localAddresses\[0\]/],
      ['a port beyond 65535', () => acl({ ...valid, localPorts: ['65536'] }), /acl\.localPorts\[0\] is `65536`: ports end at 65535/],
      ['a range upside down', () => acl({ ...valid, localPorts: ['90-80'] }), /the range is empty; `80-90` may be meant/],
      ['ports in one text', () => acl({ ...valid, localPorts: ['80,443'] }), /a list is wanted: \['80', '443'\]/],
      [
        'ports of a protocol without',
        () => acl({ ...valid, protocol: 'icmp', localPorts: [80] }),
        /acl\.protocol is `icmp`: it has no ports/,
      ],
      ['the word any for a protocol', () => acl({ ...valid, protocol: 'any' as 'tcp' }), /acl\.protocol is `any`.*leave it out/],
      ['256 for a protocol', () => acl({ ...valid, protocol: 256 }), /for any protocol leave it out/],
      ['a priority beyond 65535', () => acl({ ...valid, priority: 65536 }), /acl\.priority is `65536`: a whole number from 0 to 65535/],
      ['a priority that is a fraction', () => acl({ ...valid, priority: 1.5 }), /acl\.priority is `1\.5`/],
      ['no object', () => acl(null as unknown as AclOptions), /acl is `null`: an object is wanted/],
      ['an exception without its length', () => outboundNat({ exceptions: ['10.0.0.0/'] }), /outboundNat\.exceptions\[0\]/],
      ['a port mapping of port 0', () => portMapping({ protocol: 'tcp', external: 0, internal: 80 }), /portMapping\.external is `0`/],
      ['a port mapping for ICMP', () => portMapping({ protocol: 'icmp', external: 1, internal: 1 }), /'tcp' or 'udp' is wanted/],
      ['a proxy at port 0', () => l4Proxy({ port: 0 }), /l4Proxy\.port is `0`/],
      ['a proxy for no direction', () => l4WfpProxy({ userSid: 'S-1-5-18' }), /l4WfpProxy\.outboundPort .*`inboundPort` is wanted/],
      [
        'a filter with a misspelt member',
        () => l4WfpProxy({ inboundPort: 1, filter: { protocol: 'tcp' } as object }),
        /l4WfpProxy\.filter\.protocol .*no such member/,
      ],
      ['a constraint that names nothing', () => interfaceConstraint({}), /one of `guid`, .*`description` is wanted/],
      ['no way to authenticate', () => encryption({ authentication: [] }), /encryption\.authentication .*at least one way/],
      [
        'a key that is empty',
        () => encryption({ authentication: [{ type: 'presharedKey', key: '' }] }),
        /encryption\.authentication\[0\]\.key is/,
      ],
      ['a weight below zero', () => iov({ offloadWeight: -1 }), /iov\.offloadWeight is `-1`/],
      ['a creator that is no GUID', () => firewall({ vmCreatorId: 'wsl' }), /firewall\.vmCreatorId is `wsl`/],
      ['an MTU below 68', () => interfaceParameters({ mtu: 40 }), /interfaceParameters\.mtu is `40`/],
      [
        'a tier without its order',
        () => tierAcl({ direction: 'in', rules: [] } as unknown as TierAclOptions),
        /tierAcl\.order is `undefined`: a whole number from 0 to 65535/,
      ],
      [
        'a rule of a tier with an unknown action',
        () => tierAcl({ direction: 'in', order: 1, rules: [{ action: 'drop' as 'block' }] }),
        /tierAcl\.rules\[0\]\.action is `drop`: one of 'allow', 'block', 'pass'/,
      ],
      [
        'a rule of a tier with a direction of its own',
        () => tierAcl({ direction: 'in', order: 1, rules: [{ action: 'allow', direction: 'out' } as { action: 'allow' }] }),
        /tierAcl\.rules\[0\]\.direction .*no such member/,
      ],
      [
        'a rule of a tier for a port that is none',
        () => tierAcl({ direction: 'in', order: 1, rules: [{ action: 'allow', localPorts: ['http'] }] }),
        /tierAcl\.rules\[0\]\.localPorts\[0\] is `http`/,
      ],
      ['a bandwidth below zero', () => qos({ maximumOutgoingBandwidth: -1 }), /qos\.maximumOutgoingBandwidth is `-1`/],
      ['a VLAN beyond 4094', () => vlan({ id: 4095 }), /vlan\.id is `4095`: a whole number from 0 to 4094/],
      ['a provider address that is none', () => providerAddress({ address: 'node-1' }), /providerAddress\.address is `node-1`/],
      ['a route without its destination', () => sdnRoutePolicy({} as { destination: string }), /sdnRoute\.destination is `undefined`/],
      ['an overhead beyond 65535', () => encapOverhead({ overhead: 65536 }), /encapOverhead\.overhead is `65536`/],
      ['an empty port name', () => portName({ name: '' }), /portName\.name/],
      [
        'an object of an unknown kind',
        () => encodeEndpointPolicy({ kind: 'alc' } as unknown as EndpointPolicy, 'policies[2]'),
        /policies\[2\]\.kind is `alc`/,
      ],
    ]
    for (const [what, make, message] of wrong) {
      it(`refuses ${what}`, () => {
        assert.throws(make, (error) => HcnError.is(error, 'ERR_INVALID_ARGUMENT') && matches(error.message, message))
      })
    }

    it('spells addresses in one way', () => {
      assert.deepEqual(acl({ ...valid, remoteAddresses: ['FD00:0:0:0::4/64', '2001:DB8::1'] }).remoteAddresses, [
        'fd00::4/64',
        '2001:db8::1',
      ])
    })

    it('checks an object of the caller, too', () => {
      const policy: EndpointPolicy = { kind: 'acl', action: 'allow', direction: 'in', localPorts: ['http'] }

      assert.throws(() => encodeEndpointPolicy(policy), /policy\.localPorts\[0\] is `http`/)
    })

    it('passes an unknown policy as it is', () => {
      assert.deepEqual(encodeEndpointPolicy(unknownPolicy('Iov', { IovOffloadWeight: 1 })), {
        Type: 'Iov',
        Settings: { IovOffloadWeight: 1 },
      })
    })
  })
})

function matches(message: string, pattern: RegExp): true {
  assert.match(message, pattern)
  return true
}

function anyPolicy(): fc.Arbitrary<EndpointPolicy> {
  const prefixes = fc.array(fc.constantFrom('10.1.0.0/16', '10.1.0.4', 'fd00::/64', '::/0'), { minLength: 1, maxLength: 3 })
  const ports = fc.array(fc.constantFrom('0', '80', '8000-8080', '65535'), { minLength: 1, maxLength: 3 })
  const options = fc.record(
    {
      remoteAddresses: prefixes,
      localAddresses: prefixes,
      localPorts: ports,
      remotePorts: ports,
      protocol: fc.uniqueArray(fc.constantFrom('tcp' as const, 'udp' as const), { minLength: 1 }),
      priority: fc.nat({ max: 65535 }),
      ruleType: fc.constantFrom('switch' as const, 'host' as const),
      id: fc.string({ minLength: 1 }).filter((id) => !id.includes('\0')),
    },
    { requiredKeys: [] },
  )
  const port = fc.integer({ min: 1, max: 65535 })
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('allow' as const, 'block' as const), fc.constantFrom('in' as const, 'out' as const), options)
      .map(([action, direction, rest]) => acl({ action, direction, ...rest })),
    fc.record({ exceptions: prefixes, destinations: prefixes, ipv6: fc.boolean() }, { requiredKeys: [] }).map(outboundNat),
    fc.record({ protocol: fc.constantFrom('tcp' as const, 'udp' as const), external: port, internal: port }).map(portMapping),
    fc
      .record({
        direction: fc.constantFrom('in' as const, 'out' as const),
        order: fc.nat({ max: 65535 }),
        rules: fc.array(
          fc
            .tuple(fc.constantFrom('allow' as const, 'block' as const, 'pass' as const), options)
            .map(([action, { ruleType: _, ...rest }]) => ({ action, ...rest })),
          { maxLength: 3 },
        ),
      })
      .map(tierAcl),
    fc.record({ maximumOutgoingBandwidth: fc.nat() }).map(qos),
    fc.record({ id: fc.nat({ max: 4094 }) }).map(vlan),
    fc.record({ port, exceptions: prefixes, outboundNat: fc.boolean() }, { requiredKeys: ['port'] }).map(l4Proxy),
    fc
      .record({ outboundPort: port, filter: fc.record({ remoteAddresses: prefixes, localPorts: ports }, { requiredKeys: [] }) })
      .map(l4WfpProxy),
    fc.record({ index: fc.nat(), mediaType: fc.nat() }, { requiredKeys: ['index'] }).map(interfaceConstraint),
    fc
      .record(
        { offloadWeight: fc.nat(), queuePairs: fc.nat(), interruptModeration: fc.constantFrom('off' as const, 'high' as const) },
        { requiredKeys: [] },
      )
      .map(iov),
    fc
      .record({ vmType: fc.constantFrom('host' as const, 'wsa' as const), constrainedInterface: fc.boolean() }, { requiredKeys: [] })
      .map(firewall),
    fc.integer({ min: 68, max: 65535 }).map((mtu) => interfaceParameters({ mtu })),
  )
}
