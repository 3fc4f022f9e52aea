// PNG (W3C, third edition, with APNG): a signature and a row of chunks. Kept are the chunks that are needed to show it, and no byte after its end.
import { bytesOf, joined, lettersAt, viewOf } from './bytes'
import { orientationAlone, orientationOf, turned, type Orientation } from './orientation'
import { Gathered, type Picture } from './picture'

export const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n'
/** The pixels and their colours, how large and on what ground they are meant, and the frames of an animation. */
const KEPT = new Set([
  'IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'cICP', 'mDCV', 'cLLI',
  'bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT',
])
/** Length, name and checksum around a chunk's data. */
const AROUND_BYTES = 12
const HEADER_BYTES = 13

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
    if (end > bytes.length || isFirst !== (name === 'IHDR') || (isFirst && data.length !== HEADER_BYTES)) return gathered.end('damaged')
    if (isFirst) gathered.size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (name === 'fcTL') controls += 1
    if (name === 'IDAT') gathered.frames = Math.max(1, controls)
    if (name === 'fdAT' && gathered.frames > 0) gathered.frames = controls
    if (KEPT.has(name)) gathered.keep(bytes.subarray(at, end))
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
