/**
 * Pieces of hand-written SVG. Every picture brings its own light ground, so that
 * it is legible on pages of any colour.
 */

export const INK = '#1f2933'
export const FAINT = '#667381'
export const LINE = '#b8c2cc'
export const GROUND = '#fbfcfd'
export const PANEL = '#eef2f6'
export const CARD = '#ffffff'
export const ALLOW = '#1f7a4d'
export const BLOCK = '#b3261e'

/** Told apart by people who see colours differently, too (after Okabe and Ito). */
export const SERVICE_COLORS = ['#0072b2', '#d55e00', '#8f4a8b', '#00795a', '#a6720b'] as const

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export interface TextStyle {
  readonly size?: number
  readonly fill?: string
  readonly weight?: 400 | 600
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly mono?: boolean
}

export function svgText(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 13, fill = INK, weight = 400, anchor = 'start', mono = false } = style
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"`,
    weight === 400 ? '' : ` font-weight="${weight}"`,
    anchor === 'start' ? '' : ` text-anchor="${anchor}"`,
    mono ? ' font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace"' : '',
  ]
  return `<text ${attributes.join('')}>${escapeXml(text)}</text>`
}

export function svgBox(x: number, y: number, width: number, height: number, fill: string, stroke: string = LINE, radius = 8): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}" fill="${fill}" stroke="${stroke}"/>`
}

/** About how wide a text of this font is: enough to lay boxes around it. */
export function textWidth(text: string, size: number, mono = false): number {
  return [...text].length * size * (mono ? 0.61 : 0.56)
}

export function svgDocument(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">`,
    `<title>${escapeXml(title)}</title>`,
    svgBox(0.5, 0.5, width - 1, height - 1, GROUND, LINE, 12),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}
