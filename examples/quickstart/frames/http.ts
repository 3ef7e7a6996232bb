import type { TcpConnection } from './tcp.js'

/** The smallest honest HTTP/1.1: one request in one segment, one answer in one segment, the connection stays open. */
export function requestFor(host: string): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`)
}

export function answerWith(body: unknown): Buffer {
  const text = JSON.stringify(body)
  return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}

export function isRequest(data: Buffer): boolean {
  return data.subarray(0, 4).toString() === 'GET ' && data.subarray(-4).toString() === '\r\n\r\n'
}

/** The document in an answer; undefined for anything else. */
export function bodyOf(data: Buffer): unknown {
  const text = data.toString()
  const end = text.indexOf('\r\n\r\n')
  return text.startsWith('HTTP/1.1 200 ') && end > 0 ? JSON.parse(text.slice(end + 4)) : undefined
}

/** Lets `connection` be a web pod's: it says who it is and whom it saw. */
export function serveWeb(pod: string, connection: TcpConnection): void {
  connection.onData = (data) => {
    if (!isRequest(data)) return
    const { sourcePort, destination } = connection.ends
    connection.write(answerWith({ pod, port: sourcePort, client: destination }))
  }
}
