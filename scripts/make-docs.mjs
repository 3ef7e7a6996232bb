// Writes what the pages of docs/ tell from the code's own tables. With --check
// it writes nothing and fails when a page is stale.
//
// docs/errors.md is made whole. docs/support.md is written by hand, but for
// what stands between `<!-- made: NAME -->` and `<!-- end -->`: to add a table,
// put the two marks there and a function of that name into support-tables.mjs. A
// row of a table is added in the code it is made from.
import { readFileSync, writeFileSync } from 'node:fs'
import { errorCatalogue } from '../dist/lib/error-catalogue.js'
import { sections, table } from './support-tables.mjs'

const check = process.argv.includes('--check')
const page = (name) => new URL(`../docs/${name}`, import.meta.url)

let stale = 0
write('errors.md', errorsPage())
write('support.md', filled(readFileSync(page('support.md'), 'utf8')))
if (stale > 0) {
  console.error('docs: run `npm run docs` and commit what it writes')
  process.exit(1)
}
console.log(check ? 'docs: the pages are what the code says' : 'docs: written')

function write(name, text) {
  let before = ''
  try {
    before = readFileSync(page(name), 'utf8')
  } catch {
    // Not there yet.
  }
  if (before === text) return
  if (!check) return writeFileSync(page(name), text)
  stale++
  console.error(`docs/${name} is not what the code says`)
}

function filled(text) {
  return text.replace(/(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name, end) => {
    if (!Object.hasOwn(sections, name)) throw new Error(`docs: nothing makes \`${name}\`; there is ${Object.keys(sections).join(', ')}`)
    return `${begin}\n${sections[name]()}\n${end}`
  })
}

function errorsPage() {
  const rows = Object.entries(errorCatalogue).map(([code, { hresult, text, meaning, category, remedy }]) => {
    const number = hresult === undefined ? '–' : `0x${hresult.toString(16).toUpperCase()}`
    return [`\`${code}\``, number, text, meaning, category, remedy]
  })
  return `# Errors

Made by \`npm run docs\` from \`lib/error-catalogue.ts\`; programs have it as \`errorCatalogue\`.

Every failure is an \`HcnError\`: \`code\` (stable), \`category\`, \`remedy\`, and where the service answered, \`hresult\` and its \`record\`. An
error record is \`{"Success":false,"Error":"…. ","ErrorCode":n}\`, in this order: HNS' own sentence, then what the embedded host can add.

| category | what to do |
| --- | --- |
| fix-input | what was asked for is wrong, or does not fit what is there; the same call fails again |
| retry | nothing was done; the same call may succeed a little later |
| reconcile | the object may or may not be as asked for; look at it first (\`reconcile()\`) |
| unsupported | this version, type of network or provider does not do it |
| environment | the machine must be changed first |
| defect | a program called wrongly; nothing at run time helps |

A service that stops or restarts answers \`HCN_E_MANAGER_STOPPED\` or an RPC code, never that an object is not found:
\`HcnError.isNotFound\` is false for them. A code without a name here is \`HRESULT_0x…\` and wants \`reconcile\`.

${table(['code', 'HRESULT', 'sentence', 'meaning', 'category', 'remedy'], rows)}`
}
