import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export type PortsChoice = 'auto' | 'linux' | 'memory'

export interface Options {
  readonly ports: PortsChoice
  /** One JSON document on stdout, and nothing else there. */
  readonly json: boolean
  /** Absolute folder for the picture and the capture. */
  readonly out: string
  readonly help: boolean
}

export const usage = `npm start -- [--ports auto|linux|memory] [--out DIR] [--json]

  --ports linux    real processes in network namespaces, or fail saying what is missing
  --ports memory   the same scenario with frames over memory ports, anywhere
  --ports auto     linux where it can be had, memory elsewhere (default)
  --out DIR        where the picture and the capture go (default: out)
  --json           one JSON document of everything observed on stdout, progress on stderr
                   (\`npm start --silent\` keeps npm's own two lines out of stdout)

Exit status: 0 when everything is as claimed, 1 when something is not, 2 for a wrong option.
`

/** @throws TypeError for an option that is unknown or has a wrong value. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ports: { type: 'string', default: 'auto' },
      out: { type: 'string', default: 'out' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const ports = values.ports
  if (ports !== 'auto' && ports !== 'linux' && ports !== 'memory') {
    throw new TypeError(`\`--ports\` is \`${ports}\`: give \`auto\`, \`linux\` or \`memory\``)
  }
  return { ports, json: values.json, out: resolve(values.out), help: values.help }
}
