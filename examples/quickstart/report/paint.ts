export type Colour = 'green' | 'red' | 'cyan' | 'yellow' | 'bold' | 'dim'

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  green: [32, 39],
  red: [31, 39],
  cyan: [36, 39],
  yellow: [33, 39],
  bold: [1, 22],
  dim: [2, 22],
}

export type Paint = (colour: Colour, text: string) => string

/** Whether `stream` is a terminal whose user wants colours; see https://no-color.org. */
export function showsColor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}

/** Without colours text stays as it is. */
export function paintFor(color: boolean): Paint {
  if (!color) return (_, text) => text
  return (colour, text) => `\u001b[${codes[colour][0]}m${text}\u001b[${codes[colour][1]}m`
}
