/** Columns under their titles; numbers to the right. `align` has one letter per column: `l` or `r`. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], align: string): string[] {
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)))
  const cell = (text: string, at: number) => (align[at] === 'r' ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0))
  return [titles, ...rows].map((row) => row.map(cell).join('  ').trimEnd())
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar `share` (0 to 1) of `width` columns long. */
export function bar(share: number, width: number): string {
  const units = Math.round(share * width * 8)
  return '█'.repeat(Math.floor(units / 8)) + (eighths[units % 8] ?? '')
}
