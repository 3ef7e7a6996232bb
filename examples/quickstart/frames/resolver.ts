import DNS from 'dns2'

import type { Resolution } from '../world.js'

/**
 * The names to ask for, in order, as resolv.conf(5) has it with its default of
 * `ndots:1`: a name with a dot is tried as it is first, one without it last.
 */
export function candidates(name: string, search: readonly string[]): string[] {
  const suffixed = search.map((suffix) => `${name}.${suffix}`)
  return name.includes('.') ? [name, ...suffixed] : [...suffixed, name]
}

export function questionFor(name: string, id: number): Buffer {
  const request = new DNS.Packet()
  request.header.id = id
  request.header.rd = 1
  request.questions.push(new DNS.Packet.Question(name, DNS.Packet.TYPE.A, DNS.Packet.CLASS.IN))
  return request.toBuffer()
}

export function resolutionIn(reply: Buffer): Resolution {
  const address = DNS.Packet.parse(reply).answers[0]?.address
  return address === undefined ? { error: 'ENOTFOUND' } : { address }
}

/** RFC 1035 4.2.2: over TCP each message has its length in front. */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
