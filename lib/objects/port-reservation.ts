import type { PortRangeEntry } from '../../types/index.js'
import type { NativeHandle } from '../native/hcn-calls.js'
import { checkBoolean, checkMembers, checkObject, checkOneOf, checkPort } from '../policy/check.js'
import { Wait } from './call-options.js'
import type { HostContext, ObjectName } from './host-context.js'

export interface PortToReserve {
  /** 1 to 65535. */
  readonly port: number
  /** Default `both`. */
  readonly protocol?: 'tcp' | 'udp' | 'both' | undefined
  /** Others may share it, as listeners of one multicast group do. Default false. */
  readonly shared?: boolean | undefined
}

/** A reservation as the host lists it. */
export interface PortReservationEntry {
  readonly protocol: 'tcp' | 'udp' | 'both'
  readonly firstPort: number
  /** Inclusive. */
  readonly lastPort: number
  readonly shared: boolean
  /** The VM it is for; the zero GUID where its service names none. */
  readonly virtualMachineId: string
}

const PROTOCOLS = { tcp: 1, udp: 2, both: 3 } as const
const EXCLUSIVE = 1
const SHARED = 2

/** HCN's numbers. @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function encodePort(wanted: PortToReserve): { readonly protocol: number; readonly access: number; readonly port: number } {
  const field = 'port'
  checkMembers(field, checkObject(field, wanted), ['port', 'protocol', 'shared'])
  const protocol = checkOneOf(`${field}.protocol`, wanted.protocol ?? 'both', ['tcp', 'udp', 'both'] as const)
  const shared = checkBoolean(`${field}.shared`, wanted.shared ?? false)
  return { protocol: PROTOCOLS[protocol], access: shared ? SHARED : EXCLUSIVE, port: checkPort(`${field}.port`, wanted.port) }
}

export function decodeEntry(entry: PortRangeEntry): PortReservationEntry {
  return {
    protocol: entry.Protocol === PROTOCOLS.tcp ? 'tcp' : entry.Protocol === PROTOCOLS.udp ? 'udp' : 'both',
    firstPort: entry.StartingPort,
    lastPort: entry.EndingPort,
    shared: entry.SharingFlags !== 0,
    virtualMachineId: entry.OwningPartitionId,
  }
}

/** Ports of the host that a guest has until {@link release}, or until its service or this host goes. */
export class PortReservation implements AsyncDisposable {
  readonly firstPort: number
  /** Inclusive. */
  readonly lastPort: number
  readonly #context: HostContext
  readonly #service: ObjectName
  #native: NativeHandle | undefined

  /** @internal */
  constructor(context: HostContext, service: ObjectName, native: NativeHandle, firstPort: number, lastPort: number) {
    this.#context = context
    this.#service = service
    this.#native = native
    this.firstPort = firstPort
    this.lastPort = lastPort
    context.watch(this, this.#label)
  }

  /** Gives the ports back. May be called twice. */
  async release(): Promise<void> {
    // Cleared first, so that two releases in flight cannot free the handle twice.
    const native = this.#native
    this.#native = undefined
    this.#context.unwatch(this)
    if (native === undefined || this.#context.closed) return
    await this.#context.change(`release ${this.#label}`, this.#service, Wait.from(), (calls) =>
      calls.releaseGuestNetworkServicePortReservationHandle(native),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  get #label(): string {
    return `port reservation \`${this.firstPort === this.lastPort ? this.firstPort : `${this.firstPort}-${this.lastPort}`}\``
  }
}
