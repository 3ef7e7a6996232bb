/** One measured figure. `value` is the median of the samples, `spread` their lowest and highest. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly spread: { readonly min: number; readonly max: number }
  readonly config: Readonly<Record<string, string | number | boolean>>
}

/** Takes `samples` rates of `run`, which returns how many things it did; the unit is things per second. */
export async function rate(
  name: string,
  unit: string,
  config: Figure['config'],
  samples: number,
  run: (sample: number) => Promise<number>,
): Promise<Figure> {
  const rates: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const begun = process.hrtime.bigint()
    const count = await run(sample)
    rates.push(count / (Number(process.hrtime.bigint() - begun) / 1e9))
  }
  rates.sort((a, b) => a - b)
  const at = (index: number): number => rates[index] ?? Number.NaN
  return { name, value: at(Math.floor(samples / 2)), unit, spread: { min: at(0), max: at(samples - 1) }, config: { ...config, samples } }
}

/** Runs `work(i)` for i in 0..count with `width` of them in flight. */
export async function inFlight(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane))
}
