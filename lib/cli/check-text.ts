import type { MachineCheck } from '../index.js'

export function checkText(check: MachineCheck): string {
  const mark = (works: boolean) => (works ? '✓' : '✗')
  const { addon, linuxPorts } = check
  const driver =
    'ports' in linuxPorts && linuxPorts.ports !== null ? ` (${linuxPorts.ports === 'tap' ? 'TAP devices' : 'packet sockets'})` : ''
  const lines = [
    `${check.platform}, Node.js ${check.node}`,
    `${mark(addon.works)} addon${addon.problem === undefined ? '' : `: ${addon.problem}`}`,
    `${mark(check.memoryPorts)} memory ports`,
    `${mark(linuxPorts.available)} Linux ports${driver}`,
    ...linuxPorts.missing.map((sentence) => `    ${sentence}`),
  ]
  return `${lines.join('\n')}\n`
}
