import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { VfpctrlProgram } from '../../lib/system-switch/program.js'
import { parseCommand } from '../../lib/vfpctrl/command.js'
import { rejects } from '../support/rejects.js'
import { hasScripts, StandIn } from './support/stand-in.js'

const LIST = parseCommand(['/list-vmswitch-port'])
const describeHere = hasScripts ? describe : describe.skip

/** Whether the process is there; once it has been waited for it is not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('vfpctrl.exe', () => {
  it('that is not there is named, with what brings it', async () => {
    const program = new VfpctrlProgram({ path: '/no/such/folder/vfpctrl.exe' })
    await rejects(program.run(LIST), 'ERR_PROGRAM_MISSING', /\/no\/such\/folder\/vfpctrl\.exe does not start \(ENOENT\)/)
  })

  if (process.platform !== 'win32') {
    it('is looked for in the system directory, not in the path', async () => {
      await rejects(new VfpctrlProgram().run(LIST), 'ERR_PROGRAM_MISSING', /System32\\vfpctrl\.exe/)
    })
  }
})

describeHere('a program in the place of vfpctrl.exe', () => {
  let standIn: StandIn
  let program: VfpctrlProgram

  beforeEach(() => {
    standIn = new StandIn()
    program = new VfpctrlProgram({ path: standIn.path })
  })
  afterEach(async () => {
    await program.close()
    standIn.remove()
  })

  /** The process that hangs, once it does. */
  async function hanging(): Promise<number> {
    const file = join(standIn.folder, 'pid')
    while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise(setImmediate)
    return Number(readFileSync(file, 'utf8'))
  }

  it('gets its words as they are: there is no shell between', async () => {
    const port = '$(touch /tmp/never) & | > %PATH% * "'.replace('"', "'")
    await rejects(program.run(parseCommand(['/port', port, '/list-layer'])), 'ERR_PROGRAM_FAILED')
    assert.equal(readFileSync(join(standIn.folder, 'calls'), 'utf8'), `/port ${port} /list-layer\n`)
  })

  it('is heard', async () => {
    standIn.answer('/list-vmswitch-port', 'said\r\n')
    assert.equal(await program.run(LIST), 'said\r\n')
  })

  it('may not be run, fails, says nothing, or complains elsewhere: each has its code', async () => {
    await rejects(new VfpctrlProgram({ path: '/dev/null' }).run(LIST), 'ERROR_ACCESS_DENIED', /administrator/)
    standIn.mode('fails')
    await rejects(program.run(LIST), 'ERR_PROGRAM_FAILED', /the device is busy/)
    standIn.mode('denied')
    await rejects(program.run(LIST), 'ERROR_ACCESS_DENIED', /administrator/)
    standIn.mode('silent')
    await rejects(program.run(LIST), 'ERR_PROGRAM_FAILED', /status 3/)
    standIn.mode('complains')
    await rejects(program.run(LIST), 'ERR_PROGRAM_FAILED', /said elsewhere/)
  })

  it('that hangs is ended when its time is over', async () => {
    standIn.mode('hangs')
    const patient = new VfpctrlProgram({ path: standIn.path, patience: 200 })
    await rejects(patient.run(LIST), 'ERR_TIMEOUT', /200 ms/)
  })

  it('that hangs is ended when nobody waits for it', async () => {
    standIn.mode('hangs')
    const waiting = new AbortController()
    const run = program.run(LIST, waiting.signal)
    const pid = await hanging()
    waiting.abort(new Error('enough'))
    await assert.rejects(run, /enough/)
    assert.equal(lives(pid), false)
  })

  it('is not started for somebody who has gone', async () => {
    await assert.rejects(program.run(LIST, AbortSignal.abort(new Error('gone'))), /gone/)
    assert.equal(existsSync(join(standIn.folder, 'calls')), false)
  })

  it('is ended with its host', async () => {
    standIn.mode('hangs')
    const run = program.run(LIST)
    const ended = rejects(run, 'ERR_HOST_CLOSED')
    const pid = await hanging()
    await program.close()
    await ended
    assert.equal(lives(pid), false)
    await rejects(program.run(LIST), 'ERR_HOST_CLOSED')
  })
})
