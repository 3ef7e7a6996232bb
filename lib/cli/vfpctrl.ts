import { HcnError, HostNetworking, type OpenOptions } from '../index.js'

/**
 * `hns vfpctrl SWITCHES`: prints what `hns.vfp.text()` gives; the result is the exit status.
 *
 * @throws HcnError `ERR_INVALID_ARGUMENT`, and what opening the host and the listing say.
 */
export async function vfpctrl(args: readonly string[], json: boolean, print: (text: string) => void): Promise<number> {
  const { words, state } = readArguments(args)
  const hns = await HostNetworking.open(hostOf(state))
  try {
    print(await hns.vfp.text(json ? [...words, '/format', '1'] : words))
    return 0
  } finally {
    await hns.close()
  }
}

function readArguments(args: readonly string[]): { readonly words: readonly string[]; readonly state: string | undefined } {
  const at = args.indexOf('--state')
  if (at < 0) return { words: args, state: process.env.HNS_VFP_STATE }
  const state = args[at + 1]
  if (state === undefined) throw new HcnError('ERR_INVALID_ARGUMENT', '--state: a folder is wanted after it')
  return { words: args.filter((_, i) => i !== at && i !== at + 1), state }
}

function hostOf(state: string | undefined): OpenOptions {
  if (state !== undefined && state !== '') return { provider: 'embedded', state }
  if (process.platform === 'win32') return { provider: 'system' }
  const message =
    "hns vfpctrl: the machine's own switch is Windows'; here --state DIR names the folder that keeps an embedded host's objects"
  throw new HcnError('ERR_INVALID_ARGUMENT', message)
}
