/** One measured figure. `value` is the median of the samples, `spread` their lowest and highest. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly spread: { readonly min: number; readonly max: number }
  readonly config: Readonly<Record<string, string | number | boolean>>
}

/** One sample of a figure. */
export type Reading = Pick<Figure, 'name' | 'unit' | 'value'>

/** Takes `samples` readings of whatever `run` measures, each time the same figures. */
export async function sampled(
  config: Figure['config'],
  samples: number,
  run: (sample: number) => Promise<readonly Reading[]>,
): Promise<readonly Figure[]> {
  const taken: (readonly Reading[])[] = []
  for (let sample = 0; sample < samples; sample++) taken.push(await run(sample))
  return (taken[0] ?? []).map(({ name, unit }) => {
    const values = taken.flatMap((readings) => readings.filter((reading) => reading.name === name).map(({ value }) => value))
    values.sort((a, b) => a - b)
    const at = (index: number): number => values[index] ?? Number.NaN
    return { name, value: at(Math.floor(samples / 2)), unit, spread: { min: at(0), max: at(samples - 1) }, config: { ...config, samples } }
  })
}

/** Takes `samples` rates of `run`, which returns how many things it did; the unit is things per second. */
export async function rate(
  name: string,
  unit: string,
  config: Figure['config'],
  samples: number,
  run: (sample: number) => Promise<number>,
): Promise<Figure> {
  const figures = await sampled(config, samples, async (sample) => {
    const watch = new Watch()
    const count = await run(sample)
    return [{ name, unit, value: count / watch.read().seconds }]
  })
  return figures[0] as Figure
}

/** What has passed on the clock and on all threads of this process: the second does not mind a busy machine. */
export class Watch {
  #begun = process.hrtime.bigint()
  #used = process.cpuUsage()

  read(): { readonly seconds: number; readonly cpuMicroseconds: number } {
    const { user, system } = process.cpuUsage(this.#used)
    return { seconds: Number(process.hrtime.bigint() - this.#begun) / 1e9, cpuMicroseconds: user + system }
  }
}

/** Runs `work(i)` for i in 0..count with `width` of them in flight. */
export async function inFlight(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane))
}
