import assert from 'node:assert/strict'
import { type AddressSetPolicy, acl } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp } from '../../lib/testing/index.js'
import { rejects } from '../support/rejects.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const STRANGER = '10.1.0.66'

describe('address sets', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT, STRANGER] })
  })
  afterEach(() => lab.close())

  const set = (id: string, ...values: readonly string[]): AddressSetPolicy => ({
    kind: 'addressSet',
    id,
    name: id,
    type: 'addresses',
    values,
  })
  const nested = (id: string, ...values: readonly string[]): AddressSetPolicy => ({ ...set(id, ...values), type: 'nested' })
  const fromBanned = acl({ action: 'block', direction: 'in', sourceSets: ['banned'], priority: 10 })

  it('are what an ACL means by their ids, and are read back as given', async () => {
    await lab.network.addPolicies([set('strangers', STRANGER), nested('banned', 'strangers')])
    const { endpoint } = lab.at(SERVER)
    await endpoint.setPolicies([fromBanned, ...ALLOW_THE_REST])

    await lab.at(STRANGER).send(tcp(`${STRANGER}:1 > ${SERVER}:80 S`))
    await lab.at(CLIENT).send(tcp(`${CLIENT}:1 > ${SERVER}:80 S`))

    assert.deepEqual(await lab.deliveries(), { [SERVER]: [tcp(`${CLIENT}:1 > ${SERVER}:80 S`)] })
    await endpoint.query()
    assert.deepEqual(endpoint.policies[0], fromBanned)
  })

  it('cut the open connection of who comes into a set, and no other', async () => {
    await lab.network.addPolicies([set('banned')])
    await lab.at(SERVER).endpoint.setPolicies([fromBanned, ...ALLOW_THE_REST])
    for (const client of [CLIENT, STRANGER]) {
      await lab.at(client).send(tcp(`${client}:7 > ${SERVER}:80 S`))
      await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${client}:7 SA`))
      await lab.at(client).send(tcp(`${client}:7 > ${SERVER}:80 A`))
    }
    await lab.deliveries()

    await lab.network.updatePolicies([set('banned', '10.1.0.64/26')])

    for (const client of [CLIENT, STRANGER]) {
      await lab.at(client).send(tcp(`${client}:7 > ${SERVER}:80 PA "x"`))
      await lab.at(SERVER).send(tcp(`${SERVER}:80 > ${client}:7 PA "y"`))
    }
    assert.deepEqual(await lab.deliveries(), {
      [SERVER]: [tcp(`${CLIENT}:7 > ${SERVER}:80 PA "x"`)],
      [CLIENT]: [tcp(`${SERVER}:80 > ${CLIENT}:7 PA "y"`)],
    })
  })

  it('cannot be removed while an ACL or a nested set names them, nor named where they are not', async () => {
    const strangers = set('strangers', STRANGER)
    await lab.network.addPolicies([strangers, nested('banned', 'strangers')])
    await lab.at(SERVER).endpoint.setPolicies([fromBanned])

    await rejects(lab.network.removePolicies([strangers]), 'HCN_E_ENTITY_HAS_REFERENCES', /`strangers`/)
    await rejects(lab.network.removePolicies([nested('banned', 'strangers')]), 'HCN_E_ENTITY_HAS_REFERENCES')
    const elsewhere = acl({ action: 'allow', direction: 'in', sourceSets: ['friends'] })
    await rejects(lab.at(SERVER).endpoint.addPolicies([elsewhere]), 'HCN_E_INVALID_POLICY', /`friends`/)
  })

  it('are refused before the call beside addresses in one rule, and where an id is an address', () => {
    const rule = { action: 'allow', direction: 'in' } as const
    assert.throws(
      () => acl({ ...rule, sourceSets: ['a-set'], remoteAddresses: [CLIENT] }),
      /acl\.remoteAddresses .*either addresses or sets/,
    )
    assert.throws(() => acl({ ...rule, destinationSets: [CLIENT] }), /acl\.destinationSets\[0\] is `10\.1\.0\.20`/)
    assert.throws(() => acl({ ...rule, sourceSets: ['a,b'] }), /acl\.sourceSets\[0\] is `a,b`/)
  })
})
