// The tables of docs/support.md, each from the code that it tells of.
import { readdirSync, readFileSync } from 'node:fs'
import { loadBinding } from '../dist/lib/native/load.js'
import { hcnExports } from './hcn-exports.mjs'
import { asTheirPolicy, toldElsewhere, wireFields } from './wire-fields.mjs'

const root = new URL('../', import.meta.url)
const source = (name) => readFileSync(new URL(name, root), 'utf8')
const versions = JSON.parse(loadBinding().versions)
const support = JSON.parse(loadBinding().describeSupport())

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

const code = (text) => `\`${text}\``

/** What `abi/system_table.cc` asks the system's DLL for: names as they are, and those that its macro makes of a kind's. */
function systemExports() {
  const text = source('src-native/abi/system_table.cc')
  const shapes = [...text.matchAll(/X\(\w+##\w*, (Hcn\w*)##(Names?)(?:##(\w+))?\)/g)]
  const kinds = [...text.matchAll(/HNS_SYSTEM_KIND\(X, \w+, \w+, (\w+), (\w+)\)/g)]
  const made = kinds.flatMap(([, one, many]) => shapes.map(([, verb, which, rest = '']) => verb + (which === 'Names' ? many : one) + rest))
  return new Set([...made, ...[...text.matchAll(/\b(Hcn[A-Z]\w+)/g)].map(([, name]) => name)])
}

/** Every export of computenetwork.dll, by what the table of functions has. */
function calls() {
  const asked = systemExports()
  const entries = new Set([...source('src-native/abi/hcn_table.h').matchAll(/\(\*(\w+)\)/g)].map(([, name]) => name))
  const rows = hcnExports.map(({ group, names, unpublished }) => {
    const states = new Map()
    for (const name of names) {
      const entry = name.replace(/^Hcn/, '').replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`)
      const known = entries.has(entry.toLowerCase())
      const state = unpublished.includes(name) ? 'refused: `E_NOTIMPL`' : known ? 'implemented' : 'not yet'
      states.set(state, [...(states.get(state) ?? []), code(name)])
    }
    const told = [...states].map(([state, named]) => (states.size === 1 ? state : `${state}: ${named.join(', ')}`))
    const passedOn = names.filter((name) => asked.has(name))
    const rest = names.length - passedOn.length
    return [group, String(names.length), told.join('; '), rest === 0 ? 'passed on' : `passed on, but for those without a signature`]
  })
  return table(['functions of `computenetwork.dll`', 'exports', 'embedded', 'system'], rows)
}

function profiles() {
  const rows = Object.entries(versions.profiles).map(([name, version]) => {
    const lacking = versions.features.filter((feature) => !has(feature, version)).map(({ name: lacked }) => lacked)
    return [
      `${code(name)}${name === versions.defaultProfile ? ' (default)' : ''}`,
      version,
      lacking.length === 0 ? 'nothing' : lacking.join(', '),
    ]
  })
  return table(['profile', 'HNS', 'lacks'], rows)
}

function has(feature, version) {
  const [major, minor] = version.split('.').map(Number)
  const order = ([a, b]) => a - major || b - minor
  return feature.versions.some(({ first, last }) => order(first) <= 0 && order(last) >= 0)
}

function features() {
  const rows = versions.features.map(({ name, about, versionsText, refusedWith, isCodeKnown }) => {
    const always = versionsText === '0.0 and later'
    return [code(name), about, always ? 'always' : versionsText, always ? '–' : `${code(refusedWith)}${isCodeKnown ? '' : ' (Unverified)'}`]
  })
  return table(['feature', 'what', 'HNS', 'without it'], rows)
}

function networkTypes() {
  const rows = support.networkTypes.map(({ name, schema, subnets, addedFlags, packets }) => [
    code(name),
    schema,
    subnets,
    addedFlags === 0 ? '–' : String(addedFlags),
    packets,
  ])
  return table(['type', 'schema', 'subnets', 'flags added', 'packets'], rows)
}

/** `all`, or those that are fewer: the types that have it, or those that have not. */
function typesOf(on) {
  const all = support.networkTypes.map(({ name }) => name)
  const others = all.filter((name) => !on.includes(name))
  if (others.length === 0) return 'all'
  return others.length < on.length ? `all but ${others.map(code).join(', ')}` : on.map(code).join(', ')
}

function networkPolicies() {
  const rows = support.networkPolicies.map(({ name, hns, on, several, effect, about }) => [
    code(name),
    hns,
    typesOf(on),
    several ? 'several' : 'one',
    `${effect}: ${about}`,
  ])
  return table(['policy', 'HNS', 'on', 'on one network', 'state'], rows)
}

function endpointPolicies() {
  const rows = support.endpointPolicies.map(({ name, hns, on, elsewhere, onRemote, once, effect, about }) => [
    code(name),
    hns,
    on.length === support.networkTypes.length ? 'all' : `${typesOf(on)}; else ${code(elsewhere)}`,
    `${once ? 'one' : 'several'}${onRemote ? '; remote ones, too' : ''}`,
    `${effect}: ${about}`,
  ])
  return table(['policy', 'HNS', 'on networks of type', 'on one endpoint', 'state'], rows)
}

function limits() {
  const found = source('src-native/hns/model/limits.h').matchAll(/constexpr std::size_t k(\w+) = (\d+);(?: *\/\/ (.*))?/g)
  const rows = [...found].map(([, name, value, note]) => [
    name
      .replace(/(?<=[a-z])[A-Z]/g, ' $&')
      .toLowerCase()
      .replace(/\b(?:acl|mac|nat|sdn|ip|vip)(?=s?\b)/g, (word) => word.toUpperCase()),
    value,
    (note ?? '').replace(/\b[A-Z]+_[A-Z_]+\b/g, code('$&')),
  ])
  return table(['what', 'at most', 'past it'], rows)
}

/** The interfaces of types/ with their own members. */
function wireInterfaces() {
  const files = readdirSync(new URL('types/', root)).filter((name) => name.endsWith('.ts') && !name.includes('test-d'))
  const found = new Map()
  for (const file of files.filter((name) => name !== 'vfp.ts')) {
    for (const [, name, body] of source(`types/${file}`).matchAll(/^export interface (\w+)(?: extends \w+)? \{\n(.*?)^\}/gms)) {
      const members = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member]) => member)
      found.set(
        name,
        members.filter((member) => member !== 'None'),
      )
    }
  }
  return found
}

function fields() {
  const interfaces = wireInterfaces()
  for (const name of [...asTheirPolicy, ...toldElsewhere, ...Object.keys(wireFields)])
    if (!interfaces.has(name)) throw new Error(`docs: types/ has no ${name}; take it out of scripts/wire-fields.mjs`)
  const rows = []
  for (const [name, members] of interfaces) {
    if (asTheirPolicy.includes(name) || toldElsewhere.includes(name) || name === 'PolicyDocument') continue
    const states = Object.entries(wireFields[name] ?? {}).map(([state, text]) => [state, text.split(' ')])
    const told = states.flatMap(([, named]) => named)
    const wrong = [...members.filter((member) => !told.includes(member)), ...told.filter((member) => !members.includes(member))]
    if (wrong.length > 0) throw new Error(`docs: ${name}.${wrong.join(', ')}: types/ and scripts/wire-fields.mjs differ`)
    for (const [state, named] of states) rows.push([code(name), named.map(code).join(', '), state])
  }
  return table(['document', 'members', 'state'], rows)
}

/** @type {Readonly<Record<string, () => string>>} by the name between a page's marks */
export const sections = { calls, fields, profiles, features, networkTypes, networkPolicies, endpointPolicies, limits }
