// HEIC: boxes that lie, boxes within boxes. Nothing here can clean it: it is drawn anew, or goes as it is when a person says so.
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import type { Hostile } from './case'
import { EXIF, withPlace } from './exif'

function box(name: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = joined(parts)
  const length = new Uint8Array(4)
  viewOf(length).setUint32(0, body.length + 8)
  return joined([length, bytesOf(name), body])
}

const full = (name: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => box(name, new Uint8Array(4), ...parts)

function numbers(...values: number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4)
  values.forEach((value, index) => viewOf(bytes).setUint32(index * 4, value))
  return bytes
}

const START = box('ftyp', bytesOf('heic\0\0\0\0mif1heic'))
const sized = (width: number, height: number): Uint8Array<ArrayBuffer> => full('meta', box('iprp', box('ipco', full('ispe', numbers(width, height)))))

/** With an item of EXIF, where readers find it. */
function withItem(): Uint8Array<ArrayBuffer> {
  const item = joined([numbers(EXIF.length), bytesOf(EXIF), withPlace()])
  const entry = box('infe', bytesOf('\x02\0\0\0\0\x01\0\0Exif\0'))
  const meta = (offset: number) =>
    full('meta', full('hdlr', numbers(0), bytesOf('pict'), new Uint8Array(13)), full('iinf', bytesOf('\0\x01'), entry),
      full('iloc', bytesOf('\x44\0\0\x01\0\x01\0\0\0\x01'), numbers(offset, item.length)), box('iprp', box('ipco', full('ispe', numbers(60, 40)))))
  const offset = START.length + meta(0).length + 8
  return joined([START, meta(offset), box('mdat', item)])
}

function deep(): Uint8Array<ArrayBuffer> {
  let within: Uint8Array<ArrayBuffer> = full('ispe', numbers(60, 40))
  for (let times = 0; times < 1_000; times += 1) within = box('iprp', within)
  return within
}

function said(length: number): Uint8Array<ArrayBuffer> {
  const lied = joined([START, sized(60, 40)])
  viewOf(lied).setUint32(START.length, length)
  return lied
}

export function heifs(): Hostile[] {
  const it = (name: string, bytes: Uint8Array<ArrayBuffer>, more: Partial<Hostile> = {}): Hostile => ({ name: `heic-${name}.heic`, bytes, outcome: 'unsupported', ...more })
  return [
    it('exif', withItem(), { place: 'found', size: [60, 40] }),
    it('huge', joined([START, sized(40_000, 40_000)]), { size: [40_000, 40_000] }),
    it('small-beside-huge', joined([START, full('meta', box('iprp', box('ipco', full('ispe', numbers(60, 40)), full('ispe', numbers(40_000, 40_000)))))]), { size: [40_000, 40_000] }),
    it('deep', joined([START, full('meta', deep())]), { size: [60, 40] }),
    it('length-0', said(0), { size: [60, 40] }),
    it('length-7', said(7)),
    it('length-2147483648', said(0x80000000)),
    it('length-4294967295', said(0xffffffff)),
    it('length-of-64-bits', joined([START, bytesOf('\0\0\0\x01meta\xff\xff\xff\xff\xff\xff\xff\xff'), sized(60, 40)])),
    it('length-of-64-bits-negative', joined([START, bytesOf('\0\0\0\x01meta\x80\0\0\0\0\0\0\0'), sized(60, 40)])),
    it('no-size', joined([START, full('meta', box('iprp', box('ipco')))])),
    it('empty-boxes', joined([START, full('meta', ...Array.from({ length: 2_000 }, () => box('free')))])),
  ]
}
