import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { acl, HostNetworking, type OpenOptions } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'
import { useFolder } from './support/folder.js'

describe('a state folder', () => {
  const folder = useFolder()
  const open: HostNetworking[] = []
  const openHost = async (options: OpenOptions = {}) => {
    const hns = await HostNetworking.open({ provider: 'embedded', state: folder(), ...options })
    open.push(hns)
    return hns
  }
  afterEach(() => Promise.all(open.splice(0).map((hns) => hns.close())))

  /** Every object's document, as text. */
  const documents = async (hns: HostNetworking) => {
    const lists = [await hns.networks.list(), await hns.endpoints.list(), await hns.namespaces.list(), await hns.loadBalancers.list()]
    return lists.flatMap((list) => list.map((object) => JSON.stringify(object.document))).sort()
  }

  const fill = async (hns: HostNetworking) => {
    const network = await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    const web = await hns.pods.create({ name: 'web', network })
    const client = await hns.pods.create({ name: 'client', network })
    await web.endpoint.addPolicies([
      acl({ action: 'allow', direction: 'in', protocol: 'tcp', localPorts: ['8080'], priority: 100 }),
      acl({ action: 'allow', direction: 'out', priority: 100 }),
    ])
    const ports = [{ protocol: 'tcp', external: 80, internal: 8080 }] as const
    await hns.loadBalancers.create({ frontendVips: ['10.96.0.80'], backends: [web.endpoint], ports })
    return { from: client.endpoint.id, address: client.endpoint.addresses[0] ?? '' }
  }

  it('gives the objects back as they were: ids, MACs, addresses, policies, compartments', async () => {
    const first = await openHost()
    await fill(first)
    const before = await documents(first)
    await first.close()

    assert.deepEqual(await documents(await openHost()), before)
  })

  it('gives the switch back: packets go as they went', async () => {
    const first = await openHost()
    const { from, address } = await fill(first)
    const packets = [`tcp ${address}:40000 > 10.96.0.80:80 S`, `tcp ${address}:40000 > 10.96.0.80:81 S`, `udp ${address}:1 > 10.1.0.9:2`]
    const walk = (hns: HostNetworking) => Promise.all(packets.map((packet) => hns.vfp.explain(from, packet)))
    const before = await walk(first)
    await first.close()

    const after = await walk(await openHost())
    assert.equal(before[0]?.verdict, 'forward')
    assert.deepEqual(
      after.map(({ verdict, steps }) => [verdict, steps.map(({ layer, group, rule }) => [layer, group, rule])]),
      before.map(({ verdict, steps }) => [verdict, steps.map(({ layer, group, rule }) => [layer, group, rule])]),
    )
  })

  it('is not there for a host that named none', async () => {
    await (await openHost()).networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })

    const other = await HostNetworking.open({ provider: 'embedded' })
    open.push(other)
    assert.deepEqual(await other.networks.list(), [])
  })

  it('loses a network that is not persistent with the last host, and keeps the others', async () => {
    const first = await openHost()
    await first.networks.create({ name: 'kept', subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    const passing = await first.networks.create({ name: 'passing', flags: 8, subnets: [{ prefix: '10.2.0.0/16', gateway: '10.2.0.1' }] })
    await first.endpoints.create({ network: passing })
    const second = await openHost()
    assert.equal((await second.networks.list()).length, 2)
    await first.close()
    await second.close()

    const third = await openHost()
    assert.deepEqual(
      (await third.networks.list()).map(({ name }) => name),
      ['kept'],
    )
    assert.deepEqual(await third.endpoints.list(), [])
  })

  it('has nothing of a call that failed', async () => {
    const first = await openHost()
    const network = await first.networks.create({ name: 'pods', subnets: [{ prefix: '10.1.0.0/30', gateway: '10.1.0.1' }] })
    await rejects(first.endpoints.create({ network, addresses: ['10.9.0.1'] }), 'HCN_E_INVALID_IP')
    const before = await documents(first)
    await first.close()

    assert.deepEqual(await documents(await openHost()), before)
  })

  it('is made when it is not there, and holds nothing but its own files', async () => {
    await openHost({ state: join(folder(), 'state') })

    const files = await readdir(join(folder(), 'state'))
    assert.deepEqual(files.sort(), ['data.mdb', 'lock.mdb', 'opening.lock', 'users.lock', 'writer.lock'])
  })

  it('must be a folder, with a parent', async () => {
    await writeFile(join(folder(), 'file'), 'text')

    await rejects(openHost({ state: join(folder(), 'file') }), 'ERR_STATE_UNAVAILABLE', /file/)
    await rejects(openHost({ state: join(folder(), 'no', 'parent') }), 'ERR_STATE_UNAVAILABLE', /parent/)
    await rejects(openHost({ state: '' }), 'ERR_INVALID_ARGUMENT', /state/)
    await rejects(openHost({ state: 7 as unknown as string }), 'ERR_INVALID_ARGUMENT', /state/)
    await mkdir(join(folder(), 'data.mdb'))
    await rejects(openHost(), 'ERR_STATE_UNAVAILABLE', /directory/)
  })
})
