import assert from 'node:assert/strict'
import { acl, portMapping, type Topology, topologySvg, topologyText } from '../../lib/index.js'
import { createLab, type Lab } from '../../lib/testing/index.js'

describe('the topology', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await createLab({ subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }] })
    const web = await lab.addPod({
      name: 'web',
      addresses: ['10.1.0.4'],
      policies: [
        acl({ action: 'block', direction: 'in', priority: 1 }),
        acl({ action: 'allow', direction: 'in' }),
        acl({ action: 'allow', direction: 'out' }),
      ],
    })
    await web.addContainer('nginx')
    await web.addContainer('<log & ship>')
    await lab.addEndpoint('10.1.0.5', [portMapping({ protocol: 'tcp', external: 8080, internal: 80 })])
    await lab.addLoadBalancer({ frontendVips: ['10.96.0.80'], backends: ['10.1.0.4'], ports: { tcp: { 80: 8080 } } })
  })
  afterEach(() => lab.close())

  it('is what the host has, as one plain value', async () => {
    const topology = await lab.host.topology()

    const expected: Topology = {
      networks: [
        {
          name: 'lab',
          type: 'L2Bridge',
          subnets: [{ prefix: '10.1.0.0/16', gateway: '10.1.0.1' }],
          adapter: undefined,
          members: topology.networks[0]?.members ?? [],
        },
      ],
      services: [
        {
          name: '10.96.0.80:80/tcp',
          frontends: ['10.96.0.80:80/tcp'],
          backends: [{ endpointId: lab.at('10.1.0.4').endpoint.id.toUpperCase(), member: 'web', targets: ['10.1.0.4:8080'] }],
        },
      ],
    }
    assert.deepEqual(topology, expected)
    const members = topology.networks[0]?.members
      .map(({ endpointIds: _, dns: __, ...rest }) => rest)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    assert.deepEqual(members, [
      {
        name: '10.1.0.5',
        kind: 'endpoint',
        addresses: ['10.1.0.5'],
        containers: [],
        acls: { allow: 0, block: 0 },
        portMappings: ['*:8080/tcp → 80'],
      },
      {
        name: 'web',
        kind: 'compartment',
        addresses: ['10.1.0.4'],
        containers: ['nginx', '<log & ship>'],
        acls: { allow: 2, block: 1 },
        portMappings: [],
      },
    ])
  })

  for (const width of [40, 60, 100, 200]) {
    it(`fits into ${width} columns`, async () => {
      const text = topologyText(await lab.host.topology(), { width, color: false })

      for (const line of text.split('\n')) assert.ok([...line].length <= width, `${[...line].length}: ${line}`)
      for (const word of ['lab', 'web', '10.1.0.4', '10.1.0.5', 'nginx', '8080'])
        assert.ok(text.includes(word), `${word} is missing in\n${text}`)
    })
  }

  it('has colours only where they are wanted', async () => {
    const topology = await lab.host.topology()

    assert.equal(topologyText(topology, { color: false }).includes('\x1b'), false)
    assert.equal(topologyText(topology, { color: true }).includes('\x1b[31m1 block\x1b[0m'), true)
  })

  it('is an SVG whose names cannot break out of it', async () => {
    const svg = topologySvg(await lab.host.topology())

    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d/)
    assert.ok(svg.includes('&lt;log &amp; ship&gt;'))
    assert.equal(svg.includes('<log'), false)
    assert.deepEqual(unclosed(svg), [])
  })

  it('of an empty host is a picture, too', () => {
    const empty: Topology = { networks: [], services: [] }

    assert.equal(topologyText(empty, { width: 80, color: false }), 'no networks')
    assert.deepEqual(unclosed(topologySvg(empty)), [])
  })
})

/** Elements that are opened and not closed, or the other way round. */
function unclosed(svg: string): readonly string[] {
  const open: string[] = []
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self === '/') continue
    if (slash === '') open.push(name as string)
    else if (open.at(-1) === name) open.pop()
    else return [`</${name}>`]
  }
  return open
}
