// Where other devices of the room find the node's page, as far as its own addresses tell.

/** Addresses of an IPv4 network in which a device reaches another, out of multiaddresses such as `/ip4/192.168.1.7/udp/4001/quic-v1`. */
export function lanAddresses(addresses: readonly string[]): string[] {
  const found = addresses.map((address) => /^\/ip4\/(\d{1,3}(?:\.\d{1,3}){3})\//.exec(address)?.[1] ?? '')
  return [...new Set(found)].filter((ip) => ip !== '' && !ip.startsWith('127.') && !ip.startsWith('169.254.') && ip !== '0.0.0.0')
}

/** Whether this page was opened by a name that means the device itself, so that a phone would look for it on the phone. */
export function opensHereOnly(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname.startsWith('127.') || hostname === '[::1]'
}
