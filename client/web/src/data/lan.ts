// Whether other devices of the room find a page by its address.

/** A name that means the device itself: a phone would look for the page on the phone. */
export function opensHereOnly(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname.startsWith('127.') || hostname === '[::1]'
}
