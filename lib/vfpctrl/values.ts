import { parseIp, parseMac } from '../addresses.js'

export function isIp(text: string | undefined): text is string {
  return text !== undefined && parseIp(text) !== undefined
}

export function isMac(text: string | undefined): text is string {
  return text !== undefined && parseMac(text) !== undefined
}
