// Which node an actor belongs to: the first 8 bytes of its actors are a hash of its key (actor_prefix in protocol/src/ids.rs). BLAKE3 as far
// as that needs it: one block of at most 64 bytes, in the mode that derives a key.

const IV = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]
const ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
const CONTEXT = 'jeli 2026 actor prefix'
const BLOCK_BYTES = 64
/** The one block begins its chunk, ends it, and is the root. */
const WHOLE = 1 | 2 | 8
const DERIVE_CONTEXT = 32
const DERIVE_MATERIAL = 64
const ROUNDS = 7

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

function mix(v: Uint32Array, a: number, b: number, c: number, d: number, x: number, y: number): void {
  const at = (index: number): number => v[index] as number
  v[a] = at(a) + at(b) + x
  v[d] = turn(at(d) ^ at(a), 16)
  v[c] = at(c) + at(d)
  v[b] = turn(at(b) ^ at(c), 12)
  v[a] = at(a) + at(b) + y
  v[d] = turn(at(d) ^ at(a), 8)
  v[c] = at(c) + at(d)
  v[b] = turn(at(b) ^ at(c), 7)
}

/** The first half of the hash of at most 64 bytes. */
function hash(key: readonly number[], bytes: Uint8Array, mode: number): Uint32Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(bytes)
  const view = new DataView(block.buffer)
  let words = Array.from({ length: 16 }, (_, index) => view.getUint32(index * 4, true))
  const v = Uint32Array.from([...key, ...IV.slice(0, 4), 0, 0, bytes.length, WHOLE | mode])
  for (let round = 0; round < ROUNDS; round += 1) {
    const word = (index: number): number => words[index] as number
    for (let column = 0; column < 4; column += 1) mix(v, column, column + 4, column + 8, column + 12, word(column * 2), word(column * 2 + 1))
    for (let column = 0; column < 4; column += 1)
      mix(v, column, 4 + ((column + 1) % 4), 8 + ((column + 2) % 4), 12 + ((column + 3) % 4), word(8 + column * 2), word(9 + column * 2))
    words = ORDER.map(word)
  }
  return v.slice(0, 8).map((low, index) => low ^ (v[index + 8] as number))
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The first 8 bytes of every actor of a node, in hex; undefined for what is no node's id. */
export function actorPrefix(node: string): string | undefined {
  const digits = /^[0-9a-f]{64}$/.test(node) ? (node.match(/../g) ?? []) : undefined
  if (!digits) return undefined
  const key = hash(IV, new TextEncoder().encode(CONTEXT), DERIVE_CONTEXT)
  const words = hash([...key], Uint8Array.from(digits, (pair) => parseInt(pair, 16)), DERIVE_MATERIAL)
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setUint32(0, words[0] as number, true)
  bytes.setUint32(4, words[1] as number, true)
  return hexOf(new Uint8Array(bytes.buffer))
}

/** What one hex digit pair takes: 8 bytes of the node, 8 at random, a zero. */
const PREFIX_DIGITS = 16
const NODE_ACTOR_DIGITS = 34

/** The node's part of an actor; undefined for actors that no node gave out. */
export function prefixOf(actor: string): string | undefined {
  return actor.length === NODE_ACTOR_DIGITS ? actor.slice(0, PREFIX_DIGITS) : undefined
}
