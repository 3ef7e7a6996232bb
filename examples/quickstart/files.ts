import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Capture, explanationSvg, topologySvg } from 'hns-vfp'

import type { ObservedDocument, WrittenFile } from './document.js'

/** Writes the pictures and the capture into `folder`, which is there. */
export async function writeFiles(
  folder: string,
  { topology, explanations, switchPorts }: Pick<ObservedDocument, 'topology' | 'explanations' | 'switchPorts'>,
  capture: Capture,
): Promise<readonly WrittenFile[]> {
  const save = async (name: string, content: string | Uint8Array, about: string): Promise<WrittenFile> => {
    const path = join(folder, name)
    await writeFile(path, content)
    return { path, bytes: Buffer.byteLength(content), about }
  }
  const files = [
    await save('topology.svg', topologySvg(topology), 'the network, for a browser'),
    await save('web-1.pcapng', await capture.pcapng(), 'every frame at the port of web-1, for Wireshark'),
  ]
  const [stopped] = explanations
  if (stopped === undefined) return files
  const picture = explanationSvg(stopped.explanation, { ports: switchPorts })
  return [...files, await save('stopped.svg', picture, `the way of the packet that was stopped`)]
}
