import { relative } from 'node:path'

import { explanationText, topologyText } from 'hns-vfp'

import type { Claim } from '../claims/claim-book.js'
import type { Balance } from '../claims/service.js'
import { chiSquareLimit } from '../claims/service.js'
import type { ObservedDocument, WrittenFile } from '../document.js'
import type { OpenedHost } from '../open-host.js'
import { flowRows, flowTitles } from './flows.js'
import { duration, type Printer } from './printer.js'
import { bar, table } from './table.js'

const barWidth = 40 // Columns of a backend that had every request.

const flowsShown = 8

export function printOpening(printer: Printer, { ports, shortfall }: OpenedHost): void {
  printer.line()
  printer.line(printer.paint('bold', 'hns-vfp quickstart'))
  if (ports === 'linux') {
    printer.line('An embedded HNS. Each pod is a network namespace with real processes in it;')
    printer.line('every packet between them passes the switch.')
    return
  }
  if (shortfall !== undefined) {
    printer.line(printer.paint('yellow', 'This machine gives us no network namespaces:'))
    printer.paragraph(shortfall.message)
    printer.line('So the same scenario runs with frames over memory ports, and no processes.')
    return
  }
  printer.line('An embedded HNS. Each pod is a small station that speaks frames over a memory port;')
  printer.line('time is turned by hand.')
}

/** What remains to be told when everything has been seen. */
export function printDocument(printer: Printer, document: ObservedDocument): void {
  const { width, color } = printer
  for (const { enters, explanation } of document.explanations.slice(0, 1)) {
    printer.heading(explanation.verdict === 'drop' ? `Why ${enters} was stopped` : `Why ${enters} was not stopped`)
    printer.block(explanationText(explanation, { ports: document.switchPorts, width, color }))
  }
  printBalance(printer, document.balance)
  printFlows(printer, document.flows)
  printer.heading('The network')
  printer.block(topologyText(document.topology, { width, color }))
  printFiles(printer, document.files)
  printEnding(printer, document.claims, document.milliseconds)
}

function printBalance(printer: Printer, { requests, backends, chiSquare }: Balance): void {
  printer.heading(`How the service's backends shared ${requests} requests`)
  for (const { pod, answers } of backends) {
    const share = requests === 0 ? 0 : answers / requests
    printer.line(`${pod}  ${printer.paint('cyan', bar(share, barWidth).padEnd(barWidth * 0.6))}  ${answers}`)
  }
  printer.line(
    printer.paint('dim', `χ² ${chiSquare.toFixed(2)}; an even choice stays below ${chiSquareLimit} in all but one of 100 000 runs`),
  )
}

function printFlows(printer: Printer, flows: ObservedDocument['flows']): void {
  printer.heading(`${flows.length} flows at the port of client; the busiest`)
  const [titles, ...rows] = table(flowTitles, flowRows(flows.slice(0, flowsShown)), 'lllrl')
  printer.line(printer.paint('dim', titles ?? ''))
  for (const row of rows) printer.line(row)
}

function printFiles(printer: Printer, files: readonly WrittenFile[]): void {
  printer.heading('Files')
  const rows = files.map(({ path, bytes, about }) => [shortest(path), `${Math.ceil(bytes / 1024)} KiB`, about])
  for (const row of table(['', '', ''], rows, 'lrl').slice(1)) printer.line(row)
}

function shortest(path: string): string {
  const near = relative('.', path)
  return near.startsWith('..') ? path : near
}

function printEnding(printer: Printer, claims: readonly Claim[], milliseconds: number): void {
  const failed = claims.filter(({ holds }) => !holds)
  printer.line()
  if (failed.length === 0) {
    printer.line(printer.paint('green', `All ${claims.length} claims hold, in ${duration(milliseconds)}.`))
    printer.heading('Next')
    printer.line('docs/quickstart.md               what you just saw, step by step')
    printer.line('examples/quickstart/             the program that did it; start with scenario.ts')
    printer.line('npm start --silent -- --json     the same as one JSON document')
    return
  }
  printer.line(printer.paint('red', `${failed.length} of ${claims.length} claims do not hold:`))
  for (const { name, expected, observed } of failed) printer.line(`  ✘ ${name}: expected ${expected}; observed ${observed}`)
}
