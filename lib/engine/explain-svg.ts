import type { VfpExplainStep, VfpExplanation } from '../../types/index.js'
import { changes, type ExplanationTextOptions, passagesOf, stepPlace, stepText, tupleText, verdictText } from './explain-text.js'
import { ALLOW, BLOCK, CARD, FAINT, PANEL, SERVICE_COLORS, svgBox, svgDocument, svgText, textWidth } from './svg.js'

const MARGIN = 24
const ROW = 26
const CHANGE_ROW = 19
const CHANGE_COLOR = SERVICE_COLORS[0]

/** A packet's way through ports and layers as a picture, from top to bottom. */
export function explanationSvg(explanation: VfpExplanation, options: Pick<ExplanationTextOptions, 'ports'> = {}): string {
  const passages = passagesOf(explanation, options.ports)
  const placeWidth = Math.max(60, ...explanation.steps.map((step) => textWidth(stepPlace(step), 12.5, true)))
  const actionWidth = Math.max(60, ...explanation.steps.map(({ action }) => textWidth(action, 13)))
  const saidWidth = Math.max(
    200,
    ...explanation.steps.map((step) => textWidth(stepText(step), 13)),
    ...explanation.steps.flatMap((step) => changes(step).map((change) => textWidth(change, 12, true))),
  )
  const left = MARGIN + 22
  const columnsAt = { place: left + 18, action: left + 18 + placeWidth + 22, said: left + 18 + placeWidth + 22 + actionWidth + 20 }
  const first = tupleText(explanation.steps[0]?.before ?? explanation.finalTuple)
  const last = verdictText(explanation, options.ports)
  const width = Math.max(
    columnsAt.said + saidWidth + MARGIN + 12,
    left + textWidth(last, 14, true) + 2 * MARGIN,
    textWidth(first, 15, true) + 4 * MARGIN,
  )
  const wire = MARGIN + 4
  const parts: string[] = []
  let y = MARGIN + 18
  parts.push(
    `<circle cx="${wire}" cy="${y - 5}" r="6" fill="${CHANGE_COLOR}"/>`,
    svgText(left, y, first, { mono: true, size: 15, weight: 600 }),
  )
  y += 24
  for (const passage of passages) {
    const height = 36 + passage.steps.reduce((sum, step) => sum + ROW + changes(step).length * CHANGE_ROW, 0) + 6
    parts.push(
      svgBox(left, y, width - left - MARGIN, height, PANEL),
      svgText(left + 18, y + 24, `port ${passage.port}`, { size: 14, weight: 600 }),
      svgText(left + 32 + textWidth(`port ${passage.port}`, 14.5), y + 24, passage.direction === 'out' ? 'outbound' : 'inbound', {
        size: 12,
        fill: FAINT,
      }),
    )
    let row = y + 36
    for (const step of passage.steps) {
      parts.push(...drawStep(step, row, columnsAt, placeWidth))
      row += ROW + changes(step).length * CHANGE_ROW
    }
    y += height + 14
  }
  const dropped = explanation.verdict === 'drop'
  const color = dropped ? BLOCK : ALLOW
  const end = y + 10
  parts.unshift(
    `<line x1="${wire}" y1="${MARGIN + 14}" x2="${wire}" y2="${end - 4}" stroke="${dropped ? BLOCK : CHANGE_COLOR}" stroke-width="3"/>`,
  )
  parts.push(
    dropped
      ? `<path d="M ${wire - 7} ${end - 12} l 14 14 m 0 -14 l -14 14" stroke="${BLOCK}" stroke-width="3.5" stroke-linecap="round"/>`
      : `<path d="M ${wire - 8} ${end - 10} L ${wire} ${end + 4} L ${wire + 8} ${end - 10} Z" fill="${ALLOW}"/>`,
    svgText(left, end, last, { size: 14, weight: 600, fill: color, mono: true }),
  )
  return svgDocument(width, end + MARGIN, `${first}: ${last}`, parts)
}

function drawStep(
  step: VfpExplainStep,
  y: number,
  at: { readonly place: number; readonly action: number; readonly said: number },
  placeWidth: number,
): readonly string[] {
  const color = step.action.endsWith('block') ? BLOCK : step.action.endsWith('allow') ? ALLOW : CHANGE_COLOR
  const parts = [
    svgBox(at.place - 8, y, placeWidth + 16, 22, CARD, undefined, 5),
    svgText(at.place, y + 15.5, stepPlace(step), { mono: true, size: 12.5 }),
    svgText(at.action, y + 15.5, step.action, { weight: 600, fill: color }),
    svgText(at.said, y + 15.5, stepText(step), { fill: FAINT }),
  ]
  changes(step).forEach((change, i) => {
    parts.push(svgText(at.said, y + ROW + i * CHANGE_ROW + 9, change, { mono: true, size: 12, fill: CHANGE_COLOR }))
  })
  return parts
}
