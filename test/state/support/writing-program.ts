// Changes a state folder without end, and says on its output what it is about to
// do (`create <id>`) and what has been answered (`created <id>`), at once.
import { randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { HostNetworking } from '../../../lib/index.js'

const say = (text: string) => writeSync(1, `${text}\n`)

const hns = await HostNetworking.open({ provider: 'embedded', state: process.argv[2] })
const [known] = await hns.networks.list()
const network = known ?? (await hns.networks.create({ name: 'pods', subnets: [{ prefix: '10.0.0.0/8', gateway: '10.0.0.1' }] }))

async function remove(id: string): Promise<void> {
  say(`delete ${id}`)
  await (await hns.endpoints.open(id)).delete()
  say(`deleted ${id}`)
}

async function write(): Promise<never> {
  for (;;) {
    const ids = [randomUUID(), randomUUID()]
    for (const id of ids) {
      say(`create ${id}`)
      await hns.endpoints.create({ network, id })
      say(`created ${id}`)
    }
    await remove(ids[0] ?? '')
  }
}

// What others left, so that a thousand lives do not use up the network's MACs.
for (const { id } of (await hns.endpoints.list()).slice(100)) await remove(id)
await Promise.all([write(), write(), write()])
