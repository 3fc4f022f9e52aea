// WebP (RFC 9649): a RIFF with chunks, and in an animation chunks within them. Kept are those that are needed to show it.
import { bytesOf, joined, lettersAt, viewOf } from './bytes'
import { orientationAlone, orientationOf, type Orientation } from './orientation'
import { Gathered, type Picture, type Size, type Unread } from './picture'

const RIFF_HEAD_BYTES = 12
const CHUNK_HEAD_BYTES = 8
const EXTENDED_BYTES = 10
const FRAME_HEAD_BYTES = 16
const HAS = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10, profile: 0x20 } as const
/** The ground and the number of rounds. */
const ANIMATION_BYTES = 6
const AS_IS = new Set(['VP8 ', 'VP8L', 'ALPH', 'ICCP'])
const IN_FRAME = new Set(['VP8 ', 'VP8L', 'ALPH'])

interface Chunk {
  name: string
  data: Uint8Array
}

export function readWebp(bytes: Uint8Array): Picture {
  const gathered = new Gathered()
  const riff = RIFF_HEAD_BYTES - 4 + viewOf(bytes).getUint32(4, true)
  const chunks = chunksOf(bytes, RIFF_HEAD_BYTES, Math.min(riff, bytes.length), gathered)
  const kept: Chunk[] = []
  let orientation: Orientation | undefined
  for (const chunk of chunks.read) {
    const { name, data } = chunk
    if (name === 'VP8X') {
      if (data.length < EXTENDED_BYTES || gathered.size) return gathered.end('damaged')
      const view = viewOf(data)
      gathered.size = { width: 1 + (view.getUint32(4, true) & 0xffffff), height: 1 + (view.getUint32(6, true) >>> 8) }
      kept.push({ name, data: extended(data) })
    } else if (AS_IS.has(name)) {
      if (!fits(chunk, gathered)) return gathered.end('damaged')
      kept.push(chunk)
    } else if (name === 'ANMF') {
      const frame = frameOf(data, gathered)
      if (typeof frame === 'string') return gathered.end(frame)
      kept.push({ name, data: frame })
    } else if (name === 'ANIM') kept.push({ name, data: data.subarray(0, ANIMATION_BYTES) })
    else if (name === 'EXIF') orientation ??= orientationOf(tiffIn(data))
  }
  if (chunks.ended !== 'whole' || riff > bytes.length) return gathered.end(chunks.ended === 'whole' ? 'damaged' : chunks.ended)
  if (orientation !== undefined && orientation !== 1) turn(kept, orientation)
  const body = joined(kept.map(packed))
  gathered.keep(head(body.length))
  gathered.keep(body)
  return gathered.end('whole')
}

/** The chunks from `at` to `end`; `read` has those that came before whatever is wrong. */
function chunksOf(bytes: Uint8Array, at: number, end: number, gathered: Gathered): { read: Chunk[]; ended: Picture['state'] } {
  const view = viewOf(bytes)
  const read: Chunk[] = []
  while (at < end) {
    if (!gathered.next()) return { read, ended: 'not_understood' }
    if (at + CHUNK_HEAD_BYTES > end) return { read, ended: 'damaged' }
    const from = at + CHUNK_HEAD_BYTES
    const length = view.getUint32(at + 4, true)
    if (from + length > end) return { read, ended: 'damaged' }
    read.push({ name: lettersAt(bytes, at, 4), data: bytes.subarray(from, from + length) })
    at = from + length + (length % 2)
  }
  return { read, ended: 'whole' }
}

/** Whether coded pixels lie within the canvas, which they are themselves where nothing else has said it. */
function fits({ name, data }: Chunk, gathered: Gathered): boolean {
  if (name !== 'VP8 ' && name !== 'VP8L') return true
  const coded = name === 'VP8 ' ? lossy(data) : lossless(data)
  if (!coded) return false
  gathered.frames += 1
  gathered.size ??= coded
  const within = coded.width <= gathered.size.width && coded.height <= gathered.size.height
  // A decoder that goes by the coded pixels would take more than the canvas says.
  if (!within) gathered.size = undefined
  return within
}

function lossy(data: Uint8Array): Size | undefined {
  if (data.length < 10 || lettersAt(data, 3, 3) !== '\x9d\x01\x2a') return undefined
  const view = viewOf(data)
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
}

function lossless(data: Uint8Array): Size | undefined {
  if (data.length < 5 || data[0] !== 0x2f) return undefined
  const bits = viewOf(data).getUint32(1, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** A frame of an animation may have chunks that nobody knows. */
function frameOf(data: Uint8Array, gathered: Gathered): Uint8Array | Unread {
  if (data.length < FRAME_HEAD_BYTES || !gathered.size) return 'damaged'
  const { read, ended } = chunksOf(data, FRAME_HEAD_BYTES, data.length, gathered)
  if (ended !== 'whole') return ended
  const kept = read.filter(({ name }) => IN_FRAME.has(name))
  if (!kept.every((chunk) => fits(chunk, gathered))) return 'damaged'
  return joined([data.subarray(0, FRAME_HEAD_BYTES), ...kept.map(packed)])
}

function extended(data: Uint8Array): Uint8Array {
  const flags = (data[0] ?? 0) & (HAS.animation | HAS.alpha | HAS.profile)
  return joined([Uint8Array.of(flags, 0, 0, 0), data.subarray(4, EXTENDED_BYTES)])
}

/** Some writers put JPEG's heading before the directory. */
const tiffIn = (data: Uint8Array): Uint8Array => (lettersAt(data, 0, 6) === 'Exif\0\0' ? data.subarray(6) : data)

/** For the viewers that heed it. Chromium does not, so the size stays that of the canvas. */
function turn(kept: Chunk[], orientation: Orientation): void {
  const first = kept[0]
  // Without the extended heading there can be no EXIF, whatever chunks there are.
  if (first?.name !== 'VP8X') return
  first.data[0] = (first.data[0] ?? 0) | HAS.exif
  kept.push({ name: 'EXIF', data: orientationAlone(orientation) })
}

function packed({ name, data }: Chunk): Uint8Array {
  const length = new Uint8Array(4)
  viewOf(length).setUint32(0, data.length, true)
  return joined([bytesOf(name), length, data, new Uint8Array(data.length % 2)])
}

function head(bodyLength: number): Uint8Array {
  const length = new Uint8Array(4)
  viewOf(length).setUint32(0, bodyLength + 4, true)
  return joined([bytesOf('RIFF'), length, bytesOf('WEBP')])
}
