import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { NativeHandle } from '../../../lib/native/hcn-calls.js'
import { symbolOf } from '../../binding/support/binding.js'
import { codeOf, WireHost } from '../../support/wire-host.js'
import { type BadInputRow, eachValue, walkBadInput } from './walk.js'

const WRONG = 'ERROR_INVALID_PARAMETER'
const NO_GUID = 'HCN_E_GUID_CONVERSION_FAILURE'
const UNSUPPORTED = 'HCN_E_REQUEST_UNSUPPORTED'
const long = 'n'.repeat(257)

describe('bad input in guest network services', () => {
  let host: WireHost
  let service: NativeHandle
  beforeEach(async () => {
    host = await WireHost.open()
    service = await host.native.createGuestNetworkService(randomUUID(), '{}')
  })
  afterEach(() => host.close())

  describe('in their documents', () => {
    const sound = () => ({
      Name: 'wsl',
      SchemaVersion: { Major: 2, Minor: 0 },
      VirtualMachineId: randomUUID(),
      MirrorHostNetworking: true,
      MirroredInterfaces: [{ EndpointId: randomUUID(), InterfaceGuid: randomUUID(), State: 'Created' }],
      GnsRpcServerInformation: { NetworkAddress: 'a', EndpointAddress: 'b', EndpointType: 'HvSocket', ObjectUuid: randomUUID() },
      Flags: 1,
    })
    const rows: readonly BadInputRow[] = [
      ...eachValue('ID', WRONG, 5),
      ...eachValue('ID', NO_GUID, 'wsl'),
      ...eachValue('Name', WRONG, 5, long),
      ...eachValue('Owner', WRONG, 5, long),
      ...eachValue('State', WRONG, 65536, -1),
      ...eachValue('VirtualMachineId', WRONG, 5),
      ...eachValue('VirtualMachineId', NO_GUID, 'vm'),
      ...eachValue('MirrorHostNetworking', WRONG, 'perhaps', 5),
      ...eachValue('MirroredInterfaces', WRONG, 5, [5]),
      ...eachValue('MirroredInterfaces.0.EndpointId', NO_GUID, 'web'),
      ...eachValue('MirroredInterfaces.0.InterfaceGuid', NO_GUID, 'eth0'),
      ...eachValue('MirroredInterfaces.0.State', WRONG, 'Asleep', 5, []),
      ...eachValue('GnsRpcServerInformation', WRONG, 5),
      ...eachValue('GnsRpcServerInformation.NetworkAddress', WRONG, 5),
      ...eachValue('GnsRpcServerInformation.EndpointAddress', WRONG, 5),
      ...eachValue('GnsRpcServerInformation.EndpointType', WRONG, 'Pipe', 2),
      ...eachValue('GnsRpcServerInformation.ObjectUuid', NO_GUID, 'object'),
      ...eachValue('Flags', WRONG, -1, 2 ** 32, 'Fast'),
    ]
    walkBadInput(
      sound,
      rows,
      (document) => codeOf(host.native.createGuestNetworkService(randomUUID(), JSON.stringify(document))),
      () => host.native.enumerateGuestNetworkServices(''),
    )
  })

  describe('in a change', () => {
    walkBadInput(
      () => ({ ResourceType: 'State', RequestType: 'Update', Settings: { State: 'Synchronized' } }),
      [
        ...eachValue('ResourceType', UNSUPPORTED, undefined, 'Disk', 5),
        ...eachValue('RequestType', UNSUPPORTED, undefined, 'Replace', 'Add', 'Remove', 'Refresh', 'Reset'),
        ...eachValue('Settings', WRONG, undefined, [], 5),
        ...eachValue('Settings.State', WRONG, undefined, '', 'Asleep', 9),
      ],
      (document) => codeOf(host.native.modifyGuestNetworkService(service, JSON.stringify(document))),
      () => host.native.queryGuestNetworkServiceProperties(service, ''),
    )
  })

  // HCN's reservations of ports have no error record.
  describe('in a reservation of ports', () => {
    const ports: readonly [string, number, number, number, string][] = [
      ['protocol 0', 0, 1, 80, WRONG],
      ['protocol 4', 4, 1, 80, WRONG],
      ['access 0', 1, 0, 80, WRONG],
      ['access 3', 1, 3, 80, WRONG],
      ['port 0', 1, 1, 0, WRONG],
      ['port 65536', 1, 1, 65536, WRONG],
      ['a port below zero', 1, 1, -1, WRONG],
      ['a port that is a fraction', 1, 1, 80.5, WRONG],
      ['a port that is another’s', 1, 1, 443, 'HCN_E_PORT_ALREADY_EXISTS'],
      ['a shared port that is somebody’s alone', 1, 2, 443, 'HCN_E_PORT_ALREADY_EXISTS'],
    ]
    for (const [what, protocol, access, port, code] of ports) {
      it(`${what} is ${code}`, async () => {
        const held = await host.native.reserveGuestNetworkServicePort(service, 1, 1, 443)
        const before = await host.native.enumerateGuestNetworkPortReservations()

        assert.equal(await symbolOf(host.native.reserveGuestNetworkServicePort(service, protocol, access, port)), code)

        assert.equal(await host.native.enumerateGuestNetworkPortReservations(), before)
        await host.native.releaseGuestNetworkServicePortReservationHandle(held)
      })
    }

    const counts: readonly [number, string][] = [
      [0, WRONG],
      [-1, WRONG],
      [1.5, WRONG],
      [65536, WRONG],
      [65535, 'HCN_E_PORT_ALREADY_EXISTS'],
    ]
    for (const [count, code] of counts) {
      it(`a range of ${count} ports is ${code}`, async () => {
        const held = await host.native.reserveGuestNetworkServicePort(service, 1, 1, 443)

        assert.equal(await symbolOf(host.native.reserveGuestNetworkServicePortRange(service, count)), code)

        await host.native.releaseGuestNetworkServicePortReservationHandle(held)
        assert.equal(await host.native.enumerateGuestNetworkPortReservations(), '[]')
      })
    }
  })
})
