import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { HcnCalls } from '../../lib/native/hcn-calls.js'
import { QUERY_ALL, queryFor } from '../../lib/objects/kind.js'
import { codeOf } from './support/code-of.js'
import { type Document, NETWORK_DOCUMENT, NO_ID, type Surroundings, specimens } from './support/specimens.js'
import { type OpenTable, tables } from './support/tables.js'

for (const table of tables) {
  describe(`objects of ${table.name}`, () => {
    let opened: OpenTable
    let calls: HcnCalls
    let around: Surroundings

    beforeEach(async () => {
      opened = await table.open()
      calls = opened.calls
      const network = await calls.createNetwork(randomUUID(), JSON.stringify(NETWORK_DOCUMENT))
      const endpoint = randomUUID()
      await calls.closeEndpoint(await calls.createEndpoint(network, endpoint, '{}'))
      around = { network, endpoint }
    })
    afterEach(() => opened.close())

    for (const kind of specimens) {
      const make = async (id: string, more: Document = {}) =>
        kind.create(calls, around, id, JSON.stringify({ ...kind.document(around), ...more }))
      const read = async (id: string): Promise<Document> => {
        const handle = await kind.open(calls, id)
        const document = JSON.parse(await kind.query(calls, handle, QUERY_ALL)) as Document
        await kind.close(calls, handle)
        return document
      }
      const list = async (query = '') => JSON.parse(await kind.enumerate(calls, query)) as readonly string[]

      describe(`a ${kind.noun}`, () => {
        it('is made, read, changed, listed and deleted', async () => {
          const id = randomUUID()
          const others = await list()
          const handle = await make(id)
          const made = await read(id)
          assert.equal(String(made.ID).toLowerCase(), id)
          assert.deepEqual(made.SchemaVersion, { Major: 2, Minor: (made.SchemaVersion as { Minor: number }).Minor })
          assert.equal(kind.changed(made, around), false)

          await kind.modify(calls, handle, JSON.stringify(kind.change(around)))
          assert.equal(kind.changed(await read(id), around), true)
          assert.equal(kind.changed(JSON.parse(await kind.query(calls, handle, QUERY_ALL)) as Document, around), true)

          assert.deepEqual([...(await list())].map((each) => each.toLowerCase()).sort(), [...others.map((o) => o.toLowerCase()), id].sort())
          await kind.close(calls, handle)
          await kind.delete(calls, id)
          assert.deepEqual(await list(), others)
        })

        it('has the id of the call, else that of its document, else one that is drawn', async () => {
          const [called, written] = [randomUUID(), randomUUID()]
          const idOf = async (handle: Awaited<ReturnType<typeof make>>) =>
            String((JSON.parse(await kind.query(calls, handle, QUERY_ALL)) as Document).ID).toLowerCase()

          const byCall = await idOf(await make(called, { ID: written }))
          assert.equal(byCall, called)
          await kind.delete(calls, called)
          const byDocument = await idOf(await make(NO_ID, { ID: written.toUpperCase() }))
          assert.equal(byDocument, written)
          await kind.delete(calls, written)
          const drawn = await idOf(await make(NO_ID))
          assert.match(drawn, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
          assert.notEqual(drawn, NO_ID)
        })

        it('is found by its id in a filter, in either case, and by no other', async () => {
          const id = randomUUID()
          await make(id)
          assert.deepEqual(
            (await list(queryFor({ ID: id.toUpperCase() }))).map((each) => each.toLowerCase()),
            [id],
          )
          assert.deepEqual(await list(queryFor({ ID: randomUUID() })), [])
        })

        it('that is not there has a code of its own', async () => {
          const id = randomUUID()
          assert.equal(await codeOf(kind.open(calls, id)), kind.notFound)
        })

        it('that is gone is told to whoever has it open', async () => {
          const id = randomUUID()
          const handle = await make(id)
          await kind.delete(calls, id)
          assert.equal(await codeOf(kind.query(calls, handle, QUERY_ALL)), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
          assert.equal(await codeOf(kind.modify(calls, handle, JSON.stringify(kind.change(around)))), 'HCN_E_OBJECT_USED_AFTER_UNLOAD')
          assert.equal(await codeOf(kind.close(calls, handle)), 'OK')
        })

        it('is made from JSON, and from nothing else', async () => {
          const before = await list()
          for (const settings of ['', '{', 'null', '[]', '7', '{"a":1}}']) {
            assert.equal(await codeOf(kind.create(calls, around, randomUUID(), settings)), 'HCN_E_INVALID_JSON', settings)
          }
          const handle = await make(randomUUID())
          assert.equal(await codeOf(kind.modify(calls, handle, '{')), 'HCN_E_INVALID_JSON')
          assert.equal((await list()).length, before.length + 1)
        })

        it('keeps text of every script in its name and owner', async () => {
          const id = randomUUID()
          const text = 'Pôd-名前-\u{1F980}'
          await make(id, { Name: text, Owner: text })
          const { Name, Owner } = await read(id)
          assert.deepEqual([Name, Owner], [text, text])
        })

        it('answers calls that are made at the same time', async () => {
          const ids: readonly string[] = Array.from({ length: 20 }, () => randomUUID())
          const distinct = (index: number) =>
            kind.kind === 'loadBalancer' ? { FrontendVIPs: [`10.96.1.${index}`] } : { Name: `specimen ${index}` }
          await Promise.all(ids.map((id, index) => make(id, distinct(index))))
          assert.deepEqual(
            (await Promise.all(ids.map(read))).map(({ ID }) => String(ID).toLowerCase()),
            ids,
          )
          await Promise.all(ids.map((id) => kind.delete(calls, id)))
          assert.equal((await list()).filter((id) => ids.includes(id.toLowerCase())).length, 0)
        })
      })
    }
  })
}
