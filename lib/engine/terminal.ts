/** How a picture in text is drawn. */
export interface TerminalOptions {
  /** Columns. Default: the terminal's, else 100. */
  readonly width?: number | undefined
  /** Default: when standard output is a terminal and `NO_COLOR` is not set. */
  readonly color?: boolean | undefined
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

const SGR: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 }

export interface Terminal {
  readonly width: number
  paint(style: Style, text: string): string
}

export function terminal(options: TerminalOptions): Terminal {
  const color = options.color ?? (process.stdout.isTTY === true && !process.env.NO_COLOR)
  return {
    width: Math.max(40, options.width ?? process.stdout.columns ?? 100),
    paint: (style, text) => (color && text !== '' ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text),
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /\x1b\[\d+m/g

/** Columns that a text takes, its colours left out. */
export function columns(text: string): number {
  return [...text.replace(ESCAPES, '')].length
}

export function padTo(width: number, text: string): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)))
}

/** At most `width` columns of a text without colours. */
export function clip(width: number, text: string): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** The items joined by `separator`, broken into lines of at most `width`. An item too long for a line is clipped. */
export function flow(width: number, items: readonly string[], separator = ', '): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const item of items) {
    const joined = line === '' ? item : `${line}${separator}${item}`
    if (columns(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(`${line}${separator.trimEnd()}`)
    line = clip(width, item)
  }
  return line === '' ? lines : [...lines, line]
}
