import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePcap } from './pcap.js'

/** Wireshark's severities (epan/proto.h): a warning, and all that is worse. */
const WARNING = 0x600000

/** What is missing for {@link complaints}; undefined when nothing is. */
export function whyNoTshark(): string | undefined {
  return spawnSync('tshark', ['--version']).status === 0 ? undefined : 'tshark is not installed (apt-get install tshark)'
}

/** What tshark has to say against frames, checksums validated: one line for each warning, error and wrong checksum. */
export function complaints(frames: readonly Uint8Array[]): readonly string[] {
  const wrong = ['ip', 'tcp', 'udp', 'icmp', 'icmpv6'].map((protocol) => `${protocol}.checksum.status == 0`).join(' || ')
  const filter = `(_ws.expert.severity >= ${WARNING} && !icmp.resp_not_found && !icmpv6.resp_not_found) || ${wrong}`
  return readFields(frames, ['frame.number', '_ws.col.Info', '_ws.expert.message'], filter)
}

/** What tshark reads in `fields` of each frame that `filter` lets through: a line each, tabs between fields. */
export function readFields(frames: readonly Uint8Array[], fields: readonly string[], filter = 'frame'): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'hns-vfp-tshark-'))
  try {
    const file = join(folder, 'frames.pcap')
    writeFileSync(file, writePcap(frames))
    const validated = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
    // Frames of both ends stand in one file, and of some conversations one side only.
    const settings = [...validated, '-o', 'tcp.analyze_sequence_numbers:FALSE']
    const named = fields.flatMap((field) => ['-e', field])
    const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-r', file, ...settings, '-Y', filter, '-T', 'fields', ...named], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`tshark: ${stderr}`)
    return stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
