/** Whether `prefix`, an address or a CIDR prefix, has `address`. Of two families neither has the other's. */
export function contains(prefix: string, address: string): boolean {
  const [network = '', length] = prefix.split('/')
  const family = network.includes(':') ? 128 : 32
  if (address.includes(':') !== network.includes(':')) return false
  const ignored = BigInt(family - (length === undefined ? family : Number(length)))
  return numberOf(network) >> ignored === numberOf(address) >> ignored
}

function numberOf(address: string): bigint {
  return address.includes(':') ? numberOf6(address) : address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function numberOf6(address: string): bigint {
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const middle = new Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...middle, ...after].reduce((sum, group) => sum * 65536n + BigInt(Number.parseInt(group, 16)), 0n)
}
