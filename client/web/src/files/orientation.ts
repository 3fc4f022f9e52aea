// How a camera was held: the one word of EXIF (a TIFF directory) that changes what one sees. All else in it is left behind.
import { lettersAt, viewOf } from './bytes'
import type { Size } from './picture'

/** As TIFF numbers them: 1 upright, 2 to 4 mirrored or upside down, 5 to 8 lying on a side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const TAG = 0x0112
const SHORT = 3
const ENTRY_BYTES = 12

/** Upright where the directory is damaged or says nothing: so browsers show it too. */
export function orientationOf(tiff: Uint8Array): Orientation {
  const order = lettersAt(tiff, 0, 4)
  const little = order === 'II*\0'
  if ((!little && order !== 'MM\0*') || tiff.length < 8) return 1
  const view = viewOf(tiff)
  const directory = view.getUint32(4, little)
  if (directory + 2 > tiff.length) return 1
  const entries = view.getUint16(directory, little)
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * ENTRY_BYTES
    if (at + ENTRY_BYTES > tiff.length) return 1
    if (view.getUint16(at, little) !== TAG) continue
    const said = view.getUint16(at + 2, little) === SHORT ? view.getUint16(at + 8, little) : 1
    return said >= 1 && said <= 8 ? (said as Orientation) : 1
  }
  return 1
}

/** A directory with nothing but this. */
export function orientationAlone(orientation: Orientation): Uint8Array {
  const tiff = new Uint8Array(26)
  const view = viewOf(tiff)
  view.setUint32(0, 0x4d4d002a)
  view.setUint32(4, 8)
  view.setUint16(8, 1)
  view.setUint16(10, TAG)
  view.setUint16(12, SHORT)
  view.setUint32(14, 1)
  view.setUint16(18, orientation)
  return tiff
}

/** As it is seen by whom the image is turned for. */
export function turned({ width, height }: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}
