// EXIF, XMP and IPTC that say where a photo was taken, as devices and programs write them, and as nobody should.
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import { segment } from '../samples'

const ASCII = 2
const SHORT = 3
const LONG = 4
const RATIONAL = 5
const UNDEFINED = 7

/** A tag, its type, how many values, and the values: a number that fits in four bytes, bytes, or the place of another directory in the list. */
type Entry = readonly [tag: number, type: number, count: number, value: number | Uint8Array | { directory: number }]

interface Layout {
  /** II or MM. */
  little?: boolean
  /** Which directory follows each; none: the end. */
  next?: readonly (number | undefined)[]
}

/** A TIFF with these directories, the first one first. */
export function tiff(directories: readonly (readonly Entry[])[], { little = true, next = [] }: Layout = {}): Uint8Array<ArrayBuffer> {
  let end = 8
  const starts = directories.map((entries) => {
    const start = end
    end += 2 + entries.length * 12 + 4
    return start
  })
  const head = new Uint8Array(end)
  const view = viewOf(head)
  head.set(bytesOf(little ? 'II*\0' : 'MM\0*'))
  view.setUint32(4, 8, little)
  const tail: Uint8Array[] = []
  directories.forEach((entries, index) => {
    let at = starts[index] ?? 8
    view.setUint16(at, entries.length, little)
    at += 2
    for (const [tag, type, count, value] of entries) {
      view.setUint16(at, tag, little)
      view.setUint16(at + 2, type, little)
      view.setUint32(at + 4, count, little)
      if (value instanceof Uint8Array && value.length > 4) {
        view.setUint32(at + 8, end, little)
        tail.push(value)
        end += value.length
      } else if (value instanceof Uint8Array) head.set(value, at + 8)
      else if (typeof value !== 'number') view.setUint32(at + 8, starts[value.directory] ?? 0, little)
      else if (type === SHORT) view.setUint16(at + 8, value, little)
      else view.setUint32(at + 8, value, little)
      at += 12
    }
    const following = next[index]
    view.setUint32(at, following === undefined ? 0 : (starts[following] ?? 0), little)
  })
  return joined([head, ...tail])
}

const text = (words: string): Uint8Array => bytesOf(`${words}\0`)
const isText = (tag: number, words: string): Entry => [tag, ASCII, words.length + 1, text(words)]

function rationals(little: boolean, ...parts: number[]): Uint8Array {
  const bytes = new Uint8Array(parts.length * 8)
  const view = viewOf(bytes)
  parts.forEach((part, index) => {
    view.setUint32(index * 8, part, little)
    view.setUint32(index * 8 + 4, 1, little)
  })
  return bytes
}

/** A school in Almaty: 43° 14′ 12″ N, 76° 56′ 42″ E. */
const place = (little: boolean): Entry[] => [
  isText(1, 'N'), [2, RATIONAL, 3, rationals(little, 43, 14, 12)],
  isText(3, 'E'), [4, RATIONAL, 3, rationals(little, 76, 56, 42)],
]
const maker = (): Entry[] => [isText(0x010f, 'Kamera'), isText(0x0110, 'K-1')]
const turnedBy = (orientation: number): Entry => [0x0112, SHORT, 1, orientation]
const toPlace = (directory: number): Entry => [0x8825, LONG, 1, { directory }]
const toExif = (directory: number): Entry => [0x8769, LONG, 1, { directory }]

export function withPlace({ little = true, orientation = 1 } = {}): Uint8Array<ArrayBuffer> {
  return tiff([[...maker(), turnedBy(orientation), toPlace(1)], place(little)], { little })
}

export const withoutPlace = (orientation = 1): Uint8Array<ArrayBuffer> => tiff([[turnedBy(orientation)]])

/** The second directory follows the first, and the first the second: whoever goes on until the end never ends. */
export const inCircle = (): Uint8Array<ArrayBuffer> => tiff([[...maker(), toPlace(1)], place(true)], { next: [1, 0] })

/** Its EXIF directory is itself, and so on. */
export const inItself = (): Uint8Array<ArrayBuffer> => tiff([[...maker(), toExif(0), toPlace(1)], place(true)], { next: [0] })

/** The directory of a small picture has the place, beside the picture. */
export function inThumbnail(small: Uint8Array): Uint8Array<ArrayBuffer> {
  const first: Entry[] = [turnedBy(1)]
  const second: Entry[] = [...maker(), [0x0201, LONG, 1, 0], [0x0202, LONG, 1, small.length], toPlace(2)]
  const whole = tiff([first, second, place(true)], { next: [1] })
  // Where the picture begins is known when all else stands.
  viewOf(whole).setUint32(8 + 2 + 12 + 4 + 2 + 2 * 12 + 8, whole.length, true)
  return joined([whole, small])
}

/** A directory that says it has so many entries, and entries that say they have so many values. */
export function lying(count: number): Uint8Array<ArrayBuffer> {
  const bytes = tiff([[[0x010e, UNDEFINED, count, new Uint8Array(8)], turnedBy(6), toPlace(1)], place(true)])
  if (count > 0xffff) viewOf(bytes).setUint16(8, 0xffff, true)
  return bytes
}

/** The first directory is said to begin at this place. */
export function beginning(at: number): Uint8Array<ArrayBuffer> {
  const bytes = withPlace()
  viewOf(bytes).setUint32(4, at, true)
  return bytes
}

export const EXIF = 'Exif\0\0'
export const app1 = (directory: Uint8Array, heading = EXIF): Uint8Array => segment(0xe1, joined([bytesOf(heading), directory]))

export const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
  'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="43,14.2N" exif:GPSLongitude="76,56.7E"/></rdf:RDF></x:xmpmeta>'
export const XMP_HEADING = 'http://ns.adobe.com/xap/1.0/\0'
const EXTENSION_HEADING = `http://ns.adobe.com/xmp/extension/\0${'0'.repeat(32)}`

export function extendedXmp(): Uint8Array {
  const numbers = new Uint8Array(8)
  viewOf(numbers).setUint32(0, XMP.length)
  return segment(0xe1, joined([bytesOf(EXTENSION_HEADING), numbers, bytesOf(XMP)]))
}

/** By whom, and in which town. */
export const IPTC = 'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x50\0\x05Aigul\x1c\x02\x5a\0\x05Almat'
