// PNG: places in its chunks, chunks that lie, pixels without end in a few bytes.
import { crc32, deflateSync } from 'node:zlib'
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import { withoutMetadata } from '../../src/files/metadata'
import { put, sample } from '../samples'
import type { Hostile } from './case'
import { EXIF, inCircle, withoutPlace, withPlace, XMP } from './exif'

const BASE = 'palette.png'
const HEADER_END = 33

/** With its checksum, so that other readers take it. */
export function chunk(name: string, data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const named = joined([bytesOf(name), typeof data === 'string' ? bytesOf(data) : data])
  const around = new Uint8Array(8)
  viewOf(around).setUint32(0, named.length - 4)
  viewOf(around).setUint32(4, crc32(named))
  return joined([around.subarray(0, 4), named, around.subarray(4)])
}

function header(width: number, height: number, depth: number, colours: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(13)
  viewOf(data).setUint32(0, width)
  viewOf(data).setUint32(4, height)
  data.set([depth, colours], 8)
  return chunk('IHDR', data)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const SIGNATURE = bytesOf('\x89PNG\r\n\x1a\n')

export function pngs(): Hostile[] {
  const cleaned = withoutMetadata(sample(BASE), 'image/png')
  if (cleaned.outcome !== 'clean') throw new Error('the sample is not clean')
  const png = cleaned.bytes
  const early = (...parts: Uint8Array[]) => put(png, HEADER_END, 0, ...parts)
  const late = (...parts: Uint8Array[]) => put(png, png.length - 12, 0, ...parts)
  const gone = (name: string, bytes: Uint8Array<ArrayBuffer>, found?: 'found'): Hostile => ({ name: `png-${name}.png`, bytes, outcome: 'clean', base: BASE, ...(found && { place: found }) })
  const refused = (name: string, bytes: Uint8Array<ArrayBuffer>, outcome: Hostile['outcome'] = 'damaged'): Hostile => ({ name: `png-${name}.png`, bytes, outcome })
  const profile = joined([bytesOf(EXIF), withPlace()])
  const raw = `Raw profile type exif\0\0`
  const length = (value: number) => {
    const lied = put(png, HEADER_END, 0, chunk('gAMA', '\0\0\xb1\x8f'))
    viewOf(lied).setUint32(HEADER_END, value)
    return lied
  }
  // A tenth of a gigabyte of nothing, packed twice over into little.
  const bomb = joined([SIGNATURE, header(11_000, 11_000, 1, 0), chunk('IDAT', deflateSync(new Uint8Array(11_000 * 1376), { level: 9 })), chunk('IEND', '')])
  return [
    gone('exif-early', early(chunk('eXIf', withPlace())), 'found'),
    gone('exif-late', late(chunk('eXIf', withPlace({ little: false }))), 'found'),
    gone('exif-second', early(chunk('eXIf', withoutPlace()), chunk('eXIf', withPlace()))),
    gone('exif-with-heading', early(chunk('eXIf', profile))),
    gone('exif-in-circle', early(chunk('eXIf', inCircle())), 'found'),
    gone('exif-older-name', early(chunk('exIf', withPlace()), chunk('zxIf', joined([bytesOf('\0'), withPlace()])))),
    gone('xmp', early(chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${XMP}`)), 'found'),
    { ...gone('xmp-packed', early(chunk('iTXt', joined([bytesOf('XML:com.adobe.xmp\0\x01\0\0\0'), deflateSync(bytesOf(XMP))])))), packed: true },
    gone('profile-in-text', early(chunk('tEXt', `${raw.slice(0, -1)}\nexif\n${profile.length}\n${hex(profile)}`))),
    { ...gone('profile-packed', early(chunk('zTXt', joined([bytesOf(raw), deflateSync(bytesOf(`\nexif\n${profile.length}\n${hex(profile)}`))])))), packed: true },
    gone('words', early(chunk('tEXt', 'Author\0Aigul'), chunk('tIME', '\x07\xea\x0b\x14\x09\0\0'), chunk('prVt', 'Kamera'))),
    gone('behind-its-end', joined([png, chunk('eXIf', withPlace()), bytesOf('Kamera')])),
    gone('place-in-density', early(chunk('pHYs', withPlace()))),
    gone('place-in-gamma', early(chunk('gAMA', withPlace()), chunk('sBIT', withPlace()), chunk('cHRM', withPlace()), chunk('bKGD', withPlace()))),
    gone('place-in-timing', early(chunk('cICP', withPlace()), chunk('mDCV', withPlace()), chunk('cLLI', withPlace()), chunk('sRGB', withPlace()))),
    refused('place-in-its-end', joined([png.subarray(0, -12), chunk('IEND', withPlace())])),
    refused('place-in-control', early(chunk('acTL', withPlace()))),
    refused('place-in-palette', early(chunk('PLTE', joined([withPlace(), new Uint8Array(768)])))),
    refused('length-2147483647', length(0x7fffffff)),
    refused('length-2147483648', length(0x80000000)),
    refused('length-4294967295', length(0xffffffff)),
    refused('length-0', length(0)),
    refused('no-header', joined([SIGNATURE, png.subarray(HEADER_END)])),
    refused('two-headers', early(header(1, 1, 8, 2))),
    refused('no-pixels', joined([png.subarray(0, HEADER_END), chunk('IEND', '')])),
    refused('none-wide', joined([SIGNATURE, header(0, 40, 8, 2), png.subarray(HEADER_END)])),
    refused('unknown-and-critical', early(chunk('NEWc', 'x')), 'not_understood'),
    { name: 'png-bomb.png', bytes: bomb, outcome: 'clean', size: [11_000, 11_000], packed: true },
    { name: 'png-huge.png', bytes: joined([SIGNATURE, header(40_000, 40_000, 8, 6), chunk('IDAT', 'x'), chunk('IEND', '')]), outcome: 'clean', size: [40_000, 40_000] },
    { name: 'png-endless.png', bytes: joined([SIGNATURE, header(0xffffffff, 0xffffffff, 16, 6), chunk('IDAT', 'x'), chunk('IEND', '')]), outcome: 'clean', size: [0xffffffff, 0xffffffff] },
    { ...gone('words-without-end', early(chunk('zTXt', joined([bytesOf('Comment\0\0'), deflateSync(new Uint8Array(4 << 20), { level: 9 })])))), packed: true },
  ]
}
