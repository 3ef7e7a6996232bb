import assert from 'node:assert/strict'
import { HcnError } from '../../lib/index.js'
import type { NativeHost } from '../../lib/native/hcn-calls.js'
import { refuseExtensions } from '../../lib/native/refuse-extensions.js'

describe('a service that would pass over our extensions', () => {
  const made: unknown[][] = []
  const service = {
    createEndpoint: async (...given: unknown[]) => made.push(['createEndpoint', ...given]),
    modifyEndpoint: async (...given: unknown[]) => made.push(['modifyEndpoint', ...given]),
    deleteEndpoint: async (...given: unknown[]) => made.push(['deleteEndpoint', ...given]),
  } as unknown as NativeHost
  const host = refuseExtensions(service)
  const endpoint = {} as Parameters<NativeHost['modifyEndpoint']>[0]
  const qos = (settings: object) => JSON.stringify({ Policies: [{ Type: 'QOS', Settings: settings }] })
  beforeEach(() => void made.splice(0))

  it('is not asked for one', async () => {
    const settings = qos({ MaximumOutgoingBandwidthInBytes: 0, MaximumIncomingBandwidthInBytes: 5 })
    for (const call of [() => host.createEndpoint(endpoint, 'id', settings), () => host.modifyEndpoint(endpoint, settings)]) {
      await assert.rejects(call, (error) => HcnError.is(error) && error.code === 'ERR_NOT_SUPPORTED')
    }
    assert.deepEqual(made, [])
  })

  it('is asked for all else as it was', async () => {
    const settings = qos({ MaximumOutgoingBandwidthInBytes: 5 })
    await host.modifyEndpoint(endpoint, settings)
    await host.deleteEndpoint('id')
    assert.deepEqual(made, [
      ['modifyEndpoint', endpoint, settings],
      ['deleteEndpoint', 'id'],
    ])
  })
})
