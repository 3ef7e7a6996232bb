import type { VfpFlow } from 'hns-vfp'

import { checkAccess } from './claims/access.js'
import { ClaimBook } from './claims/claim-book.js'
import { checkCompartment } from './claims/compartment.js'
import { checkExplanations } from './claims/explain.js'
import { checkNames } from './claims/names.js'
import { checkPolicyChange } from './claims/policy-change.js'
import { checkService } from './claims/service.js'
import type { BuildStep, ObservedDocument } from './document.js'
import { writeFiles } from './files.js'
import { Exchange } from './frames/exchange.js'
import { FrameWorld } from './frames/frame-world.js'
import { type OpenedHost, openHost } from './open-host.js'
import type { Options } from './options.js'
import { ProcessWorld } from './processes/process-world.js'
import type { Printer } from './report/printer.js'
import { printOpening } from './report/sections.js'
import { Scenario } from './scenario.js'
import type { World } from './world.js'

/**
 * The whole scenario, from the first network to the last file. Resolves with
 * everything that was seen; rejects with the signal's reason when it is aborted.
 * Either way nothing of it is left.
 */
export async function show(options: Options, printer: Printer, signal: AbortSignal): Promise<ObservedDocument> {
  const host = await openHost(options.ports)
  try {
    return await unlessAborted(signal, run(host, options, printer, signal))
  } finally {
    await host.hns.close()
  }
}

async function run(host: OpenedHost, options: Options, printer: Printer, signal: AbortSignal): Promise<ObservedDocument> {
  const { hns, ports, shortfall } = host
  const steps: BuildStep[] = []
  const noteStep = (step: BuildStep) => {
    signal.throwIfAborted()
    steps.push(step)
    printer.step(step.name, step.milliseconds)
  }

  printOpening(printer, host)
  printer.heading('Building')
  const scenario = await Scenario.build(hns, noteStep)
  await using capture = await hns.vfp.capture(scenario.pod('web-1').endpoint)

  await using world: World = ports === 'linux' ? new ProcessWorld(scenario) : new FrameWorld(scenario, new Exchange(hns, signal))
  const begun = performance.now()
  await world.start()
  noteStep({ name: ports === 'linux' ? 'programs: they run and listen' : 'stations: they listen', milliseconds: performance.now() - begun })

  printer.heading('Observing')
  const book = new ClaimBook((claim) => printer.claim(claim), signal)
  await checkCompartment(book, scenario, world)
  await checkNames(book, world)
  const balance = await checkService(book, world)
  await checkAccess(book, scenario, world)
  await checkPolicyChange(book, scenario, world)
  const explanations = await checkExplanations(book, scenario)

  const seen = { explanations, switchPorts: await hns.vfp.ports(), topology: await hns.topology() }
  return {
    version: 1,
    ok: book.failed.length === 0,
    ports,
    ...(shortfall === undefined ? {} : { shortfall }),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    steps,
    claims: book.claims,
    questions: await world.questions(),
    balance,
    ...seen,
    flows: (await hns.vfp.flows(scenario.pod('client').endpoint).toArray()).sort((a, b) => packetsOf(b) - packetsOf(a)),
    files: await writeFiles(options.out, seen, capture),
    milliseconds: performance.now(),
  }
}

function packetsOf(flow: VfpFlow): number {
  return flow.in.packets + flow.out.packets
}

/** `work`, but as soon as `signal` is aborted its reason; what `work` comes to then is nobody's business. */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined)
  return await new Promise<Result>((settle, fail) => {
    const stop = () => fail(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(settle, fail)
  })
}
