// PNG (W3C, third edition, with APNG): a signature and a row of chunks. Kept are the chunks that are needed to show it, and no byte after its end.
import { bytesOf, joined, lettersAt, viewOf } from './bytes'
import { orientationAlone, orientationOf, turned, type Orientation } from './orientation'
import { Gathered, type Picture } from './picture'

export const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n'
/** The pixels and their colours, how large and on what ground they are meant, and the frames of an animation: how many bytes each may have. Behind those
 * that its decoder reads anything could be hidden. */
const KEPT: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['IHDR', [13, 13]], ['PLTE', [3, 768]], ['IDAT', [0, Infinity]], ['IEND', [0, 0]], ['tRNS', [1, 256]], ['gAMA', [4, 4]], ['cHRM', [32, 32]],
  ['sRGB', [1, 1]], ['iCCP', [3, Infinity]], ['sBIT', [1, 4]], ['cICP', [4, 4]], ['mDCV', [24, 24]], ['cLLI', [8, 8]], ['bKGD', [1, 6]], ['pHYs', [9, 9]],
  ['acTL', [8, 8]], ['fcTL', [26, 26]], ['fdAT', [4, Infinity]],
])
/** Those without which nothing, or not the same, is shown. */
const NEEDED = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'acTL', 'fcTL', 'fdAT'])
/** Length, name and checksum around a chunk's data. */
const AROUND_BYTES = 12

export function readPng(bytes: Uint8Array): Picture {
  const view = viewOf(bytes)
  const gathered = new Gathered()
  let orientation: Orientation | undefined
  let controls = 0
  let at = PNG_SIGNATURE.length
  gathered.keep(bytes.subarray(0, at))
  while (gathered.next()) {
    if (at + AROUND_BYTES > bytes.length) return gathered.end('damaged')
    const name = lettersAt(bytes, at + 4, 4)
    const end = at + AROUND_BYTES + view.getUint32(at)
    const data = bytes.subarray(at + 8, end - 4)
    const isFirst = at === PNG_SIGNATURE.length
    const kept = KEPT.get(name)
    const fits = kept !== undefined && data.length >= kept[0] && data.length <= kept[1]
    if (end > bytes.length || isFirst !== (name === 'IHDR') || (NEEDED.has(name) && !fits)) return gathered.end('damaged')
    if (isFirst) gathered.size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (name === 'fcTL') controls += 1
    if (name === 'IDAT') gathered.frames = Math.max(1, controls)
    if (name === 'fdAT' && gathered.frames > 0) gathered.frames = controls
    if (fits) gathered.keep(bytes.subarray(at, end))
    else if (isCritical(name)) return gathered.end('not_understood')
    else if (name === 'eXIf' && orientation === undefined) {
      orientation = orientationOf(data)
      if (orientation !== 1) gathered.keep(chunk('eXIf', orientationAlone(orientation)))
      if (gathered.size) gathered.size = turned(gathered.size, orientation)
    }
    if (name === 'IEND') return gathered.end('whole')
    at = end
  }
  return gathered.end('not_understood')
}

/** A capital at the front: no decoder may pass it over. */
const isCritical = (name: string): boolean => !/^[a-z]/.test(name)

function chunk(name: string, data: Uint8Array): Uint8Array {
  const checked = joined([bytesOf(name), data])
  const around = new Uint8Array(8)
  viewOf(around).setUint32(0, data.length)
  viewOf(around).setUint32(4, checksum(checked))
  return joined([around.subarray(0, 4), checked, around.subarray(4)])
}

/** CRC-32, bit by bit: it is for a chunk of 26 bytes. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
