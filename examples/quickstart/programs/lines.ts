import { createInterface } from 'node:readline'

/** A pod program talks with the quickstart in lines of JSON: what it saw on stdout, what it shall do on stdin. */
export function tell(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Ends the program when the other side of stdin is gone: nobody is left to see what it would observe. */
export function exitWithParent(): void {
  leaveInterruptToParent()
  process.stdin.resume().on('end', () => process.exit(0))
}

/** A terminal sends Ctrl-C to every process of the group; it is the quickstart's to decide what follows. */
function leaveInterruptToParent(): void {
  process.on('SIGINT', () => undefined)
}

export type Verb = (argument: never) => Promise<unknown>

/** Runs what each line asks for, several at once if they come so: `{"id":1,"verb":"get","argument":{…}}`. */
export function serveVerbs(verbs: Readonly<Record<string, Verb>>): void {
  leaveInterruptToParent()
  const lines = createInterface({ input: process.stdin })
  lines.on('line', async (line) => {
    const { id, verb, argument } = JSON.parse(line) as { id: number; verb: string; argument: never }
    try {
      const run = verbs[verb]
      if (run === undefined) throw new Error(`no verb \`${verb}\``)
      tell({ id, result: await run(argument) })
    } catch (error) {
      tell({ id, error: error instanceof Error ? error.message : String(error) })
    }
  })
  lines.on('close', () => process.exit(0))
}
