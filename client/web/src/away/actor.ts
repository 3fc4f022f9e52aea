// Actors for a page that opens a document while its node is away. ARCHITECTURE: a node's actors have a form of their own.

/** In hexadecimal digits: 8 bytes that name the node, 8 at random, a zero. */
const PREFIX_DIGITS = 16
const RANDOM_BYTES = 8
const NODE_ACTOR = /^[0-9a-f]{32}00$/

/** An actor that nobody has used: of the same node as `earlier`, one that the node has given. Nothing where that was none of a node's. */
export function freshActor(earlier: string): string | undefined {
  if (!NODE_ACTOR.test(earlier)) return undefined
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))
  return `${earlier.slice(0, PREFIX_DIGITS)}${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}00`
}
