import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { acl, HcnError, HostNetworking, type OpenOptions } from '../../lib/index.js'
import { readRecording } from '../../lib/recording/format.js'
import { propertyRuns } from '../support/property.js'
import { rejects } from '../support/rejects.js'

const SUBNETS = [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }]

/** What a tool might do; returns what it saw. */
async function program(hns: HostNetworking): Promise<unknown> {
  const events = hns.events()
  await events.ready
  const network = await hns.networks.create({ name: 'pods', subnets: SUBNETS })
  const endpoints = await Promise.all(['a', 'b', 'c'].map((name) => hns.endpoints.create({ network, name })))
  await endpoints[1]?.addPolicies([acl({ action: 'allow', direction: 'in', priority: 1000 })])
  const pod = await hns.pods.create({ name: 'web', network })
  await pod.addContainer('nginx')
  const missing = await hns.networks.open('5f3e0000-1111-4222-8333-444455556666').then(
    () => 'found',
    ({ code, message }) => ({ code, message }),
  )
  const guest = await hns.guestNetworkServices.create({ name: 'wsl' })
  const states: unknown[] = []
  const watch = await guest.watch((change) => states.push(change))
  await guest.setState('Bootstrapping')
  await watch.close()
  const range = await guest.reservePortRange(100)
  const ports = [range.firstPort, range.lastPort]
  await range.release()
  await endpoints[2]?.delete()
  const listed = (await hns.endpoints.list()).map(({ name, document }) => ({
    name,
    policies: document.Policies?.length ?? 0,
    ips: document.IpConfigurations,
  }))
  const first = await events.next()
  await events.return()
  return {
    listed: listed.sort((one, other) => one.name.localeCompare(other.name)),
    missing,
    states,
    ports,
    first: first.value?.kind,
    own: network.id === network.document.ID,
  }
}

describe('a recording', () => {
  let folder: string
  let file: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hns-vfp-recording-'))
    file = join(folder, 'calls.jsonl')
  })
  after(() => rm(folder, { recursive: true }))

  async function run<Result>(options: OpenOptions, work: (hns: HostNetworking) => Promise<Result>): Promise<Result> {
    const hns = await HostNetworking.open(options)
    try {
      return await work(hns)
    } finally {
      await hns.close()
    }
  }

  const recordProgram = () => run({ provider: 'embedded', seed: 3, record: file }, program)

  it('answers the same program as the host did, with documents, errors and notifications', async () => {
    const seen = await recordProgram()

    assert.deepEqual(await run({ replay: file }, program), seen)
    assert.deepEqual(await run({ replay: file }, program), seen)
  })

  it('has every call and its answer, in lines of JSON that only their owner reads', async () => {
    await recordProgram()

    const lines = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

    assert.deepEqual(lines[0], { format: 'hns-vfp recording', version: 1 })
    const calls = lines.filter((line) => 'call' in line)
    assert.ok(calls.some(({ name }) => name === 'createEndpoint'))
    assert.equal(lines.filter((line) => 'answer' in line).length, calls.length)
    assert.ok(lines.some((line) => 'notification' in line))
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  it('tells a program that does something else what it did and what was recorded', async () => {
    await run({ provider: 'embedded', record: file }, (hns) => hns.networks.create({ name: 'pods', subnets: SUBNETS }))

    const other = run({ replay: file }, (hns) => hns.networks.create({ name: 'other', subnets: SUBNETS }))
    await rejects(other, 'ERR_REPLAY_DIFFERS', /createNetwork\(.*other.*createNetwork\(.*pods/)
    await rejects(
      run({ replay: file }, (hns) => hns.namespaces.list()),
      'ERR_REPLAY_DIFFERS',
      /enumerateNamespaces.*createNetwork/,
    )
    const more = run({ replay: file }, async (hns) => {
      await hns.networks.create({ name: 'pods', subnets: SUBNETS })
      await hns.networks.list()
    })
    await rejects(more, 'ERR_REPLAY_DIFFERS', /enumerateNetworks.*the recording ends before it/)
  })

  it('has no switch and no clock', async () => {
    await recordProgram()
    await rejects(
      run({ replay: file }, (hns) => hns.vfp.ports()),
      'ERR_NOT_SUPPORTED',
    )
  })

  it('leaves a call waiting that was never answered, until the host is closed', async () => {
    await writeFile(file, `${HEAD}\n${JSON.stringify({ call: 0, name: 'enumerateNetworks', arguments: [QUERY] })}\n`)
    const hns = await HostNetworking.open({ replay: file })
    const waiting = assert.rejects(hns.networks.list(), { code: 'HCN_E_MANAGER_STOPPED' })
    await rejects(hns.networks.list({ timeout: 10 }), 'ERR_REPLAY_DIFFERS')
    await hns.close()
    await waiting
  })

  it('is refused when the file is none, with the line and what is wrong', async () => {
    await rejects(HostNetworking.open({ replay: join(folder, 'none') }), 'ERR_INVALID_ARGUMENT', /cannot be read/)
    await rejects(
      HostNetworking.open({ provider: 'embedded', record: join(folder, 'no', 'where') }),
      'ERR_INVALID_ARGUMENT',
      /cannot be written/,
    )
    await rejects(HostNetworking.open({ replay: file, seed: 1 }), 'ERR_INVALID_ARGUMENT', /open\.seed/)
    await writeFile(file, Buffer.from([0xff, 0x0a]))
    await rejects(HostNetworking.open({ replay: file }), 'ERR_RECORDING_INVALID', /UTF-8/)
  })

  for (const [what, text, message] of WRONG()) {
    it(`with ${what} is refused`, () => {
      assert.throws(
        () => readRecording(text),
        (error) => HcnError.is(error, 'ERR_RECORDING_INVALID') && message.test(error.message),
      )
    })
  }

  it('whose last line was cut off counts up to there', () => {
    const whole = `${HEAD}\n${JSON.stringify({ call: 0, name: 'deleteNetwork', arguments: ['x'] })}\n`
    assert.equal(readRecording(`${whole}{"answer":`).length, 1)
  })

  it('of any text at all is read, or refused with one code (property)', async () => {
    await recordProgram()
    const lines = (await readFile(file, 'utf8')).split('\n')
    const line = fc.oneof(fc.constantFrom(...lines), fc.json(), fc.string())
    const spliced = fc
      .tuple(fc.nat({ max: lines.length }), fc.nat({ max: 3 }), fc.array(line, { maxLength: 3 }))
      .map(([at, away, added]) => [...lines.slice(0, at), ...added, ...lines.slice(at + away)].join('\n'))
    const cut = fc.nat({ max: lines.join('\n').length }).map((length) => lines.join('\n').slice(0, length))
    fc.assert(
      fc.property(fc.oneof(spliced, cut, fc.string()), (text) => {
        try {
          readRecording(text)
        } catch (error) {
          assert.ok(HcnError.is(error, 'ERR_RECORDING_INVALID'), String(error))
        }
      }),
      { numRuns: propertyRuns() },
    )
  })
})

const HEAD = JSON.stringify({ format: 'hns-vfp recording', version: 1 })
const QUERY = JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 }, Flags: 0 })

function WRONG(): readonly (readonly [string, string, RegExp])[] {
  const head = JSON.stringify({ format: 'hns-vfp recording', version: 1 })
  const open = JSON.stringify({ call: 0, name: 'openNetwork', arguments: ['x'] })
  const of = (...lines: unknown[]) => [head, open, ...lines.map((line) => JSON.stringify(line)), ''].join('\n')
  return [
    ['no line', '', /^line 1/],
    ['another format', '{"format":"x"}\n', /^line 1.*format/],
    ['a newer version', '{"format":"hns-vfp recording","version":2}\n', /^line 1.*`version` is 2/],
    ['a line that is no JSON', `${head}\n{\n`, /^line 2.*no JSON/],
    ['a line that is no object', `${head}\n[]\n`, /^line 2.*no object/],
    ['a line of no kind', of({}), /^line 3.*none of/],
    ['a call out of turn', of({ call: 3, name: 'openNetwork', arguments: ['x'] }), /^line 3.*not 1/],
    ['a call of no name we know', of({ call: 1, name: 'toString', arguments: [] }), /no call of HCN/],
    ['a handle nobody gave', of({ call: 1, name: 'closeNetwork', arguments: [{ handle: 7 }] }), /given by no call/],
    ['a handle from a call that is not answered', of({ call: 1, name: 'closeNetwork', arguments: [{ handle: 0 }] }), /given by no call/],
    ['no handle where one is wanted', of({ call: 1, name: 'closeNetwork', arguments: [] }), /missing/],
    ['two answers to one call', of({ answer: 0 }, { answer: 0 }), /^line 4.*no call that waits/],
    ['an answer without its text', of({ call: 1, name: 'enumerateNetworks', arguments: [''] }, { answer: 1 }), /no text/],
    ['an error that is none', of({ answer: 0, error: { hresult: 0, message: '', record: null } }), /failing HRESULT/],
    ['a notification of no registration', of({ notification: 0, type: 2, status: 0, data: null }), /no registration/],
  ]
}
