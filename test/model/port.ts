import type { AclPolicy, OutboundNatPolicy, TierAclPolicy } from '../../lib/index.js'
import { type Direction, stageDrop } from './acl.js'
import { type Choices, Disagreement } from './choices.js'
import { Connection, Connections, type Decisions } from './connection.js'
import type { ModelNetwork } from './network.js'
import { isExcepted, outboundNatAddress, stillTranslates } from './outbound-nat.js'
import type { Backend, Service } from './services.js'
import { isSyn } from './tcp-state.js'
import { type IpLike, isEchoRequest, keyOf, type Tuple, tupleOf, withTuple } from './tuple.js'

/** What becomes of a packet at one port. Of several reasons the engine may give any. */
export type Fate =
  | {
      readonly passes: true
      readonly packet: IpLike
      readonly towards: string | undefined
      /** There when the packet has begun a connection: one that leads nowhere is none. */
      readonly undo?: () => void
    }
  | { readonly passes: false; readonly reasons: readonly string[] }

/** What the layers do with the first packet of a connection. */
type Walk =
  | {
      readonly passes: true
      readonly after: Tuple
      readonly towards: string | undefined
      readonly decisions: Decisions
      /** Some rule that keeps state decided. */
      readonly stateful: boolean
    }
  | { readonly passes: false; readonly reasons: readonly string[] }

const NO_CHOICES: Choices = { backend: (_, allowed) => allowed[0] as Backend, sourcePort: () => undefined, passes: () => false }

const drop = (...reasons: readonly string[]) => ({ passes: false, reasons }) as const

/** A port: layers that are asked about every packet anew, and connections that remember what they decided. No caches. */
export abstract class ModelPort {
  readonly connections = new Connections()

  constructor(protected readonly network: ModelNetwork) {}

  protected abstract walk(direction: Direction, tuple: Tuple, own: Connection | undefined, choices: Choices): Walk

  process(direction: Direction, packet: IpLike, choices: Choices): Fate {
    const tuple = tupleOf(packet)
    const connection = this.connections.find(direction, tuple)
    if (connection !== undefined) {
      const fate = this.#continue(connection, direction, packet, choices)
      if (typeof fate === 'object') return fate
      if (fate === 'begins anew') this.connections.remove(connection)
    }
    return this.#begin(direction, packet, choices)
  }

  #begin(direction: Direction, packet: IpLike, choices: Choices): Fate {
    const tuple = tupleOf(packet)
    const isStray = packet.kind === 'tcp' && !isSyn(packet)
    // Nothing is chosen for a packet that no connection is made for.
    const walk = this.walk(direction, tuple, undefined, isStray ? NO_CHOICES : choices)
    if (!walk.passes)
      return isStray && !walk.reasons.some((reason) => reason.startsWith('acl')) ? drop(...walk.reasons, 'invalid-state') : walk
    // An answer to nothing begins no connection.
    if (packet.kind === 'icmp' && !isEchoRequest(packet))
      return { passes: true, packet: withTuple(packet, walk.after), towards: walk.towards }
    // No two connections may look alike (vfp.md 5, invariant 9).
    const collides = this.connections.hasAnswersOf(direction, walk.after, undefined)
    if (isStray && walk.stateful) return drop('invalid-state', ...(collides ? ['nat-pool-exhausted'] : []))
    if (collides) return drop('nat-pool-exhausted')
    const connection = new Connection(direction, tuple, packet)
    this.connections.add(connection)
    return { ...this.#pass(connection, direction, packet, walk), undo: () => this.connections.remove(connection) }
  }

  #continue(connection: Connection, direction: Direction, packet: IpLike, choices: Choices): Fate | 'begins anew' | 'is no answer' {
    const side = direction === connection.initiator ? 'initiator' : 'responder'
    const isNewCall = packet.kind === 'tcp' && isSyn(packet) && side === 'initiator'
    if (isNewCall && (connection.blocked || connection.tcp?.isOver === true)) return 'begins anew'
    const walk = this.walk(connection.initiator, connection.before, connection, choices)
    connection.blocked = !walk.passes
    if (!walk.passes) {
      // Whether this is a new call over an old connection is open where the state of that is. A cause that is no rule may be named itself.
      const mayBeAnew = isNewCall && connection.tcp?.isOdd === true
      return drop('connection-blocked', ...walk.reasons.filter((reason) => mayBeAnew || !reason.startsWith('acl')))
    }
    // Policy has given the connection another translation: what answers the former one belongs to nobody.
    if (side === 'responder' && keyOf(walk.after) !== keyOf(connection.after)) {
      this.#remember(connection, walk)
      return 'is no answer'
    }
    const judgement = packet.kind === 'tcp' && walk.stateful ? connection.tcp?.judge(side, packet) : 'legal'
    if (judgement === 'illegal' || (judgement === 'open' && !choices.passes())) return drop('invalid-state')
    return this.#pass(connection, direction, packet, walk)
  }

  #pass(
    connection: Connection,
    direction: Direction,
    packet: IpLike,
    walk: Extract<Walk, { passes: true }>,
  ): Extract<Fate, { passes: true }> {
    this.#remember(connection, walk)
    connection.lastPassed = this.network.now
    const isInitiator = direction === connection.initiator
    if (packet.kind === 'tcp') connection.tcp?.advance(isInitiator ? 'initiator' : 'responder', packet)
    return {
      passes: true,
      packet: withTuple(packet, connection.leaving(direction)),
      towards: isInitiator ? connection.towards : undefined,
    }
  }

  #remember(connection: Connection, { after, towards, decisions }: Extract<Walk, { passes: true }>): void {
    Object.assign(connection, { after, towards, decisions })
  }

  /** Load balancing: the backend that the connection has as long as there is one, else the engine's choice of those allowed. */
  protected balance(
    service: Service,
    tuple: Tuple,
    own: Connection | undefined,
    isHidden: (after: Tuple) => boolean,
    choices: Choices,
  ): Walk {
    const { backends } = service
    if (backends.length === 0) return drop('no-backend')
    const earlier = own?.decisions.balanced
    const kept = earlier?.service === service ? backends.find(({ address }) => address === earlier.backend.address) : undefined
    // No two connections may look alike to a backend (vfp.md 5, invariant 9).
    const allowed = backends.filter((backend) => {
      const after = service.after(tuple, backend)
      return isHidden(after) || !this.connections.hasAnswersOf('out', after, own)
    })
    if (kept === undefined && allowed.length === 0) return drop('nat-pool-exhausted')
    if (choices === NO_CHOICES) return { passes: true, after: tuple, towards: undefined, decisions: {}, stateful: true }
    const backend = kept ?? service.choose(tuple, allowed, choices)
    return {
      passes: true,
      after: service.after(tuple, backend),
      towards: service.spec.preserveDip ? backend.address : undefined,
      decisions: { balanced: { service, backend } },
      stateful: true,
    }
  }

  /** Source translation: the port that the connection has under this address, else a free one of the engine's choice. */
  protected hide(address: string, tuple: Tuple, own: Connection | undefined, choices: Choices): Walk {
    const earlier = own?.decisions.source
    const translated = (port: number): Tuple => ({ ...tuple, source: address, sourcePort: port })
    const isFree = (port: number) => !this.network.shows(translated(port), own)
    if (choices === NO_CHOICES) return { passes: true, after: tuple, towards: undefined, decisions: {}, stateful: true }
    const port = earlier?.address === address && isFree(earlier.port) ? earlier.port : choices.sourcePort(address)
    if (port === undefined || !isFree(port)) throw new Disagreement(`gave ${address}:${port} to two connections`)
    return { passes: true, after: translated(port), towards: undefined, decisions: { source: { address, port } }, stateful: true }
  }
}

/** An endpoint's port (vfp.md 2.6): ACLs next to the endpoint, then the network's ACLs, load balancing, outbound NAT. */
export class PodPort extends ModelPort {
  acls: readonly AclPolicy[] = []
  tiers: readonly TierAclPolicy[] = []
  outboundNats: readonly OutboundNatPolicy[] = []

  constructor(
    network: ModelNetwork,
    readonly addresses: readonly string[],
    readonly mac: string,
  ) {
    super(network)
  }

  protected override walk(direction: Direction, tuple: Tuple, own: Connection | undefined, choices: Choices): Walk {
    const dropped = this.#askAcls(direction, tuple)
    if (dropped !== undefined) return drop(...dropped)
    const hasAcls = this.acls.length + this.tiers.length + this.network.acls.length > 0
    const untouched = { passes: true, after: tuple, towards: undefined, decisions: {}, stateful: hasAcls } as const
    if (direction === 'in') return untouched
    const service = this.network.services.find((candidate) => candidate.serves(tuple) && !candidate.isHosts)
    const balanced =
      service === undefined ? untouched : this.balance(service, tuple, own, (after) => this.#natAddress(after, own) !== undefined, choices)
    if (!balanced.passes) return balanced
    const address = this.#natAddress(balanced.after, own)
    if (address === undefined) return isExcepted(this.outboundNats, balanced.after) ? { ...balanced, stateful: true } : balanced
    const hidden = this.hide(address, balanced.after, own, choices)
    return hidden.passes ? { ...hidden, towards: balanced.towards, decisions: { ...balanced.decisions, ...hidden.decisions } } : hidden
  }

  /** In the order in which a packet passes them: Host rules in the endpoint's own stack, Switch rules at its port, the network's beyond. */
  #askAcls(direction: Direction, tuple: Tuple) {
    const { acls: ofNetwork, sets } = this.network
    const isHosts = ({ ruleType }: AclPolicy) => ruleType === 'host'
    const atPort = this.acls.filter((acl) => !isHosts(acl))
    const hasOthers = atPort.length + this.tiers.length > 0
    const stages = [
      // Denies by default only where nobody else does (vfp.md 3.10: both must pass).
      () => stageDrop(this.acls.filter(isHosts), [], direction, tuple, sets)?.filter((reason) => !hasOthers || reason !== 'acl-default'),
      () => stageDrop(atPort, this.tiers, direction, tuple, sets),
      () => stageDrop(ofNetwork, [], direction, tuple, sets),
    ]
    for (const stage of direction === 'out' ? stages : stages.reverse()) {
      const reasons = stage() ?? []
      if (reasons.length > 0) return reasons
    }
    return undefined
  }

  #natAddress(tuple: Tuple, own: Connection | undefined): string | undefined {
    const { nodeAddress } = this.network
    const earlier = own?.decisions.source?.address
    if (earlier !== undefined && stillTranslates(this.outboundNats, earlier, nodeAddress)) return earlier
    return outboundNatAddress(this.outboundNats, tuple, nodeAddress)
  }
}

/** The host's port, where what the host sends and what is turned back to it meets services and port mappings (vfp.md 3.8, 3.7). */
export class HostPort extends ModelPort {
  addresses: readonly string[] = []
  mac: string | undefined

  protected override walk(direction: Direction, tuple: Tuple, own: Connection | undefined, choices: Choices): Walk {
    // The network's ACLs are for endpoints: for what the host says and hears itself, not for what it turns back.
    const isOwn = this.addresses.length > 0 && (direction === 'in' || this.addresses.includes(tuple.source))
    const { acls, sets } = this.network
    const dropped = isOwn ? stageDrop(acls, [], direction, tuple, sets) : undefined
    if (dropped !== undefined) return drop(...dropped)
    const stateful = isOwn && acls.length > 0
    const untouched = { passes: true, after: tuple, towards: undefined, decisions: {}, stateful } as const
    if (direction === 'in') return untouched
    const mapping = this.network.mappingOf(tuple)
    if (mapping !== undefined) return { ...untouched, after: { ...tuple, ...mapping }, stateful: true }
    const service = this.network.services.find((candidate) => candidate.serves(tuple))
    if (service === undefined) return untouched
    const { sourceVip, preserveDip } = service.spec
    // Where the VIP is preserved, nothing but MACs is rewritten.
    const isHidden = service.isHosts && sourceVip !== undefined && !preserveDip
    const balanced = this.balance(service, tuple, own, () => isHidden, choices)
    if (!balanced.passes || !isHidden) return balanced
    // A service made anew is another: its connections begin anew, too.
    const kept = own?.decisions.balanced?.service === service ? own : undefined
    const hidden = this.hide(sourceVip, balanced.after, kept, choices)
    return hidden.passes ? { ...hidden, towards: balanced.towards, decisions: { ...balanced.decisions, ...hidden.decisions } } : hidden
  }
}
