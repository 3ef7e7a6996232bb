// Opens a state folder and does what its parent asks, until it is killed.
import { HcnError, HostNetworking, type OpenOptions } from '../../../lib/index.js'

export interface Command {
  readonly id: number
  readonly name: keyof typeof commands
  readonly values: readonly string[]
}

export interface Answer {
  readonly id?: number
  readonly result?: string
  readonly error?: string
  readonly event?: string
}

type Profile = NonNullable<OpenOptions['profile']>

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]
const hns = await HostNetworking.open({ provider: 'embedded', state: process.argv[2], profile: process.argv[3] as Profile | undefined })
const [endpoints, networks] = [hns.endpoints, hns.networks]

const commands = {
  async createNetwork(name = '') {
    return (await networks.create({ name, subnets: SUBNETS })).id
  },
  async createEndpoint(network = '', address = '') {
    return (await endpoints.create({ network, addresses: [address] })).id
  },
  async deleteEndpoint(id = '') {
    await (await endpoints.open(id)).delete()
    return ''
  },
  async createMany(count = '', prefix = '') {
    for (let i = 0; i < Number(count); ++i) await networks.create({ name: `${prefix}-${i}`, subnets: SUBNETS })
    return ''
  },
  /** `HNSCall`, with its body and its output as JSON. */
  async v1(method = '', path = '', body = '') {
    const output = await hns.v1.call(method as 'GET', path, body === '' ? undefined : (JSON.parse(body) as object))
    return JSON.stringify(output ?? null)
  },
  async setGuestState(id = '', state = '') {
    await (await hns.guestNetworkServices.open(id)).setState(state as 'Paused')
    return ''
  },
  /** Tells of each change as `guest <state>`. */
  async watchGuest(id = '') {
    const guest = await hns.guestNetworkServices.open(id)
    await guest.watch(({ state }) => process.send?.({ event: `guest ${state}` } satisfies Answer))
    return ''
  },
  async deleteGuest(id = '') {
    await (await hns.guestNetworkServices.open(id)).delete()
    return ''
  },
  async explain(endpoint = '', packet = '') {
    return (await hns.vfp.explain(endpoint, packet)).verdict
  },
} as const

process.on('message', async ({ id, name, values }: Command) => {
  try {
    process.send?.({ id, result: await commands[name](...values) } satisfies Answer)
  } catch (error) {
    process.send?.({ id, error: HcnError.is(error) ? error.code : String(error) } satisfies Answer)
  }
})
const events = hns.events()
await events.ready
process.send?.({} satisfies Answer)
for await (const event of events) process.send?.({ event: 'id' in event ? `${event.kind} ${event.id}` : event.kind } satisfies Answer)
