// WebP and GIF: places in chunks, frames and extensions; sizes that lie.
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import { withoutMetadata, type typeOf } from '../../src/files/metadata'
import { lettersOf, put, sample } from '../samples'
import type { Hostile } from './case'
import { inCircle, withPlace, XMP } from './exif'

const HEAD = 12

function plain(name: string, type: ReturnType<typeof typeOf>): Uint8Array<ArrayBuffer> {
  const cleaned = withoutMetadata(sample(name), type)
  if (cleaned.outcome !== 'clean') throw new Error('the sample is not clean')
  return cleaned.bytes
}

function chunk(name: string, data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof data === 'string' ? bytesOf(data) : data
  const length = new Uint8Array(4)
  viewOf(length).setUint32(0, bytes.length, true)
  return joined([bytesOf(name), length, bytes, new Uint8Array(bytes.length % 2)])
}

function riff(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = joined(parts)
  return joined([chunk('RIFF', joined([bytesOf('WEBP'), body]))])
}

export function webps(): Hostile[] {
  const base = 'lossless.webp'
  const webp = plain(base, 'image/webp')
  const body = webp.subarray(HEAD)
  // Pixels without a canvas.
  const bare = plain('plain.webp', 'image/webp').subarray(HEAD)
  const moving = plain('moving.webp', 'image/webp')
  const gone = (name: string, bytes: Uint8Array<ArrayBuffer>, from = base): Hostile => ({ name: `webp-${name}.webp`, bytes, outcome: 'clean', base: from })
  const refused = (name: string, bytes: Uint8Array<ArrayBuffer>): Hostile => ({ name: `webp-${name}.webp`, bytes, outcome: 'damaged' })
  const said = (at: number, value: number) => {
    const lied = new Uint8Array(webp)
    viewOf(lied).setUint32(at, value, true)
    return lied
  }
  const frame = lettersOf(moving).indexOf('ANMF')
  const frameLength = viewOf(moving).getUint32(frame + 4, true)
  const control = lettersOf(moving).indexOf('ANIM')
  const framed = joined([moving.subarray(HEAD, frame), chunk('ANMF', joined([moving.subarray(frame + 8, frame + 8 + frameLength), chunk('EXIF', withPlace()), chunk('XMP ', XMP)])), moving.subarray(frame + 8 + frameLength)])
  const controlled = joined([moving.subarray(HEAD, control), chunk('ANIM', joined([moving.subarray(control + 8, control + 14), withPlace()])), moving.subarray(control + 14)])
  return [
    gone('exif', riff(body, chunk('EXIF', withPlace()))),
    gone('exif-with-heading', riff(body, chunk('EXIF', joined([bytesOf('Exif\0\0'), withPlace({ little: false })])))),
    gone('exif-twice', riff(body, chunk('EXIF', inCircle()), chunk('EXIF', withPlace()))),
    gone('exif-first', riff(chunk('EXIF', withPlace()), body)),
    gone('xmp', riff(body, chunk('XMP ', XMP), chunk('XMP\0', XMP))),
    gone('unknown-chunks', riff(body, chunk('GPS ', withPlace()), chunk('exif', withPlace()), chunk('\0\0\0\0', 'Kamera'))),
    gone('behind-its-end', joined([webp, chunk('EXIF', withPlace())])),
    gone('exif-in-frame', riff(framed), 'moving.webp'),
    gone('exif-in-animation', riff(controlled), 'moving.webp'),
    refused('riff-0', said(4, 0)),
    refused('riff-4294967295', said(4, 0xffffffff)),
    refused('chunk-4294967295', said(HEAD + 4, 0xffffffff)),
    refused('chunk-2147483648', said(HEAD + 4, 0x80000000)),
    refused('two-canvases', riff(chunk('VP8X', new Uint8Array(10)), chunk('VP8X', new Uint8Array(10)), body)),
    refused('pixels-beyond-canvas', riff(chunk('VP8X', new Uint8Array(10)), body)),
    refused('canvas-without-pixels', riff(chunk('VP8X', bytesOf('\0\0\0\0\x3f\x9c\0\x3f\x9c\0')))),
    refused('frame-in-frame', riff(chunk('VP8X', bytesOf('\x02\0\0\0\x3b\0\0\x27\0\0')), chunk('ANMF', joined([new Uint8Array(16), chunk('ANMF', joined([new Uint8Array(16), body]))])))),
    { name: 'webp-huge.webp', bytes: riff(chunk('VP8X', bytesOf('\0\0\0\0\x3f\x9c\0\x3f\x9c\0')), bare), outcome: 'clean', size: [40_000, 40_000] },
    { name: 'webp-endless.webp', bytes: riff(chunk('VP8X', bytesOf('\0\0\0\0\xff\xff\xff\xff\xff\xff')), bare), outcome: 'clean', size: [1 << 24, 1 << 24] },
  ]
}

export function gifs(): Hostile[] {
  const base = 'moving.gif'
  const gif = plain(base, 'image/gif')
  const colours = 13 + 3 * 2 ** (((gif[10] ?? 0) & 7) + 1)
  const early = (...parts: Uint8Array[]) => put(gif, colours, 0, ...parts)
  const gone = (name: string, bytes: Uint8Array<ArrayBuffer>): Hostile => ({ name: `gif-${name}.gif`, bytes, outcome: 'clean', base })
  const refused = (name: string, bytes: Uint8Array<ArrayBuffer>, outcome: Hostile['outcome'] = 'damaged'): Hostile => ({ name: `gif-${name}.gif`, bytes, outcome })
  const block = (data: Uint8Array): Uint8Array => joined([Uint8Array.of(data.length), data])
  const application = (name: string, ...data: Uint8Array[]): Uint8Array => joined([bytesOf('\x21\xff\x0b'), bytesOf(name), ...data, bytesOf('\0')])
  const control = lettersOf(gif).indexOf('\x21\xf9')
  const place = withPlace()
  return [
    gone('comment', early(joined([bytesOf('\x21\xfe'), block(bytesOf('Kamera')), bytesOf('\0')]))),
    gone('xmp', early(application('XMP DataXMP', bytesOf(XMP), bytesOf('\x01'), Uint8Array.from({ length: 256 }, (_, index) => 255 - index)))),
    gone('exif', early(application('EXIF    1.0', block(place)))),
    gone('words-as-pixels', early(joined([bytesOf('\x21\x01'), block(new Uint8Array(12)), block(place), bytesOf('\0')]))),
    gone('behind-its-end', joined([gif, place])),
    gone('place-in-timing', put(gif, control + 7, 0, block(place))),
    gone('place-in-loop', early(application('NETSCAPE1.0', block(place)))),
    refused('no-pixels', joined([gif.subarray(0, colours), bytesOf('\x3b')])),
    refused('blocks-without-end', joined([gif.subarray(0, colours), bytesOf('\x21\xfe'), bytesOf('\x01x'.repeat(2000))])),
    refused('unknown-block', early(bytesOf('\x99')), 'not_understood'),
    { name: 'gif-huge.gif', bytes: put(gif, 6, 4, bytesOf('\x40\x9c\x40\x9c')), outcome: 'clean', size: [40_000, 40_000] },
    { name: 'gif-frame-far-off.gif', bytes: put(gif, lettersOf(gif).indexOf('\x2c', control + 8) + 1, 8, bytesOf('\xff\xff\xff\xff\xff\xff\xff\xff')), outcome: 'clean', size: [131_070, 131_070] },
  ]
}
