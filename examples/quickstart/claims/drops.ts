/** `2 packets acl-blocked`. */
export function describeDrops(drops: ReadonlyMap<string, number>): string {
  if (drops.size === 0) return 'nothing dropped'
  return [...drops].map(([reason, packets]) => `${packets} ${packets === 1 ? 'packet' : 'packets'} ${reason}`).join(', ')
}
