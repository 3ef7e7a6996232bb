/** How many cases a property is tried on: `HNS_PROPERTY_RUNS` where it is given, as CI does. */
export function propertyRuns(usual = 200): number {
  const given = Number(process.env.HNS_PROPERTY_RUNS)
  return Number.isInteger(given) && given > 0 ? given : usual
}
