import { formatIp, parseIp } from '../../addresses.js'
import { HcnError, quoteValue } from '../../errors.js'
import { compact } from '../../policy/constructors.js'
import { bitsOf, encodeFrame, lettersOf, ndDestination } from './encode.js'
import { ICMP_NAMES, quoteOf } from './format.js'
import {
  type ArpPacket,
  DEFAULT_TTL,
  DEFAULT_WINDOW,
  type IcmpPacket,
  type IpPacket,
  ND_FLAG_BITS,
  ND_TTL,
  type NdPacket,
  type Packet,
  TCP_FLAG_BITS,
  type TcpPacket,
  type UdpPacket,
  ZERO_MAC,
} from './packet.js'
import { WordReader } from './word-reader.js'

/**
 * A packet from one line of text.
 *
 * ```text
 * tcp 10.1.0.4:31337 > 10.96.0.10:80 S            flags: S F R P A U E C, or none
 * tcp 10.1.0.4:31337 > 10.96.0.10:80 PA seq 1 ack 1 "GET /"
 * udp [fd00::4]:5 > [fd00::5]:53 len 100          100 zero bytes; or "text", or hex 0a0b
 * icmp 10.1.0.4 > 10.1.0.5 echo-request id 7 seq 1
 * icmp 10.1.0.1 > 10.1.0.4 unreachable code 3 about "udp 10.1.0.4:5 > 10.1.0.5:53"
 * ip 10.1.0.4 > 10.1.0.5 proto 47 hex 0000
 * arp who-has 10.1.0.5 tell 10.1.0.4
 * arp 10.1.0.5 is-at 00-15-5D-00-00-05 to 10.1.0.4
 * nd who-has fd00::5 tell fd00::4
 * nd fd00::5 is-at 00-15-5D-00-00-05 to fd00::4
 * ```
 *
 * After any of them: `ttl n`, `tos n`, `ipid n`, `df`, `mf`, `frag n` (bytes),
 * `flow n`, `vlan n`, `sum 0x…` and `ipsum 0x…` (wrong checksums, on purpose), and
 * the MACs: `@00-15-5D-00-00-01>00-15-5D-00-00-02`, either side optional.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT` with the word it stumbled over.
 */
export function parsePacket(text: string): Packet {
  if (typeof text !== 'string')
    throw new HcnError(
      'ERR_INVALID_ARGUMENT',
      `packet is ${quoteValue(text)}: a text such as \`tcp 10.1.0.4:31337 > 10.96.0.10:80 S\` is wanted`,
    )
  const reader = new WordReader(text)
  const packet = parse(reader)
  reader.end()
  // Building it finds every value that does not fit its field.
  if (packet.kind !== 'raw') encodeFrame(packet, { sourceMac: ZERO_MAC, destinationMac: ZERO_MAC })
  return packet
}

function parse(reader: WordReader): Packet {
  const kind = reader.next('the kind of packet: tcp, udp, icmp, arp, nd, ip or raw')
  switch (kind) {
    case 'tcp':
      return parseTcp(reader)
    case 'udp':
      return parseUdp(reader)
    case 'icmp':
      return parseIcmp(reader)
    case 'ip':
      return parseOther(reader)
    case 'arp':
      return parseArp(reader)
    case 'nd':
      return parseNd(reader)
    case 'raw':
      return { kind: 'raw', bytes: reader.peek() === undefined ? new Uint8Array(0) : reader.hexBytes() }
    default:
      throw reader.error(kind, 'tcp, udp, icmp, arp, nd, ip or raw is wanted')
  }
}

function parseTcp(reader: WordReader): TcpPacket {
  const sockets = parseSockets(reader)
  const flags = reader.next('the TCP flags: S, SA, A, PA, FA, R, …, or none')
  const bits = flags === 'none' ? 0 : reader.guard(flags, () => bitsOf(flags.replaceAll('.', 'A'), TCP_FLAG_BITS))
  const options = parseOptions(reader, ['seq', 'ack', 'win', 'urg', 'options', ...PAYLOAD, 'sum', ...IP, ...ETHERNET])
  return compact({
    kind: 'tcp' as const,
    ...sockets,
    flags: lettersOf(bits, TCP_FLAG_BITS),
    seq: unless(0, options.seq),
    ack: unless(0, options.ack),
    window: unless(DEFAULT_WINDOW, options.win),
    urgent: unless(0, options.urg),
    options: options.options,
    ...transportMembers(options),
  })
}

function parseUdp(reader: WordReader): UdpPacket {
  const sockets = parseSockets(reader)
  return compact({ kind: 'udp' as const, ...sockets, ...transportMembers(parseOptions(reader, [...PAYLOAD, 'sum', ...IP, ...ETHERNET])) })
}

function parseIcmp(reader: WordReader): IcmpPacket {
  const addresses = parseAddresses(reader)
  const names = ICMP_NAMES[addresses.source.includes(':') ? 6 : 4]
  const word = reader.next('what it says: echo-request, echo-reply, unreachable, time-exceeded or `type n`')
  const type = word === 'type' ? reader.number() : Object.hasOwn(names, word) ? (names[word] ?? 0) : undefined
  if (type === undefined) throw reader.error(word, `${Object.keys(names).join(', ')} or \`type n\` is wanted`)
  const options = parseOptions(reader, ['code', 'id', 'seq', 'about', ...PAYLOAD, 'sum', ...IP, ...ETHERNET])
  const members = transportMembers(options)
  return compact({
    kind: 'icmp' as const,
    ...addresses,
    type,
    code: unless(0, options.code),
    id: unless(0, options.id),
    seq: unless(0, options.seq),
    ...members,
    payload: options.about ?? members.payload,
  })
}

function parseOther(reader: WordReader): IpPacket {
  const addresses = parseAddresses(reader)
  reader.expect('proto')
  const protocol = reader.number()
  const { checksum: _, ...members } = transportMembers(parseOptions(reader, [...PAYLOAD, ...IP, ...ETHERNET]))
  return compact({ kind: 'ip' as const, ...addresses, protocol, ...members })
}

function parseArp(reader: WordReader): ArpPacket {
  const word = reader.next('who-has or an address')
  if (word === 'who-has') {
    const targetIp = reader.address()
    reader.expect('tell')
    const senderIp = reader.address()
    const options = parseOptions(reader, ['sender-mac', 'target-mac', ...ETHERNET])
    return compact({
      kind: 'arp' as const,
      operation: 'request' as const,
      senderIp,
      senderMac: options['sender-mac'],
      targetIp,
      targetMac: options['target-mac'],
      ...ethernetMembers(options),
    })
  }
  const senderIp = reader.asAddress(word)
  reader.expect('is-at')
  const senderMac = reader.mac()
  const options = parseOptions(reader, ['to', 'target-mac', ...ETHERNET])
  return compact({
    kind: 'arp' as const,
    operation: 'reply' as const,
    senderIp,
    senderMac,
    targetIp: options.to ?? senderIp,
    targetMac: options['target-mac'],
    ...ethernetMembers(options),
  })
}

function parseNd(reader: WordReader): NdPacket {
  const word = reader.next('who-has or an address')
  const request = word === 'who-has'
  const targetIp = request ? reader.address() : reader.asAddress(word)
  reader.expect(request ? 'tell' : 'is-at')
  const source = request ? reader.address() : undefined
  const linkMac = request ? undefined : reader.peek() === 'unsaid' ? reader.skip() : reader.mac()
  const options = parseOptions(reader, ['to', 'from', 'flags', 'link', 'no-link', ...IP, ...ETHERNET])
  const usual = formatIp(ndDestination(request ? 'request' : 'reply', parseIp(targetIp) ?? new Uint8Array(16)))
  const destination = options.to ?? usual
  const flags = options.flags === undefined ? (destination === usual ? 'O' : 'SO') : options.flags === 'none' ? '' : options.flags
  const members = ipMembers(options)
  return compact({
    kind: 'nd' as const,
    operation: request ? ('request' as const) : ('reply' as const),
    targetIp,
    source: source ?? options.from ?? targetIp,
    destination,
    linkMac: request ? (options['no-link'] === true ? null : options.link) : linkMac,
    flags: request ? undefined : reader.guard(flags, () => lettersOf(bitsOf(flags, ND_FLAG_BITS), ND_FLAG_BITS)),
    ...members,
    ttl: unless(ND_TTL, options.ttl),
  })
}

function parseSockets(reader: WordReader): Pick<TcpPacket, 'source' | 'sourcePort' | 'destination' | 'destinationPort'> {
  const [source, sourcePort] = reader.socket()
  reader.expect('>')
  const [destination, destinationPort] = reader.socket()
  return { source, sourcePort, destination, destinationPort }
}

function parseAddresses(reader: WordReader): Pick<IcmpPacket, 'source' | 'destination'> {
  const source = reader.address()
  reader.expect('>')
  return { source, destination: reader.address() }
}

const PAYLOAD = ['len', 'hex', 'text'] as const
const IP = ['ttl', 'tos', 'ipid', 'df', 'mf', 'frag', 'flow', 'ipsum'] as const
const ETHERNET = ['vlan', 'trailer', 'macs'] as const

interface Options {
  seq?: number
  ack?: number
  win?: number
  urg?: number
  code?: number
  id?: number
  sum?: number
  ipsum?: number
  ttl?: number
  tos?: number
  ipid?: number
  frag?: number
  flow?: number
  vlan?: number
  df?: true
  mf?: true
  'no-link'?: true
  options?: Uint8Array
  payload?: Uint8Array
  about?: Uint8Array
  trailer?: Uint8Array
  to?: string
  from?: string
  flags?: string
  link?: string
  'sender-mac'?: string
  'target-mac'?: string
  sourceMac?: string
  destinationMac?: string
}

const NUMBERS = new Set(['seq', 'ack', 'win', 'urg', 'code', 'id', 'sum', 'ipsum', 'ttl', 'tos', 'ipid', 'frag', 'flow', 'vlan'])
const MACS = new Set(['link', 'sender-mac', 'target-mac'])
const SWITCHES = new Set(['df', 'mf', 'no-link'])

function parseOptions(reader: WordReader, allowed: readonly string[]): Options {
  const options: Record<string, unknown> = {}
  for (let word = reader.take(); word !== undefined; word = reader.take()) {
    const name = word.startsWith('"') ? 'text' : word.startsWith('@') ? 'macs' : word
    if (!allowed.includes(name)) {
      throw reader.error(
        word,
        `${allowed.map((known) => (known === 'text' ? '"text"' : known === 'macs' ? '@mac>mac' : known)).join(', ')} may stand here`,
      )
    }
    if (name === 'text') options.payload = reader.asText(word)
    else if (name === 'macs') Object.assign(options, reader.asMacs(word))
    else if (name === 'len') options.payload = new Uint8Array(reader.number(65535))
    else if (name === 'hex') options.payload = reader.hexBytes()
    else if (name === 'about')
      options.about = quoteOf(parsePacket(new TextDecoder().decode(reader.asText(reader.next('a packet in quotes')))))
    else if (name === 'options' || name === 'trailer') options[name] = reader.hexBytes()
    else if (name === 'to' || name === 'from') options[name] = reader.address()
    else if (name === 'flags') options.flags = reader.next('letters of RSO, or none')
    else if (MACS.has(name)) options[name] = reader.mac()
    else if (SWITCHES.has(name)) options[name] = true
    else if (NUMBERS.has(name)) options[name] = reader.number()
  }
  return options as Options
}

function transportMembers(options: Options) {
  const payload = options.payload?.length === 0 ? undefined : options.payload
  return { ...ipMembers(options), payload, checksum: options.sum }
}

function ipMembers(options: Options) {
  return {
    ttl: unless(DEFAULT_TTL, options.ttl),
    tos: unless(0, options.tos),
    ipId: unless(0, options.ipid),
    df: options.df,
    mf: options.mf,
    fragmentOffset: unless(0, options.frag),
    flowLabel: unless(0, options.flow),
    ipChecksum: options.ipsum,
    ...ethernetMembers(options),
  }
}

function ethernetMembers(options: Options) {
  const { sourceMac, destinationMac, vlan, trailer } = options
  return { sourceMac, destinationMac, vlan, trailer }
}

function unless(usual: number, value: number | undefined): number | undefined {
  return value === usual ? undefined : value
}
