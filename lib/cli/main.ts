#!/usr/bin/env node
import { HcnError } from '../index.js'
import { run } from './run.js'

run(process.argv.slice(2), (text) => process.stdout.write(text)).then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    const message = HcnError.is(error)
      ? `${error.code}: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
    process.stderr.write(`hns: ${message}\n`)
    process.exitCode = 1
  },
)
