import { HostNetworking } from '../index.js'
import { checkText } from './check-text.js'
import { packageVersion } from './package-version.js'
import { vfpctrl } from './vfpctrl.js'

const USAGE = `usage: hns COMMAND [--json]

  check     what this machine can do: the addon, and network namespaces for Linux ports
  version   versions of the package, of Node.js and of Node-API
  vfpctrl   what vfpctrl.exe prints, by its own switches: hns vfpctrl /port ID /list-layer
            on Windows of the machine's switch; with --state DIR (or HNS_VFP_STATE) of
            the embedded host whose objects that folder keeps
  help      this text

--json prints one JSON document instead of text.
`

const USAGE_ERROR = 2

/** Runs a command line; the result is the exit status. */
export async function run(args: readonly string[], print: (text: string) => void): Promise<number> {
  const json = args.includes('--json')
  const [command = 'help', ...rest] = args.filter((argument) => argument !== '--json')
  if (command === 'vfpctrl') return vfpctrl(rest, json, print)
  if (rest.length > 0) {
    print(`hns ${command}: \`${rest[0]}\` is one argument too many\n\n${USAGE}`)
    return USAGE_ERROR
  }
  switch (command) {
    case 'check': {
      const check = await HostNetworking.check()
      print(json ? `${JSON.stringify(check, null, 2)}\n` : checkText(check))
      return check.addon.works ? 0 : 1
    }
    case 'version':
    case '--version': {
      const versions = { 'hns-vfp': await packageVersion(), node: process.versions.node, napi: process.versions.napi ?? '' }
      print(
        json
          ? `${JSON.stringify(versions, null, 2)}\n`
          : Object.entries(versions)
              .map(([name, version]) => `${name} ${version}\n`)
              .join(''),
      )
      return 0
    }
    case 'help':
    case '--help':
    case '-h':
      print(json ? `${JSON.stringify({ usage: USAGE })}\n` : USAGE)
      return 0
    default:
      print(`hns: there is no command \`${command}\`\n\n${USAGE}`)
      return USAGE_ERROR
  }
}
