// JPEG (ITU T.81, with JFIF, EXIF and Adobe's segment): a row of segments, and after each start of scan the coded pixels. It is kept by what is
// known to show the image; any other application segment is metadata, and so is all that follows the end (the film of a motion photo, the previews of MPF).
import { bytesOf, holdsAt, joined, viewOf } from './bytes'
import { SCANS_LIMIT } from './limits'
import { orientationAlone, orientationOf, turned, type Orientation } from './orientation'
import { Gathered, type Picture, type Unread } from './picture'

const START_OF_SCAN = 0xda
const END = 0xd9
const COMMENT = 0xfe
const QUANTISATION = 0xdb
const LINES = 0xdc
const RESTARTS = 0xdd
const HUFFMAN = 0xc4
const ARITHMETIC = 0xcc
const JFIF = 'JFIF\0'
const EXIF = 'Exif\0'
/** The marker's two bytes, the length's two. */
const HEAD_BYTES = 4
/** With the size of the thumbnail, which follows. */
const JFIF_BYTES = 14
const ADOBE_BYTES = 12
const FRAME_BYTES = 6

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== HUFFMAN && marker !== 0xc8 && marker !== ARITHMETIC
/** Tables of quantisation, Huffman and arithmetic codes, the number of lines, the restart interval. */
const isTable = (marker: number): boolean => marker === HUFFMAN || marker === ARITHMETIC || (marker >= QUANTISATION && marker <= RESTARTS)
const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef

export function readJpeg(bytes: Uint8Array): Picture {
  const view = viewOf(bytes)
  const gathered = new Gathered()
  const seen: Seen = { orientation: undefined, scans: 0 }
  let coded: number | undefined
  gathered.keep(bytes.subarray(0, 2))
  for (let at = markerFrom(bytes, 2); gathered.next(); at = markerFrom(bytes, at)) {
    const marker = bytes[at + 1]
    if (coded !== undefined) gathered.keep(bytes.subarray(coded, at))
    if (marker === END) {
      gathered.keep(bytes.subarray(at, at + 2))
      return gathered.end('whole')
    }
    if (marker === undefined || at + HEAD_BYTES > bytes.length) return gathered.end('damaged')
    const end = at + 2 + view.getUint16(at + 2)
    if (end < at + HEAD_BYTES || end > bytes.length) return gathered.end('damaged')
    const wrong = take(marker, bytes.subarray(at, end), seen, gathered)
    if (wrong) return gathered.end(wrong)
    coded = marker === START_OF_SCAN ? end : undefined
    at = end
  }
  return gathered.end('not_understood')
}

interface Seen {
  orientation: Orientation | undefined
  scans: number
}

/** Keeps of a segment what shows the image; says what is wrong with it. */
function take(marker: number, whole: Uint8Array, seen: Seen, gathered: Gathered): Unread | undefined {
  const data = whole.subarray(HEAD_BYTES)
  if (isFrame(marker)) return frame(whole, seen, gathered)
  if (marker === START_OF_SCAN || isTable(marker)) {
    if (!addsUp(marker, data)) return 'not_understood'
    gathered.keep(whole)
    if (marker !== START_OF_SCAN) return undefined
    gathered.frames = 1
    seen.scans += 1
    return seen.scans > SCANS_LIMIT ? 'not_understood' : undefined
  }
  if (marker === 0xe1 && seen.orientation === undefined && holdsAt(data, 0, EXIF)) {
    seen.orientation = orientationOf(data.subarray(EXIF.length + 1))
    if (seen.orientation !== 1) gathered.keep(segment(marker, joined([bytesOf(`${EXIF}\0`), orientationAlone(seen.orientation)])))
    if (gathered.size) gathered.size = turned(gathered.size, seen.orientation)
    return undefined
  }
  const shown = showing(marker, data)
  if (shown) gathered.keep(segment(marker, shown))
  if (isApplication(marker) || marker === COMMENT) return undefined
  return marker < 0xc0 ? 'damaged' : 'not_understood'
}

function frame(whole: Uint8Array, { orientation }: Seen, gathered: Gathered): Unread | undefined {
  if (whole.length < HEAD_BYTES + FRAME_BYTES) return 'damaged'
  const isSecond = gathered.size !== undefined
  const view = viewOf(whole)
  // Of two frames each decoder may take another: neither size is to be relied upon.
  gathered.size = isSecond ? undefined : turned({ width: view.getUint16(7), height: view.getUint16(5) }, orientation ?? 1)
  gathered.keep(whole)
  return isSecond || !addsUp(whole[1] ?? 0, whole.subarray(HEAD_BYTES)) ? 'not_understood' : undefined
}

/** Whether it has just the bytes that its decoder reads: behind those anything could be hidden. Decoders refuse it too. */
function addsUp(marker: number, data: Uint8Array): boolean {
  const { length } = data
  if (isFrame(marker)) return length === FRAME_BYTES + 3 * (data[FRAME_BYTES - 1] ?? 0)
  if (marker === START_OF_SCAN) return length === 4 + 2 * (data[0] ?? 0)
  if (marker === LINES || marker === RESTARTS) return length === 2
  if (marker === ARITHMETIC) return length % 2 === 0
  let at = 0
  while (at < length) {
    if (marker === QUANTISATION) at += 1 + ((data[at] ?? 0) >> 4 === 0 ? 64 : 128)
    else at += data.subarray(at + 1, at + 17).reduce((sum, codes) => sum + codes, 17)
  }
  return at === length
}

/** Where the next marker begins, as libjpeg finds it: over anything else, stuffed and filled bytes, and restarts. The length where there is none. */
function markerFrom(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1]
    const none = code === 0x00 || code === 0x01 || code === 0xff || (code !== undefined && code >= 0xd0 && code <= 0xd7)
    if (!none) return at
  }
  return bytes.length
}

/** Of an application segment what its decoder needs: the pixels' density without a thumbnail, the profile of colours, Adobe's transform. */
function showing(marker: number, data: Uint8Array): Uint8Array | undefined {
  if (marker === 0xe0 && holdsAt(data, 0, JFIF) && data.length >= JFIF_BYTES) return joined([data.subarray(0, JFIF_BYTES - 2), new Uint8Array(2)])
  if (marker === 0xe2 && holdsAt(data, 0, 'ICC_PROFILE\0')) return data
  if (marker === 0xee && holdsAt(data, 0, 'Adobe') && data.length >= ADOBE_BYTES) return data.subarray(0, ADOBE_BYTES)
  return undefined
}

function segment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2
  return joined([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), data])
}
