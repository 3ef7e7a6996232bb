import DNS from 'dns2'

/** One question as the name server saw it. */
export interface Question {
  readonly name: string
  readonly type: string
  readonly from: string
}

const noSuchName = 3 // RFC 1035 4.1.1, RCODE NXDOMAIN

/**
 * Answers out of `zone`, which is all there is: names outside it do not exist.
 * A known name without a record of the asked type has an empty answer, not an
 * error, or a resolver that asks for A and AAAA would take the name for missing.
 */
export function answer(zone: Readonly<Record<string, string>>, request: DNS.Packet): DNS.Packet {
  const response = DNS.Packet.createResponseFromRequest(request)
  response.header.aa = 1
  for (const question of request.questions) {
    const address = zone[question.name.toLowerCase()]
    if (address === undefined) {
      response.header.rcode = noSuchName
    } else if (question.type === DNS.Packet.TYPE.A) {
      response.answers.push(DNS.Packet.createResourceFromQuestion(question, { ttl: 30, address }))
    }
  }
  return response
}

export function questionsOf(request: DNS.Packet, from: string): Question[] {
  return request.questions.map(({ name, type }) => ({ name, type: typeName(type), from }))
}

function typeName(type: number): string {
  return Object.entries(DNS.Packet.TYPE).find(([, value]) => value === type)?.[0] ?? `TYPE${type}`
}
