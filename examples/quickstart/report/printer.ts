import type { Claim } from '../claims/claim-book.js'
import { type Paint, paintFor, showsColor } from './paint.js'

const margin = '  '
// Columns.
const widest = 110 // Longer lines are hard to read.
const timesEndAt = 92 // Times stand near what took them.

/** Writes for people, line by line as things happen. */
export class Printer {
  readonly paint: Paint
  readonly color: boolean
  readonly width: number

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.color = showsColor(stream)
    this.paint = paintFor(this.color)
    this.width = Math.min(stream.columns ?? widest, widest) - 2 * margin.length
  }

  line(text = ''): void {
    this.stream.write(text === '' ? '\n' : `${margin}${text}\n`)
  }

  block(text: string): void {
    for (const line of text.replace(/\n+$/, '').split('\n')) this.line(line)
  }

  /** Broken between words where the line ends. */
  paragraph(text: string): void {
    let line = ''
    for (const word of text.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > this.width) {
        this.line(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    this.line(line)
  }

  heading(text: string): void {
    this.line()
    this.line(this.paint('bold', text))
  }

  step(text: string, milliseconds: number): void {
    this.#timed(this.paint('green', '✔'), text, milliseconds)
  }

  claim({ name, expected, observed, holds, milliseconds }: Claim): void {
    if (holds) {
      this.#timed(this.paint('green', '✔'), name, milliseconds)
      this.line(`  ${this.paint('dim', observed)}`)
      return
    }
    this.#timed(this.paint('red', '✘'), this.paint('red', name), milliseconds, name.length)
    this.line(`  expected  ${expected}`)
    this.line(`  observed  ${this.paint('red', observed)}`)
  }

  #timed(mark: string, text: string, milliseconds: number, length = text.length): void {
    const time = duration(milliseconds)
    const room = Math.min(this.width, timesEndAt) - '✔ '.length - length - time.length
    this.line(`${mark} ${text}${' '.repeat(Math.max(2, room))}${this.paint('dim', time)}`)
  }
}

/** `12 ms`, `1.20 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`
}
