import assert from 'node:assert/strict'

/** A field, what is wrong with it, its value (undefined: left out), and the code the call answers with. */
export type BadInputRow = readonly [field: string, wrong: string, value: unknown, code: string]

type Json = Readonly<Record<string, unknown>> | readonly unknown[]

/** `document` with the member at `path` (`'Policies.0.Settings.Port'`) set to `value`, or left out. */
export function withMember<Document extends Json>(document: Document, path: string, value: unknown): Document {
  const copy = structuredClone(document) as Record<string, unknown>
  const steps = path.split('.')
  const last = steps.pop() as string
  let at = copy
  for (const step of steps) {
    at[step] ??= {}
    at = at[step] as Record<string, unknown>
  }
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy as unknown as Document
}

/** Rows for one member: each of its values, with the one code. */
export function eachValue(field: string, code: string, ...values: readonly unknown[]): readonly BadInputRow[] {
  return values.map((value) => {
    const text = value === undefined ? 'left out' : JSON.stringify(value)
    return [field, text.length > 120 ? `${text.slice(0, 117)}...` : text, value, code]
  })
}

/**
 * One test for each row: the sound document with one field wrong is refused with the row's code, and `inventory`, which
 * lists all that the host has, is what it was. The sound document itself is accepted, or no row would mean anything.
 */
export function walkBadInput(
  sound: () => Json,
  rows: readonly BadInputRow[],
  call: (document: Json) => Promise<string>,
  inventory: () => Promise<string>,
): void {
  it('the document the rows start from is accepted', async () => {
    assert.equal(await call(sound()), 'OK')
  })
  for (const [field, wrong, value, code] of rows) {
    it(`${field} ${wrong} is ${code}`, async () => {
      const before = await inventory()

      assert.equal(await call(withMember(sound(), field, value)), code)

      assert.equal(await inventory(), before)
    })
  }
}
