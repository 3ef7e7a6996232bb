import { ALLOW, BLOCK, CARD, FAINT, LINE, PANEL, SERVICE_COLORS, svgBox, svgDocument, svgText, textWidth } from './svg.js'
import { isBackend, type Topology, type TopologyMember, type TopologyNetwork, type TopologyService } from './topology.js'

const MARGIN = 24
const CARD_WIDTH = 208
const CARD_GAP = 20
const CARDS_PER_ROW = 5
const LINE_HEIGHT = 19
const SERVICE_HEAD = 44

interface Placed {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Colored {
  readonly service: TopologyService
  readonly color: string
}

/** The host's networks, compartments and services as a picture with a legend. */
export function topologySvg(topology: Topology): string {
  const services = topology.services.map((service, i): Colored => ({ service, color: SERVICE_COLORS[i % SERVICE_COLORS.length] ?? FAINT }))
  const widest = Math.max(
    1,
    ...topology.networks.map(({ members }) => Math.min(CARDS_PER_ROW, members.length)),
    Math.min(CARDS_PER_ROW, services.length),
  )
  const width = Math.max(640, widest * (CARD_WIDTH + CARD_GAP) - CARD_GAP + 4 * MARGIN)
  const { parts: serviceParts, places, bottom } = drawServices(services, width)
  const parts: string[] = []
  const wires: string[] = []
  let y = bottom
  for (const network of topology.networks) {
    const drawn = drawNetwork(network, services, y, width)
    parts.push(...drawn.parts)
    wires.push(...drawWires(services, places, drawn.cards))
    y = drawn.bottom + MARGIN
  }
  const legend = drawLegend(services, y + 4)
  const title = `Networks ${topology.networks.map(({ name }) => name).join(', ')} and services ${services.map(({ service }) => service.name).join(', ')}`
  return svgDocument(width, y + 36, title, [...parts, ...wires, ...serviceParts, ...legend])
}

function drawServices(services: readonly Colored[], width: number) {
  const parts: string[] = []
  const places = new Map<TopologyService, Placed>()
  if (services.length === 0) return { parts, places, bottom: MARGIN }
  const perRow = Math.min(services.length, Math.max(1, Math.floor((width - 2 * MARGIN + CARD_GAP) / (CARD_WIDTH + CARD_GAP))))
  const height = SERVICE_HEAD + LINE_HEIGHT * Math.max(...services.map(({ service }) => service.frontends.length)) - 6
  services.forEach(({ service, color }, i) => {
    const inRow = Math.min(perRow, services.length - Math.floor(i / perRow) * perRow)
    const rowWidth = inRow * (CARD_WIDTH + CARD_GAP) - CARD_GAP
    const place = {
      x: (width - rowWidth) / 2 + (i % perRow) * (CARD_WIDTH + CARD_GAP),
      y: MARGIN + Math.floor(i / perRow) * (height + CARD_GAP),
      width: CARD_WIDTH,
      height,
    }
    places.set(service, place)
    parts.push(
      svgBox(place.x, place.y, CARD_WIDTH, height, CARD, color),
      `<rect x="${place.x}" y="${place.y}" width="6" height="${height}" rx="3" fill="${color}"/>`,
      svgText(place.x + 18, place.y + 23, service.name, { size: 15, weight: 600, fill: color }),
      ...service.frontends.map((frontend, line) =>
        svgText(place.x + 18, place.y + SERVICE_HEAD + line * LINE_HEIGHT, frontend, { mono: true, size: 12.5 }),
      ),
    )
  })
  const rows = Math.ceil(services.length / perRow)
  return { parts, places, bottom: MARGIN + rows * (height + CARD_GAP) + 36 }
}

function drawNetwork(network: TopologyNetwork, services: readonly Colored[], top: number, width: number) {
  const parts: string[] = []
  const cards: { readonly member: TopologyMember; readonly place: Placed }[] = []
  const subnets = network.subnets.map(({ prefix, gateway }) => (gateway === undefined ? prefix : `${prefix} via ${gateway}`)).join(', ')
  const busY = top + 30
  let y = busY + 40
  for (let start = 0; start < network.members.length; start += CARDS_PER_ROW) {
    const row = network.members.slice(start, start + CARDS_PER_ROW)
    const height = Math.max(...row.map((member) => cardHeight(member, services)))
    const rowWidth = row.length * (CARD_WIDTH + CARD_GAP) - CARD_GAP
    row.forEach((member, i) => {
      const place = { x: (width - rowWidth) / 2 + i * (CARD_WIDTH + CARD_GAP), y, width: CARD_WIDTH, height }
      cards.push({ member, place })
      const port = place.x + CARD_WIDTH / 2
      parts.push(`<line x1="${port}" y1="${start === 0 ? busY : y - 14}" x2="${port}" y2="${y}" stroke="${LINE}" stroke-width="3"/>`)
      parts.push(...drawCard(member, services, place))
    })
    y += height + 28
  }
  // Its name stands below the cards: above them it would be under the wires.
  const bottom = Math.max(y, busY + 28) + 26
  const uplink = network.adapter === undefined ? 'no uplink' : `uplink ${network.adapter}`
  const frame = [
    svgBox(MARGIN, top, width - 2 * MARGIN, bottom - top, PANEL),
    svgText(MARGIN + 18, bottom - 18, network.name, { size: 16, weight: 600 }),
    svgText(MARGIN + 30 + textWidth(network.name, 16.5), bottom - 18, `${network.type} · ${subnets}`, { fill: FAINT }),
    svgText(width - MARGIN - 18, bottom - 18, uplink, { fill: FAINT, anchor: 'end' }),
    `<line x1="${MARGIN + 18}" y1="${busY}" x2="${width - MARGIN - 18}" y2="${busY}" stroke="${FAINT}" stroke-width="7" stroke-linecap="round"/>`,
  ]
  return { parts: [...frame, ...parts], cards, bottom }
}

function cardLines(member: TopologyMember, services: readonly Colored[]) {
  const backs = services.flatMap(({ service, color }) =>
    service.backends
      .filter(({ endpointId }) => isBackend(member, endpointId))
      .map(({ targets }) => {
        const ports = [...new Set(targets.map((target) => target.slice(target.lastIndexOf(':'))))].join(' ')
        return { text: `${service.name} ${ports}`, color }
      }),
  )
  return { backs, containers: member.containers }
}

function cardHeight(member: TopologyMember, services: readonly Colored[]): number {
  const { backs, containers } = cardLines(member, services)
  const acls = member.acls.allow + member.acls.block === 0 ? 0 : 1
  return (
    40 + LINE_HEIGHT * (member.addresses.length + acls + backs.length + member.portMappings.length) + (containers.length === 0 ? 0 : 32) + 6
  )
}

function drawCard(member: TopologyMember, services: readonly Colored[], place: Placed): readonly string[] {
  const { backs, containers } = cardLines(member, services)
  const left = place.x + 14
  const parts = [
    svgBox(place.x, place.y, place.width, place.height, CARD),
    svgText(left, place.y + 25, member.name, { size: 15, weight: 600 }),
  ]
  if (member.kind !== 'compartment') {
    parts.push(
      svgText(place.x + place.width - 12, place.y + 25, member.kind === 'remote' ? 'remote' : 'not attached', {
        size: 11,
        fill: FAINT,
        anchor: 'end',
      }),
    )
  }
  let y = place.y + 46
  for (const address of member.addresses) {
    parts.push(svgText(left, y, address, { mono: true, size: 12.5 }))
    y += LINE_HEIGHT
  }
  if (containers.length > 0) {
    let x = left
    for (const container of containers) {
      const chip = textWidth(container, 12) + 18
      if (x + chip > place.x + place.width - 10 && x > left) {
        parts.push(svgText(x, y + 4, '…', { fill: FAINT }))
        break
      }
      parts.push(svgBox(x, y - 11, chip, 22, PANEL, LINE, 11), svgText(x + chip / 2, y + 4.5, container, { size: 12, anchor: 'middle' }))
      x += chip + 6
    }
    y += 32
  }
  const { allow, block } = member.acls
  if (allow + block > 0) {
    parts.push(
      svgText(left, y, 'ACL', { size: 12, fill: FAINT }),
      svgText(left + 34, y, `${allow} allow`, { size: 12, weight: 600, fill: ALLOW }),
      svgText(left + 92, y, `${block} block`, { size: 12, weight: 600, fill: BLOCK }),
    )
    y += LINE_HEIGHT
  }
  for (const mapping of member.portMappings) {
    parts.push(svgText(left, y, `host ${mapping}`, { size: 12, fill: FAINT }))
    y += LINE_HEIGHT
  }
  for (const { text, color } of backs) {
    parts.push(
      `<circle cx="${left + 5}" cy="${y - 4}" r="5" fill="${color}"/>`,
      svgText(left + 18, y, text, { size: 12.5, fill: color, weight: 600 }),
    )
    y += LINE_HEIGHT
  }
  return parts
}

function drawWires(
  services: readonly Colored[],
  places: ReadonlyMap<TopologyService, Placed>,
  cards: readonly { readonly member: TopologyMember; readonly place: Placed }[],
): readonly string[] {
  const firstRow = Math.min(...cards.map(({ place }) => place.y))
  return services.flatMap(({ service, color }, index) => {
    const from = places.get(service)
    if (from === undefined) return []
    // A wire to a lower row would run over cards; there the coloured dot tells alone.
    const targets = cards.filter(
      ({ member, place }) => place.y === firstRow && service.backends.some(({ endpointId }) => isBackend(member, endpointId)),
    )
    return targets.map(({ place }) => {
      const x1 = from.x + from.width / 2
      const y1 = from.y + from.height
      const x2 = place.x + place.width / 2 - 24 - index * 10
      const y2 = place.y - 3
      const middle = (y1 + y2) / 2
      return [
        `<path d="M ${x1} ${y1} C ${x1} ${middle + 14}, ${x2} ${middle - 14}, ${x2} ${y2}" fill="none" stroke="${color}" stroke-width="2.5"/>`,
        `<path d="M ${x2 - 5} ${y2 - 7} L ${x2} ${y2 + 2} L ${x2 + 5} ${y2 - 7} Z" fill="${color}"/>`,
      ].join('\n')
    })
  })
}

function drawLegend(services: readonly Colored[], y: number): readonly string[] {
  const entries: (readonly [string, (x: number) => string])[] = [
    ['switch', (x) => `<line x1="${x}" y1="${y}" x2="${x + 22}" y2="${y}" stroke="${FAINT}" stroke-width="7" stroke-linecap="round"/>`],
    [
      'compartment and its port',
      (x) =>
        `<line x1="${x + 11}" y1="${y - 11}" x2="${x + 11}" y2="${y - 5}" stroke="${LINE}" stroke-width="3"/>${svgBox(x, y - 6, 22, 14, CARD, LINE, 4)}`,
    ],
    ['container', (x) => svgBox(x, y - 8, 24, 16, PANEL, LINE, 8)],
  ]
  const color = services[0]?.color
  if (color !== undefined)
    entries.push([
      'service VIP to its backends',
      (x) =>
        `<line x1="${x}" y1="${y}" x2="${x + 18}" y2="${y}" stroke="${color}" stroke-width="2.5"/><path d="M ${x + 15} ${y - 5} L ${x + 24} ${y} L ${x + 15} ${y + 5} Z" fill="${color}"/>`,
    ])
  let x = MARGIN + 18
  return entries.map(([label, symbol]) => {
    const at = x
    x += 34 + textWidth(label, 12) + 26
    return symbol(at) + svgText(at + 34, y + 4, label, { size: 12, fill: FAINT })
  })
}
