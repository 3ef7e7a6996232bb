import { access, constants as fileModes, mkdir } from 'node:fs/promises'
import { constants } from 'node:os'

import { HcnError } from 'hns-vfp'

import { type Options, readOptions, usage } from './options.js'
import { Printer } from './report/printer.js'
import { printDocument } from './report/sections.js'
import { show } from './show.js'

const wrongOption = 2

/** Resolves with the exit status. */
async function main(): Promise<number> {
  let options: Options
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    return wrongOption
  }
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  return run(options)
}

async function run(options: Options): Promise<number> {
  const printer = new Printer(options.json ? process.stderr : process.stdout)
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Who stopped reading has seen enough; the scenario and its exit status go on.
      if (error.code !== 'EPIPE') throw error
    })
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort(signal))
  }
  try {
    await makeFolder(options.out)
    const document = await show(options, printer, stop.signal)
    if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    else printDocument(printer, document)
    return document.ok ? 0 : 1
  } catch (error) {
    if (stop.signal.aborted) {
      const signal = stop.signal.reason as 'SIGINT' | 'SIGTERM' | 'SIGHUP'
      printer.line()
      printer.line(`Stopped by ${signal}; everything was taken down.`)
      return 128 + constants.signals[signal]
    }
    printer.paragraph(printer.paint('red', describe(error)))
    return 1
  }
}

/** Before anything is built: the files are what the user keeps. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, fileModes.W_OK)
  } catch (error) {
    throw new Error(`the files cannot be written (${(error as Error).message}); \`--out DIR\` names another folder`)
  }
}

function describe(error: unknown): string {
  if (!HcnError.is(error)) return error instanceof Error ? error.message : String(error)
  return error.message.includes(error.code) ? error.message : `${error.code}: ${error.message}`
}

process.exitCode = await main()
