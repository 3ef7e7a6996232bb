import type { NativeHost, VfpCalls } from '../native/hcn-calls.js'
import { VfpctrlProgram, type VfpctrlProgramOptions } from './program.js'
import { SystemSwitch } from './system-switch.js'

const VFP_CALLS: { readonly [Name in keyof Required<VfpCalls>]: true } = {
  listPorts: true,
  listLayers: true,
  listFlows: true,
  getPortCounters: true,
  explain: true,
  sendFrames: true,
  receiveFrames: true,
  startCapture: true,
  readCapture: true,
  stopCapture: true,
  describeCompartment: true,
  runVfpctrl: true,
}

/** The same host, whose switch is looked at through `vfpctrl.exe`. */
export function withSystemSwitch(host: NativeHost, options: VfpctrlProgramOptions = {}): NativeHost {
  const program = new VfpctrlProgram(options)
  const own = new SystemSwitch(program, host)
  return new Proxy(host, {
    get(target, name) {
      if (name === 'close') return async () => Promise.all([program.close(), target.close()]).then(() => undefined)
      const owner = Object.hasOwn(VFP_CALLS, name) ? own : target
      const value: unknown = Reflect.get(owner, name)
      return typeof value === 'function' ? value.bind(owner) : value
    },
  })
}
