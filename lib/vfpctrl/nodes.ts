import { fieldOf, type Line } from './lines.js'

/** A line with the lines that stand further in below it. */
export interface Node {
  readonly text: string
  readonly children: readonly Node[]
}

export function nodesOf(lines: readonly Line[]): readonly Node[] {
  type Open = { readonly text: string; readonly children: Open[] }
  const roots: Open[] = []
  const open: { readonly indent: number; readonly node: Open }[] = []
  for (const { indent, text } of lines) {
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop()
    const node: Open = { text, children: [] }
    ;(open.at(-1)?.node.children ?? roots).push(node)
    open.push({ indent, node })
  }
  return roots
}

/** The fields right below a node; the first of a name. */
export function fieldsOf({ children }: Node): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const { text } of children) {
    const field = fieldOf(text)
    if (field !== undefined && !fields.has(field[0])) fields.set(field[0], field[1])
  }
  return fields
}

/** The node below with exactly this text. */
export function childOf({ children }: Node, text: string): Node | undefined {
  return children.find((child) => child.text === text)
}
