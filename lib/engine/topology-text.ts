import { clip, columns, flow, padTo, type Style, type Terminal, type TerminalOptions, terminal } from './terminal.js'
import { isBackend, type Topology, type TopologyMember, type TopologyNetwork, type TopologyService } from './topology.js'

export type TopologyTextOptions = TerminalOptions

const SERVICE_STYLES: readonly Style[] = ['cyan', 'magenta', 'yellow', 'blue']
const CARD_GAP = 2

/** The host's networks, compartments and services, drawn with box characters. Ends without a newline. */
export function topologyText(topology: Topology, options: TopologyTextOptions = {}): string {
  const screen = terminal(options)
  const styles = new Map(topology.services.map((service, i) => [service, SERVICE_STYLES[i % SERVICE_STYLES.length] as Style]))
  const networks = topology.networks.flatMap((network) => drawNetwork(screen, network, topology.services, styles))
  const services = topology.services.flatMap((service) => drawService(screen, service, styles.get(service) as Style))
  return [...(networks.length === 0 ? ['no networks'] : networks), ...services].join('\n')
}

function drawNetwork(
  screen: Terminal,
  network: TopologyNetwork,
  services: readonly TopologyService[],
  styles: ReadonlyMap<TopologyService, Style>,
): readonly string[] {
  const subnets = network.subnets.map(({ prefix, gateway }) => (gateway === undefined ? prefix : `${prefix} via ${gateway}`))
  const uplink = network.adapter === undefined ? 'no uplink' : `uplink ${network.adapter}`
  const inner = screen.width - 4
  const title = clip(inner - 2, ` ${network.name} · ${network.type} · ${[...subnets, uplink].join(' · ')} `)
  const top = `╭─${screen.paint('bold', title)}${'─'.repeat(Math.max(0, screen.width - 3 - columns(title)))}╮`
  const cards = network.members.map((member) => drawMember(screen, member, services, styles, inner))
  const rows = cardRows(cards, inner).flatMap((row) => joinCards(row))
  const body = rows.length === 0 ? [screen.paint('dim', 'no endpoints')] : rows
  return [top, ...body.map((line) => `│ ${padTo(inner, line)} │`), `╰${'─'.repeat(screen.width - 2)}╯`]
}

type Card = readonly string[]

function drawMember(
  screen: Terminal,
  member: TopologyMember,
  services: readonly TopologyService[],
  styles: ReadonlyMap<TopologyService, Style>,
  available: number,
): Card {
  const limit = Math.min(available - 4, 36)
  const { allow, block } = member.acls
  const acls = allow + block === 0 ? [] : [`ACL ${screen.paint('green', `${allow} allow`)} ${screen.paint('red', `${block} block`)}`]
  const backs = services.flatMap((service) =>
    service.backends
      .filter((backend) => isBackend(member, backend.endpointId))
      .map(({ targets }) => {
        const ports = [...new Set(targets.map((target) => target.slice(target.lastIndexOf(':'))))].join(' ')
        return screen.paint(styles.get(service) as Style, clip(limit, `◆ ${service.name} ${ports}`))
      }),
  )
  const lines = [
    ...flow(limit, member.addresses),
    ...flow(limit, member.containers, ' + ').map((line) => screen.paint('dim', line)),
    ...acls,
    ...member.portMappings.map((mapping) => clip(limit, `host ${mapping}`)),
    ...backs,
  ]
  const kind = member.kind === 'compartment' ? '' : ` (${member.kind === 'remote' ? 'remote' : 'not attached'})`
  const name = clip(limit, `${member.name}${kind}`)
  const width = Math.max(columns(name) + 1, ...lines.map(columns))
  return [
    `┌ ${screen.paint('bold', name)} ${'─'.repeat(width - columns(name))}┐`,
    ...lines.map((line) => `│ ${padTo(width, line)} │`),
    `└${'─'.repeat(width + 2)}┘`,
  ]
}

function cardRows(cards: readonly Card[], width: number): readonly (readonly Card[])[] {
  const rows: Card[][] = []
  let used = width
  for (const card of cards) {
    const needed = columns(card[0] ?? '') + CARD_GAP
    const row = rows.at(-1)
    if (row !== undefined && used + needed <= width) {
      row.push(card)
      used += needed
    } else {
      rows.push([card])
      used = needed - CARD_GAP
    }
  }
  return rows
}

/** Cards side by side, shorter ones filled up at the bottom. */
function joinCards(cards: readonly Card[]): readonly string[] {
  const height = Math.max(...cards.map((card) => card.length))
  const filled = cards.map((card) => {
    const width = columns(card[0] ?? '')
    const blank = Array<string>(height - card.length).fill(' '.repeat(width))
    return [...card.map((line) => padTo(width, line)), ...blank]
  })
  return Array.from({ length: height }, (_, i) => filled.map((card) => card[i]).join(' '.repeat(CARD_GAP)))
}

function drawService(screen: Terminal, service: TopologyService, style: Style): readonly string[] {
  const backends = service.backends.map(({ member, targets }) => `${member} ${[...new Set(targets)].join(' ')}`)
  const head = `◆ ${service.name}  ${service.frontends.join(', ')}`
  const arrow = '  → '
  const lines = flow(screen.width - arrow.length, backends.length === 0 ? ['no backends'] : backends)
  return [screen.paint(style, clip(screen.width, head)), ...lines.map((line, i) => `${i === 0 ? arrow : '    '}${line}`)]
}
