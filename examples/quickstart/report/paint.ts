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

/** Colours for a terminal that shows them; elsewhere text stays as it is. */
export function paintFor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Paint {
  const colours = stream.isTTY === true && environment.NO_COLOR === undefined && environment.TERM !== 'dumb'
  if (!colours) return (_, text) => text
  return (colour, text) => `\u001b[${codes[colour][0]}m${text}\u001b[${codes[colour][1]}m`
}
