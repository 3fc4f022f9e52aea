// HEIC and AVIF (ISO 23008-12) as far as a decoder's memory is concerned: how large an image the file may hold.
import { boxAt } from './boxes'
import { viewOf } from './bytes'
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
    const box = boxAt(bytes, at, end)
    if (!box) return undefined
    place.at = box.end
    const skipped = WITHIN[box.name]
    if (skipped !== undefined) open.push({ at: box.from + skipped, end: box.end })
    if (box.name !== 'ispe') continue
    if (box.from + SIZE_BYTES > box.end) return undefined
    const size = { width: view.getUint32(box.from + 4), height: view.getUint32(box.from + 8) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return undefined
}
