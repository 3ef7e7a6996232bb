import { invalidArgument } from '../../errors.js'
import { checkObject, checkOneOf } from '../../policy/check.js'
import type { Packet } from './packet.js'

type Kind = Packet['kind']
type Type = 'a text' | 'a number' | 'true' | 'a Uint8Array'
/** Members by what they hold; `?`: may be absent. Whether a value fits its field the encoder says. */
type Members = Readonly<Record<string, Type | `${Type}?`>>

const ETHERNET: Members = { sourceMac: 'a text?', destinationMac: 'a text?', vlan: 'a number?', trailer: 'a Uint8Array?' }
const IP: Members = {
  ...ETHERNET,
  source: 'a text',
  destination: 'a text',
  ttl: 'a number?',
  tos: 'a number?',
  ipId: 'a number?',
  df: 'true?',
  mf: 'true?',
  fragmentOffset: 'a number?',
  flowLabel: 'a number?',
  ipChecksum: 'a number?',
  payload: 'a Uint8Array?',
}
const TRANSPORT: Members = { ...IP, checksum: 'a number?' }
const PORTS: Members = { sourcePort: 'a number', destinationPort: 'a number' }

const KINDS: { readonly [Of in Kind]: Members } = {
  tcp: {
    ...TRANSPORT,
    ...PORTS,
    flags: 'a text',
    seq: 'a number?',
    ack: 'a number?',
    window: 'a number?',
    urgent: 'a number?',
    options: 'a Uint8Array?',
  },
  udp: { ...TRANSPORT, ...PORTS },
  icmp: { ...TRANSPORT, type: 'a number', code: 'a number?', id: 'a number?', seq: 'a number?' },
  ip: { ...IP, protocol: 'a number' },
  arp: { ...ETHERNET, senderIp: 'a text', senderMac: 'a text?', targetIp: 'a text', targetMac: 'a text?' },
  nd: { ...IP, targetIp: 'a text', flags: 'a text?' },
  raw: { bytes: 'a Uint8Array' },
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`, for a packet of no kind, or one with a member of another type. */
export function checkPacket(value: unknown): void {
  const packet = checkObject('packet', value)
  const kind = checkOneOf('packet.kind', packet.kind, Object.keys(KINDS) as Kind[])
  for (const [name, type] of Object.entries(KINDS[kind])) {
    const member = packet[name]
    if (member === undefined && type.endsWith('?')) continue
    if (!holds(type.replace('?', '') as Type, member)) throw invalidArgument(`packet.${name}`, member, `${type.replace('?', '')} is wanted`)
  }
  if (kind === 'arp' || kind === 'nd') checkOneOf('packet.operation', packet.operation, ['request', 'reply'])
  if (kind === 'nd' && packet.linkMac !== undefined && packet.linkMac !== null && typeof packet.linkMac !== 'string')
    throw invalidArgument('packet.linkMac', packet.linkMac, 'a text or null is wanted')
}

/** @throws HcnError `ERR_INVALID_ARGUMENT`. */
export function checkBytes(field: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw invalidArgument(field, value, 'a Uint8Array is wanted')
}

function holds(type: Type, value: unknown): boolean {
  switch (type) {
    case 'a text':
      return typeof value === 'string'
    case 'a number':
      return typeof value === 'number'
    case 'true':
      return typeof value === 'boolean'
    case 'a Uint8Array':
      return value instanceof Uint8Array
  }
}
