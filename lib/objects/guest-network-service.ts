import type {
  Answered,
  GuestNetworkServiceDocument,
  GuestNetworkServiceInterface,
  GuestNetworkServiceNotificationData,
  GuestNetworkServiceState,
  ModifyGuestNetworkServiceSettings,
  NotificationBase,
  PortRangeEntry,
  RpcConnectionInformation,
} from '../../types/index.js'
import { invalidArgument, quoteValue } from '../errors.js'
import { parseAnswer } from '../native/answer.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { checkBoolean, checkInteger, checkList, checkMembers, checkObject, checkOneOf, checkString } from '../policy/check.js'
import { compact } from '../policy/constructors.js'
import { type CallOptions, Wait } from './call-options.js'
import { Collection, checkGuid, chooseId } from './collection.js'
import { type EndpointReference, endpointId } from './endpoint.js'
import type { HostContext } from './host-context.js'
import { GUEST_NETWORK_SERVICE } from './kind.js'
import { ObjectHandle } from './object-handle.js'
import { decodeEntry, encodePort, PortReservation, type PortReservationEntry, type PortToReserve } from './port-reservation.js'

const STATES = [
  'None',
  'Created',
  'Bootstrapping',
  'Synchronized',
  'Paused',
  'Desynchronized',
  'Rehydrating',
  'Degraded',
  'Destroyed',
] as const satisfies readonly GuestNetworkServiceState[]

const STATE_CHANGED = 0x11

/** What a listener of {@link GuestNetworkService.watch} is told. */
export interface GuestNetworkServiceChange {
  readonly state: GuestNetworkServiceState
}

/** A listener of a guest network service; closing it ends the listening. */
export interface GuestNetworkServiceWatch extends AsyncDisposable {
  /** May be called twice. The listener hears nothing after it. */
  close(): Promise<void>
}

/**
 * An open handle on a guest network service: a VM that the host's networking is
 * mirrored into. The embedded host keeps its state and its port reservations,
 * and mirrors nothing.
 */
export class GuestNetworkService extends ObjectHandle<GuestNetworkServiceDocument> {
  /** @internal */
  constructor(context: HostContext, document: Answered<GuestNetworkServiceDocument>, native: NativeHandle | undefined) {
    super(GUEST_NETWORK_SERVICE, context, document, native)
  }

  /** As last read. */
  get state(): GuestNetworkServiceState {
    return STATES[this.document.State ?? 0] ?? 'None'
  }

  /** Undefined where the service names none. */
  get virtualMachineId(): string | undefined {
    return this.document.VirtualMachineId
  }

  /**
   * Moves the service to a state, and tells those who watch it.
   *
   * @throws HcnError `HCN_E_OBJECT_USED_AFTER_UNLOAD`, `ERR_INVALID_ARGUMENT`, `ERR_OUTCOME_UNKNOWN`.
   */
  async setState(state: GuestNetworkServiceState, options: CallOptions = {}): Promise<void> {
    const wait = Wait.from(options)
    const settings: ModifyGuestNetworkServiceSettings = {
      ResourceType: 'State',
      RequestType: 'Update',
      Settings: { State: checkOneOf('state', state, STATES) },
    }
    await this.modify('set the state of', settings, wait)
    await this.readDocument(wait, this.objectName)
  }

  /**
   * Calls `listener` at each change of state from now on, in order.
   *
   * @throws HcnError `HCN_E_OBJECT_USED_AFTER_UNLOAD`, `ERR_INVALID_ARGUMENT`, `ERR_TIMEOUT`.
   */
  async watch(listener: (change: GuestNetworkServiceChange) => void, options: CallOptions = {}): Promise<GuestNetworkServiceWatch> {
    if (typeof listener !== 'function') throw invalidArgument('listener', listener, 'a function is wanted')
    const wait = Wait.from(options)
    const native = await this.nativeHandle(wait)
    const hear = (type: number, _status: number, data: string | null) => {
      if (type !== STATE_CHANGED || data === null) return
      const { State } = (JSON.parse(data) as NotificationBase).Data as GuestNetworkServiceNotificationData
      listener({ state: State })
    }
    const { context, objectName, label } = this
    const unregister = (callback: NativeHandle) =>
      context.change(`stop watching ${label}`, objectName, Wait.from(), (calls) => calls.unregisterGuestNetworkServiceCallback(callback))
    let registration: NativeHandle | undefined = await context.change(
      `watch ${label}`,
      objectName,
      wait,
      (calls) => calls.registerGuestNetworkServiceCallback(native, hear),
      (late) => void unregister(late).catch(() => undefined),
    )
    const close = async () => {
      const callback = registration
      registration = undefined
      if (callback !== undefined && !context.closed) await unregister(callback)
    }
    return { close, [Symbol.asyncDispose]: close }
  }

  /**
   * Reserves a port of the host for the guest.
   *
   * @throws HcnError `HCN_E_PORT_ALREADY_EXISTS` when somebody has it, and not both share it; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async reservePort(port: PortToReserve, options: CallOptions = {}): Promise<PortReservation> {
    const wanted = encodePort(port)
    const wait = Wait.from(options)
    const service = await this.nativeHandle(wait)
    const native = await this.context.change(
      `reserve port \`${wanted.port}\` for ${this.label}`,
      this.objectName,
      wait,
      (calls) => calls.reserveGuestNetworkServicePort(service, wanted.protocol, wanted.access, wanted.port),
      (late) => this.#releaseLate(late, wanted.port, wanted.port),
    )
    return new PortReservation(this.context, this.objectName, native, wanted.port, wanted.port)
  }

  /**
   * Reserves `count` ports in a row, for TCP and UDP; the host chooses them.
   *
   * @throws HcnError `HCN_E_PORT_ALREADY_EXISTS` when there are not so many; `ERR_INVALID_ARGUMENT`; `ERR_OUTCOME_UNKNOWN`.
   */
  async reservePortRange(count: number, options: CallOptions = {}): Promise<PortReservation> {
    checkInteger('count', count, 1, 65535)
    const wait = Wait.from(options)
    const service = await this.nativeHandle(wait)
    const { reservation, startingPort, endingPort } = await this.context.change(
      `reserve ${count} ports for ${this.label}`,
      this.objectName,
      wait,
      (calls) => calls.reserveGuestNetworkServicePortRange(service, count),
      (late) => this.#releaseLate(late.reservation, late.startingPort, late.endingPort),
    )
    return new PortReservation(this.context, this.objectName, reservation, startingPort, endingPort)
  }

  #releaseLate(native: NativeHandle, first: number, last: number): void {
    new PortReservation(this.context, this.objectName, native, first, last).release().catch(() => undefined)
  }
}

export interface GuestNetworkServiceSpec {
  /** A GUID. Default: none. */
  readonly virtualMachineId?: string | undefined
  /** Default: the service's. */
  readonly mirrorHostNetworking?: boolean | undefined
  /** HCN's bits: 1 flow steered, 2 by the guest itself. Default 0. */
  readonly flags?: number | undefined
  /** HCN: `MirroredInterfaces`. Default none. The embedded host keeps them and mirrors nothing. */
  readonly mirroredInterfaces?: readonly MirroredInterface[] | undefined
  /** How the service reaches the agent in the guest. HCN: `GnsRpcServerInformation`. Default none. */
  readonly rpcServer?: GuestRpcServer | undefined
  readonly name?: string | undefined
  readonly owner?: string | undefined
  /** A GUID. Default: a new one. */
  readonly id?: string | undefined
}

/** An interface of the host that the guest has, too. HCN: `GuestNetworkServiceInterface`. */
export interface MirroredInterface {
  readonly endpoint?: EndpointReference | undefined
  /** A GUID. HCN: `InterfaceGuid`. */
  readonly interfaceId?: string | undefined
}

/** HCN: `RpcConnectionInformation`. */
export interface GuestRpcServer {
  readonly networkAddress?: string | undefined
  readonly endpointAddress?: string | undefined
  readonly endpointType?: 'HvSocket' | 'LRpc' | undefined
  /** A GUID. HCN: `ObjectUuid`. */
  readonly objectId?: string | undefined
}

const MEMBERS = ['virtualMachineId', 'mirrorHostNetworking', 'flags', 'mirroredInterfaces', 'rpcServer', 'name', 'owner', 'id'] as const

function encodeMirrored(field: string, value: unknown): GuestNetworkServiceInterface {
  const given = checkObject(field, value)
  checkMembers(field, given, ['endpoint', 'interfaceId'])
  return compact({
    EndpointId: given.endpoint === undefined ? undefined : endpointId(`${field}.endpoint`, given.endpoint),
    InterfaceGuid: given.interfaceId === undefined ? undefined : checkGuid(`${field}.interfaceId`, given.interfaceId),
  })
}

function encodeRpcServer(field: string, server: unknown): RpcConnectionInformation {
  const given = checkObject(field, server)
  checkMembers(field, given, ['networkAddress', 'endpointAddress', 'endpointType', 'objectId'])
  const text = (member: string) => (given[member] === undefined ? undefined : checkString(`${field}.${member}`, given[member]))
  return compact({
    NetworkAddress: text('networkAddress'),
    EndpointAddress: text('endpointAddress'),
    EndpointType:
      given.endpointType === undefined ? undefined : checkOneOf(`${field}.endpointType`, given.endpointType, ['HvSocket', 'LRpc'] as const),
    ObjectUuid: given.objectId === undefined ? undefined : checkGuid(`${field}.objectId`, given.objectId),
  })
}

/** `hns.guestNetworkServices` */
export class GuestNetworkServices extends Collection<GuestNetworkService, GuestNetworkServiceDocument> {
  /** @internal */
  constructor(context: HostContext) {
    super(GUEST_NETWORK_SERVICE, context, (...made) => new GuestNetworkService(...made))
  }

  /** @throws HcnError `ERROR_OBJECT_ALREADY_EXISTS` (the id), `ERR_INVALID_ARGUMENT`, `ERR_OUTCOME_UNKNOWN`. */
  async create(spec: GuestNetworkServiceSpec = {}, options: CallOptions = {}): Promise<GuestNetworkService> {
    const field = 'guestNetworkService'
    checkMembers(field, checkObject(field, spec), MEMBERS)
    const id = chooseId(`${field}.id`, spec.id)
    const { virtualMachineId, mirrorHostNetworking: mirror, flags, mirroredInterfaces: mirrored, rpcServer, name, owner } = spec
    const document: GuestNetworkServiceDocument = compact({
      SchemaVersion: { Major: 2, Minor: 0 },
      ID: id,
      Name: name === undefined ? undefined : checkString(`${field}.name`, name),
      Owner: owner === undefined ? undefined : checkString(`${field}.owner`, owner),
      VirtualMachineId: virtualMachineId === undefined ? undefined : checkGuid(`${field}.virtualMachineId`, virtualMachineId),
      MirrorHostNetworking: mirror === undefined ? undefined : checkBoolean(`${field}.mirrorHostNetworking`, mirror),
      MirroredInterfaces: mirrored === undefined ? undefined : checkList(`${field}.mirroredInterfaces`, mirrored, encodeMirrored),
      GnsRpcServerInformation: rpcServer === undefined ? undefined : encodeRpcServer(`${field}.rpcServer`, rpcServer),
      Flags: flags === undefined ? undefined : checkInteger(`${field}.flags`, flags, 0, 0xffffffff),
    })
    const settings = JSON.stringify(document)
    const label = name === undefined ? 'guest network service' : `guest network service ${quoteValue(name)}`
    return this.make(label, id, Wait.from(options), (calls) => calls.createGuestNetworkService(id, settings))
  }

  /** Every reservation of ports on the host, in order of their making. */
  async portReservations(options: CallOptions = {}): Promise<readonly PortReservationEntry[]> {
    const text = await this.context.read('list port reservations', Wait.from(options), (calls) =>
      calls.enumerateGuestNetworkPortReservations(),
    )
    return parseAnswer<readonly PortRangeEntry[]>('list port reservations', text, 'list').map(decodeEntry)
  }
}
