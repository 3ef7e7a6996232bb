import assert from 'node:assert/strict'

import { decodeFrame } from 'hns-vfp'

import { bodyOf, requestFor, serveWeb } from '../../examples/quickstart/frames/http.js'
import { Station } from '../../examples/quickstart/frames/station.js'

const isOnLink = (address: string) => address.startsWith('10.1.0.')
const identity = { gateway: '10.1.0.1', isOnLink }

/** Carries frames between two stations, but for those that `lose` takes. */
function wire(a: Station, b: Station, lose: (frame: Uint8Array) => boolean = () => false): void {
  for (let spoken = true; spoken; ) {
    spoken = false
    for (const [sender, receiver] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const frame of sender.takeOutgoing()) {
        spoken = true
        if (!lose(frame)) receiver.receive(frame)
      }
    }
  }
}

describe('a station of the quickstart', () => {
  let client: Station
  let server: Station

  beforeEach(() => {
    client = new Station({ ...identity, name: 'client', mac: '00-15-5D-00-00-01', address: '10.1.0.4' })
    server = new Station({ ...identity, name: 'server', mac: '00-15-5D-00-00-02', address: '10.1.0.7' })
    server.listenTcp(8080, (connection) => serveWeb('web-1', connection))
  })

  it('asks for its neighbour, opens a connection and reads an answer on it', () => {
    const heard: unknown[] = []
    const connection = client.connectTcp('10.1.0.7', 8080)
    connection.onData = (data) => heard.push(bodyOf(data))
    connection.write(requestFor('web'))
    wire(client, server)

    assert.deepEqual(heard, [{ pod: 'web-1', port: 8080, client: '10.1.0.4' }])
  })

  it('makes up for each single frame that is lost', () => {
    client.connectTcp('10.1.0.7', 8080)
    wire(client, server) // From here on both know their neighbour.
    for (let lost = 0; lost < 6; lost++) {
      const heard: unknown[] = []
      const connection = client.connectTcp('10.1.0.7', 8080)
      connection.onData = (data) => heard.push(bodyOf(data))
      connection.write(requestFor('web'))
      let number = 0
      wire(client, server, () => number++ === lost)
      connection.retransmit()
      server.retransmit()
      wire(client, server)

      assert.deepEqual(heard, [{ pod: 'web-1', port: 8080, client: '10.1.0.4' }], `frame ${lost} was lost`)
    }
  })

  it('does not read a frame whose checksum is wrong', () => {
    const heard: unknown[] = []
    server.listenUdp(53, (datagram) => {
      heard.push(datagram)
      return undefined
    })
    client.ask('10.1.0.7', 53, Buffer.from('one'), () => undefined)
    wire(client, server, (frame) => {
      if (decodeFrame(frame).kind !== 'udp') return false
      const broken = frame.slice()
      broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1
      server.receive(broken)
      return true
    })

    assert.deepEqual(heard, [])
  })

  it('closes both ends when one hangs up', () => {
    const connection = client.connectTcp('10.1.0.7', 8080)
    wire(client, server)
    connection.close()
    wire(client, server)

    assert.equal(connection.state, 'closed')
  })
})
