import { HostNetworking, type Network } from '../../lib/index.js'
import { inFlight, type Reading, Watch } from '../figure.js'

/** Calls in flight. */
export const WIDTH = 64
export const SAMPLES = 3
export const SETUP = { ports: 'memory', store: 'memory', inFlight: WIDTH }

/** Runs `work` on a host of its own, with a network that has room for everything. */
export async function onNetwork<Result>(work: (hns: HostNetworking, network: Network) => Promise<Result>): Promise<Result> {
  const hns = await HostNetworking.open({ provider: 'embedded', ports: 'memory', profile: 'latest', seed: 1 })
  try {
    const network = await hns.networks.create({
      name: 'bench',
      type: 'L2Bridge',
      subnets: [{ prefix: '10.0.0.0/8', gateway: '10.0.0.1' }],
      macPool: [{ start: '00-15-5D-00-00-00', end: '00-15-5D-FF-FF-FF' }],
    })
    return await work(hns, network)
  } finally {
    await hns.close()
  }
}

/**
 * Makes `count` objects and lists them when a tenth is there and when all are:
 * what it takes, what it takes of the processor, and whether the last tenth
 * takes more than the first. `noun` is in the plural.
 */
export async function createAndList(
  name: string,
  noun: string,
  count: number,
  create: (index: number) => Promise<unknown>,
  list: () => Promise<{ readonly length: number }>,
): Promise<readonly Reading[]> {
  const tenth = Math.floor(count / 10)
  const make = async (from: number, to: number): Promise<ReturnType<Watch['read']>> => {
    const watch = new Watch()
    await inFlight(to - from, WIDTH, (index) => create(from + index))
    return watch.read()
  }
  const read = async (expected: number): Promise<ReturnType<Watch['read']>> => {
    const watch = new Watch()
    const { length } = await list()
    if (length !== expected) throw new Error(`${name}.list: ${length} of ${expected} ${noun}`)
    return watch.read()
  }
  const first = await make(0, tenth)
  const short = await read(tenth)
  const middle = await make(tenth, count - tenth)
  const last = await make(count - tenth, count)
  const long = await read(count)
  const cpu = first.cpuMicroseconds + middle.cpuMicroseconds + last.cpuMicroseconds
  return [
    { name: `${name}.create`, unit: `${noun}/s`, value: count / (first.seconds + middle.seconds + last.seconds) },
    { name: `${name}.create.cpu`, unit: 'µs each', value: cpu / count },
    { name: `${name}.create.growth`, unit: '× (last tenth to first)', value: last.cpuMicroseconds / first.cpuMicroseconds },
    { name: `${name}.list`, unit: `${noun}/s`, value: count / long.seconds },
    {
      name: `${name}.list.growth`,
      unit: '× (each of all to each of a tenth)',
      value: long.cpuMicroseconds / count / (short.cpuMicroseconds / tenth),
    },
  ]
}

/** `count` times `work`, as things per second. */
export async function phase(
  name: string,
  unit: string,
  count: number,
  work: (index: number) => Promise<unknown>,
  thingsEach = 1,
): Promise<readonly Reading[]> {
  const watch = new Watch()
  await inFlight(count, WIDTH, work)
  const { seconds, cpuMicroseconds } = watch.read()
  return [
    { name, unit, value: (count * thingsEach) / seconds },
    { name: `${name}.cpu`, unit: 'µs each', value: cpuMicroseconds / (count * thingsEach) },
  ]
}

export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('an empty list')
  return item
}
