import assert from 'node:assert/strict'
import { type HcnErrorCode, HostNetworking, type Network, type NetworkPolicy, type NetworkType } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const GUID = 'e7c3b2f0-f3c5-48df-af2b-10fed6d72e7a'
const MAC = '00-15-5D-01-02-03'

const POLICIES: readonly NetworkPolicy[] = [
  { kind: 'netAdapterName', name: 'eth0' },
  { kind: 'sourceMacAddress', macAddress: MAC },
  { kind: 'interfaceConstraint', alias: 'Ethernet', index: 7 },
  { kind: 'switchExtension', id: GUID, enabled: true },
  { kind: 'providerAddress', address: '10.0.0.4' },
  { kind: 'routerMacAddress', macAddress: MAC },
  { kind: 'automaticDns', enabled: false },
  { kind: 'remoteSubnetRoute', destination: '10.2.0.0/24', vsid: 5000, providerAddress: '10.0.0.5', routerMacAddress: MAC },
  { kind: 'vxlanPort', port: 4789 },
  { kind: 'hostRoute' },
  { kind: 'addressSet', id: 'web', name: 'web', type: 'addresses', values: ['10.1.0.4', '10.2.0.0/24'] },
  { kind: 'l4Proxy', port: 8080, protocol: 6, exceptions: ['10.0.0.0/8'], outboundNat: true },
  { kind: 'layerConstraint', layerId: GUID },
  { kind: 'neighborDiscovery', target: '10.1.0.0/24', senderAddress: '10.1.0.1', senderMacAddress: MAC },
]

describe('network policies', () => {
  let hns: HostNetworking
  let overlay: Network

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', profile: 'latest', seed: 1 })
    overlay = await hns.networks.create({
      name: 'overlay',
      type: 'Overlay',
      subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1', vsid: 5000 }],
      policies: [{ kind: 'routerMacAddress', macAddress: '00-15-5D-00-00-01' }],
    })
  })
  afterEach(() => hns.close())

  for (const policy of POLICIES.filter(({ kind }) => kind !== 'routerMacAddress')) {
    it(`of kind ${policy.kind} are added, read back as they were, and removed`, async () => {
      await overlay.addPolicies([policy])
      await overlay.query()
      assert.deepEqual(overlay.policies[1], policy)

      await overlay.removePolicies([policy])
      await overlay.query()
      assert.equal(overlay.policies.length, 1)
      await rejects(overlay.removePolicies([policy]), 'HCN_E_POLICY_NOT_FOUND')
    })
  }

  it('of kind networkAcl are added and read back like the ACL of an endpoint', async () => {
    await overlay.addPolicies([{ kind: 'networkAcl', action: 'block', direction: 'in', remoteAddresses: ['10.9.0.0/16'], priority: 100 }])

    await overlay.query()
    const policy = overlay.policies[1]
    assert.ok(policy?.kind === 'networkAcl')
    assert.equal(policy.action, 'block')
    assert.deepEqual(policy.remoteAddresses, ['10.9.0.0/16'])
  })

  it('are refused before the call where a member is misspelt or wrong', async () => {
    const wrong: readonly [unknown, RegExp][] = [
      [{ kind: 'vxlanPort', port: 0 }, /policies\[0\]\.port is `0`/],
      [{ kind: 'vxlanPort', prot: 4789 }, /policies\[0\]\.prot .*no such member/],
      [{ kind: 'providerAddress', address: '10.0.0' }, /policies\[0\]\.address is `10\.0\.0`/],
      [{ kind: 'switchExtension', id: 'vfp', enabled: true }, /policies\[0\]\.id is `vfp`/],
      [{ kind: 'interfaceConstraint' }, /one of `guid`, .*`alias`.* is wanted/],
      [{ kind: 'overlay' }, /policies\[0\]\.kind is `overlay`: one of netAdapterName/],
    ]
    for (const [policy, message] of wrong) await rejects(overlay.addPolicies([policy as NetworkPolicy]), 'ERR_INVALID_ARGUMENT', message)
  })

  const elsewhere: readonly [NetworkType, NetworkPolicy, HcnErrorCode][] = [
    ['NAT', { kind: 'vxlanPort', port: 4789 }, 'HCN_E_INVALID_POLICY_TYPE'],
    ['Internal', { kind: 'netAdapterName', name: 'eth0' }, 'HCN_E_INVALID_POLICY_TYPE'],
    ['Private', { kind: 'hostRoute' }, 'HCN_E_INVALID_POLICY_TYPE'],
  ]
  for (const [type, policy, code] of elsewhere) {
    it(`of kind ${policy.kind} are refused on a network of type ${type}`, async () => {
      const network = await hns.networks.create({ name: 'other', type } as Parameters<typeof hns.networks.create>[0])

      await rejects(network.addPolicies([policy]), code, /is no policy for/)

      await network.query()
      assert.deepEqual(network.policies, [])
    })
  }
})
