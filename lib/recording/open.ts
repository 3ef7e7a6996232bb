import { readFileSync, statSync } from 'node:fs'
import { HcnError, invalidArgument } from '../errors.js'
import type { NativeHost } from '../native/hcn-calls.js'
import { MAX_BYTES, readRecording } from './format.js'
import { recordingHost } from './record.js'
import { Replay } from './replay.js'

/** @throws HcnError `ERR_INVALID_ARGUMENT` when the file cannot be written. */
export function recordTo(path: string, host: NativeHost): NativeHost {
  try {
    return recordingHost(host, path)
  } catch (error) {
    throw invalidArgument('record', path, `it cannot be written (${reasonOf(error)})`)
  }
}

/** @throws HcnError `ERR_INVALID_ARGUMENT` when the file cannot be read, `ERR_RECORDING_INVALID`. */
export function replayFrom(path: string): NativeHost {
  return new Replay(readRecording(textOf(path))).host
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) throw new HcnError('ERR_RECORDING_INVALID', `the recording has ${size} bytes, more than ${MAX_BYTES}`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (HcnError.is(error)) throw error
    if (error instanceof TypeError) throw new HcnError('ERR_RECORDING_INVALID', 'the recording is not UTF-8', { cause: error })
    throw invalidArgument('replay', path, `it cannot be read (${reasonOf(error)})`)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
