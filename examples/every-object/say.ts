/** One line: what it is about, and what was seen. */
export function say(topic: string, ...seen: readonly string[]): void {
  console.log(`${topic.padEnd(22)}${seen.join(', ')}`)
}
