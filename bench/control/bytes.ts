import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Figure } from '../figure.js'
import { SETUP } from './world.js'

const run = promisify(execFile)

export type BytesKind = 'endpoint' | 'loadBalancer' | 'acl'

/** Resident bytes per object beyond its document, in a fresh process: one that has freed memory would hand it out again. */
export async function bytesOf(kind: BytesKind, count: number): Promise<Figure> {
  const program = fileURLToPath(new URL('./measure-bytes.js', import.meta.url))
  const { stdout } = await run(process.execPath, [program, kind, String(count)])
  const { objects, bytes, documentBytes } = JSON.parse(stdout) as MeasuredBytes
  const value = (bytes - documentBytes) / objects
  return {
    name: `control.${kind}.bytes`,
    value,
    unit: 'bytes each, beyond the document',
    spread: { min: value, max: value },
    config: { ...SETUP, objects, documentBytesEach: Math.round(documentBytes / objects) },
  }
}

export interface MeasuredBytes {
  readonly objects: number
  readonly bytes: number
  readonly documentBytes: number
}
