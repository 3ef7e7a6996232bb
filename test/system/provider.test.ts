import assert from 'node:assert/strict'
import { HostNetworking } from '../../lib/index.js'
import { rejects } from '../support/rejects.js'

const isSystem = process.env.HNS_VFP_TEST_PROVIDER === 'system'

describe("the machine's own HNS", () => {
  if (process.platform !== 'win32') {
    it('is a service of Windows: elsewhere it is refused by name', async () => {
      await rejects(HostNetworking.open({ provider: 'system' }), 'ERR_NOT_SUPPORTED', /provider `system`.*Windows/)
    })
  }

  it('takes no options of an embedded host', async () => {
    await rejects(HostNetworking.open({ provider: 'system', seed: 1 }), 'ERR_INVALID_ARGUMENT', /seed/)
  })

  if (isSystem) {
    it('is what opens without a provider, and tells its version and what it can do', async () => {
      const hns = await HostNetworking.open()
      assert.equal(hns.provider, 'system')
      // As HNS_VFP_PROFILE has it: `latest`.
      assert.deepEqual(hns.version, { major: 15, minor: 4 })
      assert.deepEqual([hns.features.l4WfpProxy, hns.features.tierAcl], [true, true])
      await hns.close()
    })

    it('makes a pod, a service and a rule through the facade', async () => {
      const hns = await HostNetworking.open({ provider: 'system' })
      const network = await hns.networks.create({
        name: 'facade',
        type: 'L2Bridge',
        subnets: [{ prefix: '10.7.0.0/16', gateway: '10.7.0.1' }],
      })
      const web = await hns.pods.create({ name: 'web', network })
      await hns.loadBalancers.create({
        frontendVips: ['10.96.7.1'],
        backends: [web.endpoint],
        ports: [{ protocol: 'tcp', external: 80, internal: 8080 }],
      })
      const again = await hns.endpoints.open(web.endpoint.id)
      assert.deepEqual(again.addresses, web.endpoint.addresses)
      assert.equal((await hns.loadBalancers.list()).length, 1)
      for (const balancer of await hns.loadBalancers.list()) await balancer.delete()
      await web.delete()
      await network.delete()
      assert.deepEqual(
        (await hns.networks.list()).filter(({ name }) => name === 'facade'),
        [],
      )
      await hns.close()
    })
  }
})
