// Images as cameras and programs write them, and what is put into them to see whether it comes out.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, joined, viewOf } from '../src/files/bytes'

const FOLDER = join(import.meta.dirname, '../src/files/samples')
export const SAMPLES = readdirSync(FOLDER).filter((file) => !file.endsWith('.py'))

export function sample(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(FOLDER, name)))
}

/** All in the samples that says who, where, when and with what. */
export const PRIVATE = ['Aigul', 'Kamera', 'school 25', '2026:11:20', 'serial-4711', 'xmpmeta', '43,14', 'Exif\0\0II', 'XML:com', 'MPF', 'Photoshop', 'ftypmp42', 'JFXX']

export function lettersOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

export function privateIn(bytes: Uint8Array): string[] {
  const letters = lettersOf(bytes)
  return PRIVATE.filter((word) => letters.includes(word))
}

export function segment(marker: number, data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === 'string' ? bytesOf(data) : data
  return joined([Uint8Array.of(0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 0xff), bytes])
}

/** `parts` put in at `at`, in the place of `removed` bytes. */
export function put(bytes: Uint8Array, at: number, removed: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined([bytes.subarray(0, at), ...parts, bytes.subarray(at + removed)])
}

/** What a phone writes besides EXIF: IPTC, previews, a thumbnail in JFIF, notes in a segment of its own, and a film behind the photo. */
export function withMore(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const jfif = segment(0xe0, `JFIF\0\x01\x02\x01\x01\x2c\x01\x2c\x01\x01${'Aig'}`)
  const more = [segment(0xed, 'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x50\0\x05Aigul'), segment(0xe2, 'MPF\0Kamera'), segment(0xe0, 'JFXX\0\x10'), segment(0xe5, 'Kamera'), segment(0xe1, 'Exif\0\0II*\0')]
  const tables = lettersOf(jpeg).indexOf('\xff\xdb')
  return joined([jpeg.subarray(0, 2), jfif, jpeg.subarray(2, tables), ...more, jpeg.subarray(tables), bytesOf('\0\0\0\x18ftypmp42'), jpeg])
}

export function chunk(name: string, data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === 'string' ? bytesOf(data) : data
  const length = new Uint8Array(4)
  viewOf(length).setUint32(0, bytes.length)
  return joined([length, bytesOf(name), bytes, new Uint8Array(4)])
}

/** A photo of a phone that Chromium cannot show. */
export const heic = (): Uint8Array<ArrayBuffer> => bytesOf(lettersOf(sample('photo.avif')).replace('ftypavif', 'ftypheic'))

/** Only the beginning of a PNG, of any size. */
export function pngOf(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13)
  viewOf(header).setUint32(0, width)
  viewOf(header).setUint32(4, height)
  header.set([8, 6], 8)
  return joined([bytesOf('\x89PNG\r\n\x1a\n'), chunk('IHDR', header), chunk('IDAT', 'x'), chunk('IEND', '')])
}

/** A generator of numbers that a failed run can be repeated with. */
export function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
}

/** Bytes changed, doubled, taken out and put in at random; lengths and markers more often than their share. */
export function damaged(bytes: Uint8Array, roll: (below: number) => number): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes)
  for (let times = 1 + roll(6); times > 0; times -= 1) {
    const at = roll(result.length)
    const value = [0x00, 0xff, 0x7f, 0x80, 0xda, 0xd9, 0x01, roll(256)][roll(8)] ?? 0
    const kind = roll(5)
    if (kind < 2) result[at] = value
    else if (kind === 2) result = put(result, at, roll(40))
    else if (kind === 3) result = put(result, at, 0, Uint8Array.from({ length: roll(12) }, () => value))
    else result = put(result, at, 0, result.slice(roll(result.length)))
    if (result.length > 20_000) result = result.slice(0, 20_000)
    if (result.length === 0) return result
  }
  return result
}
