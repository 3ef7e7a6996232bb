import { fieldOf, inLine, leadingNumber, listingLines, notUnderstood } from './lines.js'
import type { ListedPort } from './listed.js'

/** The column of the colons. */
const KEY_WIDTH = 22

/**
 * A port of `list-vmswitch-port`. Public scripts read its lines by their place,
 * so all of them are there, in the program's order, whether or not they say something.
 */
export function portLines(port: ListedPort): readonly string[] {
  const field = (key: string, value: string | number | undefined) => `  ${key.padEnd(KEY_WIDTH)}: ${inLine(String(value ?? ''))}`
  const { statistics } = port
  return [
    field('Port name', port.name),
    field('Port Friendly name', port.friendlyName),
    field('Switch name', port.switchName),
    field('Switch Friendly name', port.switchFriendlyName),
    field('PortId', port.portId),
    field('VMQ Weight', 0),
    field('VMQ Usage', 0),
    field('SR-IOV Weight', 0),
    field('SR-IOV Usage', 0),
    field('Port type', port.portType),
    `  Port is ${inLine(port.portState)}.`,
    `  MAC Learning is ${inLine(port.macLearning)}.`,
    field('NIC name', port.nicName),
    field('NIC Friendly name', port.nicFriendlyName),
    field('MTU', port.mtu),
    field('MAC address', port.macAddress),
    field('VM name', ''),
    field('VM ID', ''),
    `  NIC is ${inLine(port.nicState)}.`,
    ...(statistics === undefined
      ? []
      : [
          '  NIC Statistics:',
          `  ${field('Bytes Sent', statistics.bytesSent)}`,
          `  ${field('Bytes Received', statistics.bytesReceived)}`,
          `  ${field('Ingress Packet Drops', statistics.ingressDrops)}`,
          `  ${field('Egress Packet Drops', statistics.egressDrops)}`,
          `  ${field('Ingress VFP Drops', statistics.ingressDrops)}`,
          `  ${field('Egress VFP Drops', statistics.egressDrops)}`,
        ]),
    '',
  ]
}

/**
 * The listing of `list-vmswitch-port`. Lines that are not known are passed over:
 * each build of Windows has other statistics.
 *
 * @throws HcnError `ERR_INVALID_ANSWER`, or what the program said when it failed.
 */
export function parsePorts(output: string): readonly ListedPort[] {
  const verb = 'list-vmswitch-port'
  const ports: ListedPort[] = []
  let fields: Map<string, string> | undefined
  let sentences: Map<string, string> = new Map()
  const end = () => {
    if (fields === undefined) return
    const port = portOf(fields, sentences)
    if (port === undefined) throw notUnderstood(verb, output, `a port has no \`Port name\``)
    ports.push(port)
  }
  for (const { text } of listingLines(verb, output)) {
    const sentence = SENTENCE.exec(text)
    const field = sentence === null ? fieldOf(text) : undefined
    if (field?.[0] === 'Port name') {
      end()
      fields = new Map()
      sentences = new Map()
    }
    if (fields === undefined) {
      if (text === '<none>') continue
      throw notUnderstood(verb, output, `\`${text.slice(0, 80)}\` stands before the first \`Port name\``)
    }
    if (sentence !== null) sentences.set(sentence[1] ?? '', sentence[2] ?? '')
    // The first of a name: a virtual machine's statistics repeat some.
    else if (field !== undefined && !fields.has(field[0])) fields.set(field[0], field[1])
  }
  end()
  return ports
}

const SENTENCE = /^(Port|MAC Learning|NIC) is (.*)\.$/

function portOf(fields: ReadonlyMap<string, string>, sentences: ReadonlyMap<string, string>): ListedPort | undefined {
  const text = (key: string) => fields.get(key) ?? ''
  const number = (key: string) => leadingNumber(fields.get(key))
  const name = text('Port name')
  if (name === '') return undefined
  const bytesSent = number('Bytes Sent')
  return {
    name,
    friendlyName: text('Port Friendly name'),
    switchName: text('Switch name'),
    switchFriendlyName: text('Switch Friendly name'),
    portId: number('PortId'),
    portType: text('Port type'),
    portState: sentences.get('Port') ?? '',
    macLearning: sentences.get('MAC Learning') ?? '',
    nicName: text('NIC name'),
    nicFriendlyName: text('NIC Friendly name'),
    mtu: number('MTU'),
    macAddress: text('MAC address'),
    nicState: sentences.get('NIC') ?? '',
    statistics:
      bytesSent === undefined
        ? undefined
        : {
            bytesSent,
            bytesReceived: number('Bytes Received') ?? 0,
            ingressDrops: number('Ingress Packet Drops') ?? 0,
            egressDrops: number('Egress Packet Drops') ?? 0,
          },
  }
}
