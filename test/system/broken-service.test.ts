import assert from 'node:assert/strict'
import { type EventStream, HcnError, HostNetworking } from '../../lib/index.js'
import { loadBinding } from '../../lib/native/load.js'
import { rejects } from '../support/rejects.js'

/** test/windows/broken_hcn.c reads it at each call. */
const VARIABLE = 'HNS_BROKEN'
const describeHere = process.env.HNS_VFP_TEST_PROVIDER === 'broken' ? describe : describe.skip

describeHere("a Windows' service that does everything wrong", () => {
  let hns: HostNetworking

  beforeEach(async () => {
    delete process.env[VARIABLE]
    hns = await HostNetworking.open({ provider: 'system' })
  })
  afterEach(async () => {
    delete process.env[VARIABLE]
    await hns.close()
  })
  const breakIt = (mode: string) => {
    process.env[VARIABLE] = mode
  }

  it('tells its version all the same', () => {
    assert.deepEqual([hns.provider, hns.ports, hns.version], ['system', 'system', { major: 13, minor: 3 }])
    assert.equal(hns.features.tierAcl, false)
  })

  it('is stopped: every call has its code, though there is no error record', async () => {
    breakIt('fails')
    await rejects(hns.networks.list(), 'HCN_E_MANAGER_STOPPED')
    await rejects(hns.namespaces.create({}), 'HCN_E_MANAGER_STOPPED')
    // "Restarting" is never "not found".
    await assert.rejects(hns.networks.open('6F9619FF-8B86-D011-B42D-00CF4FC964FF'), (error) => !HcnError.isNotFound(error))
  })

  it('is stopped, or hangs, when the host is opened: that is told, and nothing stays open', async () => {
    breakIt('stopped')
    await rejects(HostNetworking.open({ provider: 'system' }), 'HCN_E_MANAGER_STOPPED')
    breakIt('hangs')
    await rejects(HostNetworking.open({ provider: 'system', timeout: 500 }), 'ERR_TIMEOUT')
    delete process.env[VARIABLE]
    assert.deepEqual(await hns.networks.list(), [])
  })

  it('writes error records that are no JSON: the code is that of the call', async () => {
    breakIt('garbage-record')
    await rejects(hns.networks.list(), 'HCN_E_MANAGER_STOPPED')
  })

  it('says that it succeeded and gives nothing but an error record', async () => {
    breakIt('record-only')
    await rejects(hns.networks.list(), 'ERR_INVALID_ANSWER', /no JSON/)
  })

  for (const mode of ['malformed', 'wrong-shape']) {
    it(`answers with ${mode} text: it is told, with what was read`, async () => {
      breakIt(mode)
      await rejects(hns.networks.list(), 'ERR_INVALID_ANSWER', /the service answered/)
      await rejects(hns.endpoints.open('6F9619FF-8B86-D011-B42D-00CF4FC964FF'), 'ERR_INVALID_ANSWER')
    })
  }

  it('hangs for ten seconds under a deadline of one: the loop goes on, and so do other calls', async () => {
    const other = await HostNetworking.open({ provider: 'system' })
    breakIt('hangs')
    const begun = process.hrtime.bigint()
    const late = hns.networks.list({ timeout: 1000 })
    let turns = 0
    const turning = setInterval(() => ++turns, 10)
    await rejects(late, 'ERR_TIMEOUT')
    clearInterval(turning)
    assert.ok(process.hrtime.bigint() - begun < 9_000_000_000n)
    assert.ok(turns > 10)
    delete process.env[VARIABLE]
    assert.deepEqual(await other.networks.list(), [])
    await other.close()
  })

  it('notifies after a callback has been unregistered: nobody hears it', async () => {
    const native = await loadBinding().openSystemHost()
    let heard = 0
    const callback = await native.registerServiceCallback(() => {
      heard += 1
    })
    breakIt('late-callback')
    await native.enumerateNetworks('')
    await native.enumerateNetworks('')
    assert.equal(heard, 2)
    await native.unregisterServiceCallback(callback)
    await native.enumerateNetworks('')
    await native.close()
    assert.equal(heard, 2)
  })

  it('notifies after the host has been closed: nobody hears it', async () => {
    const native = await loadBinding().openSystemHost()
    let heard = 0
    await native.registerServiceCallback(() => {
      heard += 1
    })
    await native.close()
    breakIt('late-callback')
    await hns.networks.list()
    delete process.env[VARIABLE]
    assert.deepEqual(await hns.networks.list(), [])
    assert.equal(heard, 0)
  })

  it('has events that end when the host is closed', async () => {
    const events: EventStream = hns.events()
    await events.ready
    await hns.close()
    assert.equal((await events.next()).value?.kind, 'serviceDisconnected')
  })

  it('has no vfpctrl.exe to look into its switch: it is named', async () => {
    await rejects(hns.vfp.ports(), 'ERR_PROGRAM_MISSING', /System32\\vfpctrl\.exe/i)
    await rejects(hns.vfp.text('/list-vmswitch-port'), 'ERR_PROGRAM_MISSING')
  })
})
