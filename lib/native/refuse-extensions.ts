import { HcnError } from '../errors.js'
import type { NativeHost } from './hcn-calls.js'

/** Members of documents that only the embedded host has, by the calls that take them. */
const EXTENSIONS: Partial<Record<keyof NativeHost, readonly string[]>> = {
  createEndpoint: ['MaximumIncomingBandwidthInBytes'],
  modifyEndpoint: ['MaximumIncomingBandwidthInBytes'],
}

/**
 * The same host, for a service that would pass over what is an extension of the
 * embedded one: such a call is `ERR_NOT_SUPPORTED`, and not made.
 */
export function refuseExtensions(host: NativeHost): NativeHost {
  return new Proxy(host, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      const members = EXTENSIONS[name as keyof NativeHost]
      if (typeof value !== 'function') return value
      if (members === undefined) return value.bind(target)
      return async (...given: unknown[]) => {
        const document = given.at(-1)
        const member = members.find((one) => typeof document === 'string' && document.includes(`"${one}"`))
        if (member === undefined) return Reflect.apply(value, target, given)
        throw new HcnError(
          'ERR_NOT_SUPPORTED',
          `${String(name)}: \`${member}\` is an extension of the embedded host (provider: 'embedded')`,
        )
      }
    },
  })
}
