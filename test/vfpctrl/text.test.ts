import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { acl, HostNetworking } from '../../lib/index.js'
import { ALLOW_THE_REST, createLab, type Lab, tcp } from '../../lib/testing/index.js'
import { PRINTED_VERBS } from '../../lib/vfpctrl/print.js'
import { rejects } from '../support/rejects.js'

const SERVER = '10.1.0.4'
const CLIENT = '10.1.0.20'
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

describe("the embedded switch in vfpctrl's words", () => {
  let lab: Lab
  let server: string
  let client: string

  before(async () => {
    lab = await createLab({ endpoints: [SERVER, CLIENT] })
    await lab.addLoadBalancer({ frontendVips: ['10.96.0.80'], backends: [SERVER], ports: { tcp: { 80: 8080 } } })
    await lab.at(SERVER).endpoint.setPolicies([
      acl({
        action: 'block',
        direction: 'in',
        protocol: 'tcp',
        remoteAddresses: ['10.1.0.66'],
        localPorts: ['90-95', 8080],
        priority: 100,
        id: 'no-stranger',
      }),
      ...ALLOW_THE_REST,
    ])
    await lab.at(CLIENT).send(tcp(`${CLIENT}:31337 > 10.96.0.80:80 S`))
    server = lab.at(SERVER).endpoint.id
    client = lab.at(CLIENT).endpoint.id
  })
  after(() => lab.close())

  const text = (command: string) => lab.host.vfp.text(command)

  it('lists an ACL as a node does, line by line', async () => {
    const listing = await text(`/port ${server} /layer ACL_ENDPOINT_LAYER /group ACL_ENDPOINT_GROUP_IPV4_IN /list-rule`)

    assert.ok(listing.endsWith('\r\nCommand list-rule succeeded!\r\n'), listing)
    assert.equal(
      listing
        .replaceAll('\r\n', '\n')
        .split('\n\n')
        .find((block) => block.includes('no-stranger'))
        ?.replace(GUID, 'GUID'),
      [
        '    RULE : GUID',
        '        Friendly name : no-stranger',
        '        Priority : 100',
        '        Flags : 3 terminating stateful ',
        '        Type : block',
        '        Conditions:',
        '            Source IP : 10.1.0.66',
        '            Protocols : 6',
        '            Destination ports : 90-95,8080',
        '        Flow TTL: 240',
        '        FlagsEx : 0 ',
      ].join('\n'),
    )
  })

  it('lists ports so that scripts that count lines find the MAC address', async () => {
    const listing = await text('/list-vmswitch-port')

    const [block = ''] = listing.split('\r\n\r\n').filter((part) => part.includes(`: ${client}\r\n`))
    // Public scripts take the fourteenth `key: value` of a port for its MAC address.
    const fields = block.split('\r\n').filter((line) => line.includes(':'))
    assert.match(fields[0] ?? '', new RegExp(`^ {2}Port name +: ${client}$`))
    assert.match(fields[13] ?? '', new RegExp(`^ {2}MAC address +: ${lab.at(CLIENT).mac}$`))
  })

  it('lists layers, groups, counters, connections and states', async () => {
    assert.match(
      await text(`/port ${server} /list-layer`),
      /^LAYER : ACL_ENDPOINT_LAYER\r\n {4}Friendly name : ACL_ENDPOINT_LAYER\r\n {4}Flags : 0 stateful\r\n {4}Priority : 100\r$/m,
    )
    assert.match(await text(`/port ${server} /layer LB_DSR /list-group`), /^ {2}GROUP : LB_DSR_IPv4_OUT\r\n/m)
    assert.match(await text(`/port ${client} /layer LB_DSR /get-rule-counter`), /RULE : LB_DSR_\S+\r\n.*\r\n {8}Matched packets: 1\r\n/)
    assert.match(await text(`/port ${client} /list-unified-flow`), /Tuple : 6 10\.1\.0\.20 31337 10\.96\.0\.80 80\r\n/)
    assert.match(await text(`/port ${client} /get-port-state`), /^ PORT STATE\r\n=+\r\n\r\n {2}Enabled +: TRUE\r\n/m)
    assert.match(
      await text(`/port ${client} /get-port-flow-stats`),
      /Direction - OUT\r\n {4}\[Total Entry\] count : 2\r\n {4}\[Total Flow\] count : 1\r\n {4}\[Half Open Flow\] count : 1\r\n {4}\[TCP Flow\] count : 1\r\n/,
    )
    assert.match(await text(`/port ${client} /get-port-counter`), /Direction - OUT\r\n {4}Total packets : 1\r\n/)
    assert.match(await text(`/port ${server} /layer SLB_NAT_LAYER /list-rule`), /Type : nat\r\n/)
    assert.match(await text(`/port ${client} /list-nat-range`), /^<none>\r\n/m)
  })

  it('says in JSON what it says in text', async () => {
    const { Ports } = JSON.parse(await text('/list-vmswitch-port /format 1')) as {
      Ports: { Name: string; Id: string; MacAddress: string }[]
    }
    const own = Ports.find(({ Name }) => Name === client)
    assert.deepEqual([own?.Id, own?.MacAddress], [CLIENT, lab.at(CLIENT).mac.replaceAll('-', '')])

    const counted = JSON.parse(await text(`/port ${client} /get-rule-counter /format 1`)) as {
      Layers: { Name: string; Groups: { Rules: { Name: string; InformationArray: { RuleCounters: { MatchedPackets: number } }[] }[] }[] }[]
    }
    const rule = counted.Layers.find(({ Name }) => Name === 'LB_DSR')?.Groups[0]?.Rules[0]
    assert.equal(rule?.InformationArray[0]?.RuleCounters.MatchedPackets, 1)

    const scoped = JSON.parse(
      await text(`/port ${server} /layer ACL_ENDPOINT_LAYER /group ACL_ENDPOINT_GROUP_IPV4_IN /list-rule /format 1`),
    ) as {
      Rules: { Id: string; Conditions: object[] }[]
    }
    assert.deepEqual(scoped.Rules[0]?.Conditions, [
      { Name: 'Source IP', Value: '10.1.0.66' },
      { ConditionType: 1, ProtocolList: [6] },
      { ConditionType: 5, DestinationPortList: ['90-95', '8080'] },
    ])
    const balanced = await text(`/port ${client} /layer LB_DSR /list-rule /format 1`)
    assert.match(
      balanced.replace(/\s+/g, ''),
      /"ConditionType":11,"DestinationIPv4RangeList":\[\{"L":"10\.96\.0\.80","H":"10\.96\.0\.80"\}\]/,
    )
  })

  it('follows a tuple as it follows a packet, and leaves no trace', async () => {
    const command = `/port ${client} /process-tuples "6 ${CLIENT} 5555 10.96.0.80 80 out 1"`
    const before = await text(`/port ${client} /get-port-counter`)
    const listing = await text(command)

    assert.match(listing, /Layer : LB_DSR\r\n {4}Group : LB_DSR_IPv4_OUT\r\n {4}RULE : LB_DSR_/)
    assert.match(listing, / {4}Modify:\r\n {8}Destination IP : 10\.1\.0\.4\r\n {8}Destination port : 8080\r\n/)
    assert.match(listing, new RegExp(`RESULT :\r\n {4}Verdict : forward\r\n {4}Deliver to : ${server}\r\n`))
    assert.equal(await text(`/port ${client} /get-port-counter`), before)
    await rejects(text(command.replace('out', 'in')), 'ERR_NOT_SUPPORTED', /`out`/)
  })

  it('keeps a rule’s name in its line, whatever it holds', async () => {
    const forged = 'x\r\n    RULE : forged\r\n        Type : allow'
    await lab.at(CLIENT).endpoint.setPolicies([acl({ action: 'block', direction: 'in', priority: 1, id: forged })])
    const listing = await text(`/port ${client} /layer ACL_ENDPOINT_LAYER /list-rule`)
    await lab.at(CLIENT).endpoint.setPolicies([])

    assert.doesNotMatch(listing, /^ *RULE : forged/m)
    assert.match(listing, /^ {8}Friendly name : x {2,}RULE : forged {2,}Type : allow\r$/m)
  })

  it('says what is missing or not there', async () => {
    await rejects(text('/list-layer'), 'ERR_INVALID_ARGUMENT', /`\/port ID`/)
    await rejects(text(`/port ${server} /list-group`), 'ERR_INVALID_ARGUMENT', /`\/layer ID`/)
    await rejects(text(`/port ${server} /layer NO_LAYER /list-rule`), 'ERR_INVALID_ARGUMENT', /`ACL_ENDPOINT_LAYER`, `LB_DSR`/)
    await rejects(text(`/port ${server} /layer LB_DSR /group NO_GROUP /list-rule`), 'ERR_INVALID_ARGUMENT', /`LB_DSR_IPv4_OUT`/)
    await rejects(text('/port 6F9619FF-8B86-D011-B42D-00CF4FC964FF /list-layer'), 'HCN_E_PORT_NOT_FOUND')
    await rejects(text('/port 6F9619FF-8B86-D011-B42D-00CF4FC964FF /get-port-state'), 'HCN_E_PORT_NOT_FOUND')
    await rejects(text(`/port ${server} /remove-layer`), 'ERR_NOT_SUPPORTED')
    await rejects(text(`/port ${server} /list-mapping`), 'ERR_NOT_SUPPORTED', /`?\/list-rule/)
    await rejects(text(`/port ${server} /list-unified-flow /format 1`), 'ERR_NOT_SUPPORTED', /JSON/)
    await rejects(text('"/list-vmswitch-port'), 'ERR_INVALID_ARGUMENT', /double quote/)
    await rejects(lab.host.vfp.text(['/list-vmswitch-port', 1 as unknown as string]), 'ERR_INVALID_ARGUMENT', /vfpctrl\[1\]/)
    await rejects(lab.host.vfp.text('/list-vmswitch-port', { timeout: -1 }), 'ERR_INVALID_ARGUMENT', /timeout/)
  })

  it('has every verb that its documentation names', async () => {
    const verbs = readFileSync(new URL('../../../lib/engine/vfp.ts', import.meta.url), 'utf8')
    for (const verb of PRINTED_VERBS) assert.ok(verbs.includes(`\`/${verb}\``), verb)
  })

  it('is closed with its host', async () => {
    const host = await HostNetworking.open({ provider: 'embedded' })
    await host.close()
    await rejects(host.vfp.text('/list-vmswitch-port'), 'ERR_HOST_CLOSED')
  })
})
