// GIF (89a, with Netscape's loop): a screen, then frames and extensions made of sub-blocks. Kept are frames, their timing and the loop; comments,
// XMP and other applications' blocks are not.
import { bytesOf, holdsAt, joined, viewOf } from './bytes'
import { Gathered, type Picture } from './picture'

const SCREEN_BYTES = 13
const FRAME_BYTES = 10
const EXTENSION = 0x21
const FRAME = 0x2c
const END = 0x3b
const TIMING = 0xf9
const TIMING_BYTES = 8
const APPLICATION = 0xff
const LOOP = '\x0bNETSCAPE2.0\x03\x01'

export function readGif(bytes: Uint8Array): Picture {
  const view = viewOf(bytes)
  const gathered = new Gathered()
  if (bytes.length < SCREEN_BYTES) return gathered.end('damaged')
  let [width, height] = [view.getUint16(6, true), view.getUint16(8, true)]
  let at = SCREEN_BYTES + coloursOf(view.getUint8(10))
  gathered.keep(bytes.subarray(0, at))
  while (gathered.next()) {
    // Decoders widen the screen for a frame that is larger.
    gathered.size = { width, height }
    const kind = bytes[at]
    if (kind === END) {
      gathered.keep(Uint8Array.of(END))
      return gathered.end('whole')
    }
    if (kind === FRAME) {
      if (at + FRAME_BYTES > bytes.length) return gathered.end('damaged')
      width = Math.max(width, view.getUint16(at + 1, true) + view.getUint16(at + 5, true))
      height = Math.max(height, view.getUint16(at + 3, true) + view.getUint16(at + 7, true))
      const end = afterBlocks(bytes, at + FRAME_BYTES + coloursOf(view.getUint8(at + 9)) + 1)
      gathered.size = { width, height }
      if (end === undefined) return gathered.end('damaged')
      gathered.frames += 1
      gathered.keep(bytes.subarray(at, end))
      at = end
    } else if (kind === EXTENSION) {
      const end = afterBlocks(bytes, at + 2)
      if (end === undefined) return gathered.end('damaged')
      const shown = showing(bytes.subarray(at, end))
      if (shown) gathered.keep(shown)
      at = end
    } else return gathered.end(kind === undefined ? 'damaged' : 'not_understood')
  }
  return gathered.end('not_understood')
}

/** Bytes of the table of colours that follows. */
const coloursOf = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 0x07) + 1) : 0)

/** Past the sub-blocks from `at` on and the empty one that ends them. */
function afterBlocks(bytes: Uint8Array, at: number): number | undefined {
  for (let length = bytes[at]; length !== undefined; length = bytes[at]) {
    at += 1 + length
    if (length === 0) return at
  }
  return undefined
}

function showing(extension: Uint8Array): Uint8Array | undefined {
  // Without what may follow the one block that decoders read.
  if (extension[1] === TIMING) return extension.length >= TIMING_BYTES && extension[2] === 4 ? joined([extension.subarray(0, TIMING_BYTES - 1), bytesOf('\0')]) : undefined
  // Without what may follow the number of rounds.
  const loops = extension[1] === APPLICATION && holdsAt(extension, 2, LOOP) && extension.length > LOOP.length + 4
  return loops ? joined([extension.subarray(0, LOOP.length + 4), bytesOf('\0')]) : undefined
}
