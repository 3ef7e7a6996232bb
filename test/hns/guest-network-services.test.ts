import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type GuestNetworkService, type GuestNetworkServiceChange, type HcnErrorCode, HostNetworking } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

describe('guest network services', () => {
  let hns: HostNetworking
  let guest: GuestNetworkService
  const virtualMachineId = randomUUID()

  beforeEach(async () => {
    hns = await HostNetworking.open({ provider: 'embedded', seed: 1 })
    guest = await hns.guestNetworkServices.create({ name: 'wsl', virtualMachineId, mirrorHostNetworking: true, flags: 1 })
  })
  afterEach(() => hns.close())

  it('are read back as they were made, and found by name', async () => {
    const again = await hns.guestNetworkServices.get({ name: 'wsl' })

    assert.deepEqual(again.document, guest.document)
    assert.equal(again.virtualMachineId, virtualMachineId)
    assert.equal(again.state, 'Created')
    assert.equal(again.document.MirrorHostNetworking, true)
    assert.equal(again.document.Flags, 1)
  })

  it('move from state to state, and tell who watches them until that ends', async () => {
    const heard: GuestNetworkServiceChange[] = []
    const watch = await guest.watch((change) => heard.push(change))

    await guest.setState('Bootstrapping')
    await guest.setState('Synchronized')
    await watch.close()
    await watch.close()
    await guest.setState('Paused')

    assert.deepEqual(heard, [{ state: 'Bootstrapping' }, { state: 'Synchronized' }])
    assert.equal(guest.state, 'Paused')
  })

  it('come and go as events of the host', async () => {
    const events = hns.events()
    await events.ready
    const other = await hns.guestNetworkServices.create()
    await other.delete()
    await other.delete()

    const told = [(await events.next()).value, (await events.next()).value]

    assert.deepEqual(told, [
      { kind: 'guestNetworkServiceCreated', id: other.id },
      { kind: 'guestNetworkServiceDeleted', id: other.id },
    ])
    assert.equal(await hns.reconcile('guestNetworkService', other.id), 'absent')
    await rejects(hns.guestNetworkServices.open(other.id), 'ERROR_NOT_FOUND')
  })

  it('reserve ports, which the host lists until they are released', async () => {
    const web = await guest.reservePort({ port: 8080, protocol: 'tcp' })
    const range = await guest.reservePortRange(100)

    assert.equal(range.lastPort - range.firstPort, 99)
    assert.deepEqual(await hns.guestNetworkServices.portReservations(), [
      { protocol: 'tcp', firstPort: 8080, lastPort: 8080, shared: false, virtualMachineId },
      { protocol: 'both', firstPort: range.firstPort, lastPort: range.lastPort, shared: false, virtualMachineId },
    ])

    await web.release()
    await web.release()
    await guest.delete()

    assert.deepEqual(await hns.guestNetworkServices.portReservations(), [])
    await range.release()
  })

  it('do not get a port that another one has, unless both share it', async () => {
    const other = await hns.guestNetworkServices.create()
    const mine = await guest.reservePort({ port: 53 })
    await guest.reservePort({ port: 5353, shared: true })

    await rejects(other.reservePort({ port: 53, protocol: 'udp' }), 'HCN_E_PORT_ALREADY_EXISTS', /port `53`/)
    await other.reservePort({ port: 5353, shared: true })
    await mine.release()
    await other.reservePort({ port: 53, protocol: 'udp' })
  })

  it('lose the ports of a user of a shared host who goes', async () => {
    const open = () => HostNetworking.open({ provider: 'embedded', host: 'ports of two users', seed: 1 })
    const one = await open()
    const other = await open()
    try {
      const theirs = await (await one.guestNetworkServices.create({ name: 'shared' })).reservePort({ port: 80 })
      assert.equal(theirs.firstPort, 80)
      assert.equal((await other.guestNetworkServices.portReservations()).length, 1)

      await one.close()

      assert.deepEqual(await other.guestNetworkServices.portReservations(), [])
      assert.equal((await other.guestNetworkServices.list()).length, 1)
    } finally {
      await one.close()
      await other.close()
    }
  })

  const refusals: readonly [string, (service: GuestNetworkService) => Promise<unknown>, HcnErrorCode, RegExp][] = [
    ['a port of 0', (service) => service.reservePort({ port: 0 }), 'ERR_INVALID_ARGUMENT', /port\.port is `0`/],
    [
      'a protocol they do not know',
      (service) => service.reservePort({ port: 1, protocol: 'sctp' as 'tcp' }),
      'ERR_INVALID_ARGUMENT',
      /sctp/,
    ],
    ['a range of no ports', (service) => service.reservePortRange(0), 'ERR_INVALID_ARGUMENT', /count is `0`/],
    ['a range of more ports than there are', (service) => service.reservePortRange(65535), 'HCN_E_PORT_ALREADY_EXISTS', /65535 ports/],
    ['a state nobody knows', (service) => service.setState('Asleep' as 'Paused'), 'ERR_INVALID_ARGUMENT', /Asleep/],
    ['a listener that is none', (service) => service.watch('x' as never), 'ERR_INVALID_ARGUMENT', /listener/],
  ]
  for (const [what, attempt, code, message] of refusals) {
    it(`refuse ${what}, and change nothing`, async () => {
      await rejects(attempt(guest), code, message)

      assert.deepEqual(await hns.guestNetworkServices.portReservations(), [])
      await guest.query()
      assert.equal(guest.state, 'Created')
    })
  }

  it('keep what they mirror and where their agent is', async () => {
    const interfaceId = randomUUID()
    const service = await hns.guestNetworkServices.create({
      mirroredInterfaces: [{ interfaceId }],
      rpcServer: { endpointType: 'HvSocket', networkAddress: 'vm' },
    })

    assert.equal(service.document.MirroredInterfaces?.[0]?.InterfaceGuid?.toLowerCase(), interfaceId)
    assert.deepEqual(service.document.GnsRpcServerInformation, { NetworkAddress: 'vm', EndpointType: 'HvSocket' })
    await rejects(
      hns.guestNetworkServices.create({ rpcServer: { endpointType: 'Pipe' as 'LRpc' } }),
      'ERR_INVALID_ARGUMENT',
      /rpcServer\.endpointType is `Pipe`/,
    )
  })
})
