// HEIC and AVIF (ISO 23008-12) as far as a decoder's memory is concerned: how large an image the file may hold.
import { lettersAt, viewOf } from './bytes'
import { PARTS_LIMIT } from './limits'
import type { Size } from './picture'

/** The boxes on the way to the sizes of images, and what stands in each before the boxes within. */
const WITHIN: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 }
const SIZE_BYTES = 12

/** The largest image that the file describes, before it is turned. Nothing where it describes none, or its boxes are damaged. */
export function largestOf(bytes: Uint8Array): Size | undefined {
  const view = viewOf(bytes)
  const open = [{ at: 0, end: bytes.length }]
  let largest: Size | undefined
  for (let boxes = 0; boxes < PARTS_LIMIT; boxes += 1) {
    const place = open.at(-1)
    if (!place) return largest
    const { at, end } = place
    if (at >= end) {
      open.pop()
      continue
    }
    const box = boxAt(view, at, end)
    if (!box) return undefined
    place.at = box.end
    const name = lettersAt(bytes, at + 4, 4)
    const skipped = WITHIN[name]
    if (skipped !== undefined) open.push({ at: box.from + skipped, end: box.end })
    if (name !== 'ispe') continue
    if (box.from + SIZE_BYTES > box.end) return undefined
    const size = { width: view.getUint32(box.from + 4), height: view.getUint32(box.from + 8) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return undefined
}

/** Its content's bounds: 32 bits of length, 64 where they are 1, or to the end where they are 0. */
function boxAt(view: DataView, at: number, end: number): { from: number; end: number } | undefined {
  if (at + 8 > end) return undefined
  const short = view.getUint32(at)
  if (short === 1 && at + 16 > end) return undefined
  const from = at + (short === 1 ? 16 : 8)
  const length = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short
  return from <= at + length && at + length <= end ? { from, end: at + length } : undefined
}
