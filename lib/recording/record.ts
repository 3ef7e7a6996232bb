import { closeSync, openSync, writeSync } from 'node:fs'
import { type CallShape, HCN_CALLS } from '../native/hcn-call-shapes.js'
import type { HcnCalls, NativeFailure, NativeHandle, NativeHost, NativePortRange } from '../native/hcn-calls.js'
import { type Argument, FORMAT, type Line, VERSION } from './format.js'

type AnyCall = (...given: unknown[]) => Promise<unknown>
type Listener = (type: number, status: number, data: string | null) => void

/**
 * The same host, whose HCN calls are written to `path` as they are made and
 * answered. A line is on its way to the disk before anything else happens.
 */
export function recordingHost(host: NativeHost, path: string): NativeHost {
  // Documents tell how a node is set up: not everybody's business.
  const file = openSync(path, 'w', 0o600)
  let open = true
  const write = (line: Line | { readonly format: string; readonly version: number }) => {
    if (open) writeSync(file, `${JSON.stringify(line)}\n`)
  }
  write({ format: FORMAT, version: VERSION })
  const handles = new WeakMap<NativeHandle, number>()
  let calls = 0

  const recorded = (name: keyof HcnCalls): AnyCall => {
    const call = host[name].bind(host) as AnyCall
    const { gives, handles: positions = [] } = HCN_CALLS[name]
    return async (...given) => {
      const number = calls++
      const passed = given.map((argument) =>
        typeof argument !== 'function'
          ? argument
          : (type: number, status: number, data: string | null) => {
              write({ notification: number, type, status, data })
              ;(argument as Listener)(type, status, data)
            },
      )
      const texts = given.filter((argument) => typeof argument !== 'function')
      const shown = texts.map(
        (argument, position): Argument =>
          // A handle of another host: the call will be refused.
          positions.includes(position) ? { handle: handles.get(argument as NativeHandle) ?? -1 } : String(argument),
      )
      write({ call: number, name, arguments: shown })
      try {
        const result = await call(...passed)
        if (gives === 'handle') handles.set(result as NativeHandle, number)
        if (gives === 'portRange') handles.set((result as NativePortRange).reservation, number)
        write({ answer: number, ...textOf(gives, result) })
        return result
      } catch (error) {
        const { hresult, message, record } = error as NativeFailure
        write({ answer: number, error: { hresult: hresult >>> 0, message, record } })
        throw error
      }
    }
  }

  const own = new Map<PropertyKey, unknown>(Object.keys(HCN_CALLS).map((name) => [name, recorded(name as keyof HcnCalls)]))
  own.set('close', async () => {
    try {
      await host.close()
    } finally {
      if (open) closeSync(file)
      open = false
    }
  })
  return new Proxy(host, {
    get(target, name) {
      if (own.has(name)) return own.get(name)
      // Many calls in one: they are made one by one here, so that each is seen.
      if (name === 'queryEach') return undefined
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function textOf(gives: CallShape['gives'], result: unknown): { readonly text?: string } {
  if (gives === 'text') return { text: result as string }
  if (gives !== 'portRange') return {}
  const { startingPort, endingPort } = result as NativePortRange
  return { text: JSON.stringify({ startingPort, endingPort }) }
}
