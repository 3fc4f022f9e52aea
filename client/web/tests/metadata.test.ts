import exifr from 'exifr'
import { describe, expect, it } from 'vitest'
import { bytesOf, joined, viewOf } from '../src/files/bytes'
import { largestOf } from '../src/files/heif'
import { SCANS_LIMIT } from '../src/files/limits'
import { dimensionsOf, pictureIn, typeOf, withoutMetadata } from '../src/files/metadata'
import { chunk, damaged, dice, lettersOf, pngOf, privateIn, put, sample, SAMPLES, segment, withMore } from './samples'

const ALL = { tiff: true, exif: true, gps: true, ifd1: true, interop: true, makerNote: true, userComment: true, xmp: true, iptc: true, icc: false, translateValues: false }
const READ = SAMPLES.filter((name) => name !== 'photo.avif')

const outcomeOf = (bytes: Uint8Array) => withoutMetadata(bytes, typeOf(bytes)).outcome
function clean(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = withoutMetadata(bytes, typeOf(bytes))
  if (result.outcome !== 'clean') throw new Error(`it is ${result.outcome}`)
  return result.bytes
}

/** The directory of EXIF in a WebP, which exifr reads only by itself. */
function exifIn(webp: Uint8Array): Uint8Array | undefined {
  const at = lettersOf(webp).indexOf('EXIF')
  return at < 0 ? undefined : webp.slice(at + 8, at + 8 + viewOf(webp).getUint32(at + 4, true))
}

describe('a reader of EXIF that is not ours', () => {
  it.each([['turned.jpg', 6], ['progressive.jpg', 8], ['cmyk.jpg', 3], ['turned.png', 6]])('finds the place in %s before, and only how it was held after', async (name, orientation) => {
    const before = (await exifr.parse(sample(name), ALL)) as Record<string, unknown>
    expect(before).toMatchObject({ latitude: expect.closeTo(43.2367, 3), longitude: expect.closeTo(76.945, 3), Model: 'K-1', Orientation: orientation })
    const after = clean(sample(name))
    expect(await exifr.gps(after)).toBeUndefined()
    const { ImageWidth: _width, ImageHeight: _height, BitDepth: _depth, ColorType: _colours, Compression: _packing, Filter: _filter, Interlace: _rows, ProfileName: _profile, ...told } = (await exifr.parse(after, ALL)) as Record<string, unknown>
    expect(told).toEqual({ Orientation: orientation })
  })

  it('finds nothing at all in a photo that was upright', async () => {
    expect(await exifr.gps(sample('upright.jpg'))).toBeDefined()
    expect(await exifr.parse(clean(sample('upright.jpg')), ALL)).toBeUndefined()
  })

  it('finds the same in WebP', async () => {
    const place = (bytes: Uint8Array | undefined) => bytes && exifr.parse(bytes, ALL) as Promise<Record<string, unknown>>
    expect(await place(exifIn(sample('turned.webp')))).toMatchObject({ latitude: expect.closeTo(43.2367, 3), Orientation: 6 })
    expect(await place(exifIn(clean(sample('turned.webp'))))).toEqual({ Orientation: 6 })
    expect(exifIn(sample('lossless.webp'))).toBeDefined()
    expect(exifIn(clean(sample('lossless.webp')))).toBeUndefined()
  })

  it('finds nothing behind a motion photo, in IPTC, previews or notes', async () => {
    const photo = withMore(sample('turned.jpg'))
    expect(privateIn(photo)).toEqual(expect.arrayContaining(['Photoshop', 'MPF', 'ftypmp42', 'JFXX', 'Aigul', 'Kamera']))
    expect(await exifr.parse(photo, ALL)).toMatchObject({ Model: 'K-1', Byline: 'Aigul' })
    const after = clean(photo)
    expect(privateIn(after)).toEqual([])
    expect(lettersOf(after)).not.toContain('Aig')
    expect(lettersOf(after).lastIndexOf('\xff\xd9')).toBe(after.length - 2)
  })
})

describe('what is taken out of an image', () => {
  it.each(READ.filter((name) => name !== 'plain.webp'))('is each word about its maker in %s', (name) => {
    expect(privateIn(sample(name))).not.toEqual([])
    expect(privateIn(clean(sample(name)))).toEqual([])
  })

  it.each(READ)('is nothing more the second time: %s', (name) => {
    const once = clean(sample(name))
    expect(clean(once)).toEqual(once)
    expect(pictureIn(once)).toMatchObject({ size: pictureIn(sample(name))?.size, frames: pictureIn(sample(name))?.frames })
  })

  it('leaves what shows a JPEG as it was: tables, pixels, the profile of colours, Adobe’s transform, the density', () => {
    for (const name of ['turned.jpg', 'progressive.jpg', 'cmyk.jpg']) {
      const [before, after] = [lettersOf(sample(name)), lettersOf(clean(sample(name)))]
      expect(after.slice(after.indexOf('\xff\xdb')), name).toBe(before.slice(before.indexOf('\xff\xdb')).replace(/\xff\xfe[^]{2}taken at school 25/, ''))
    }
    expect(lettersOf(clean(sample('turned.jpg')))).toContain('ICC_PROFILE\0')
    expect(lettersOf(clean(sample('cmyk.jpg')))).toContain('Adobe')
    expect(lettersOf(clean(sample('turned.jpg')))).toContain('\xff\xe0\0\x10JFIF\0\x01\x01\x01\x01\x2c\x01\x2c\0\0')
  })

  it('leaves what shows a PNG: colours, transparency, density, the frames of an animation', () => {
    const names = (bytes: Uint8Array) => [...lettersOf(bytes).matchAll(/IHDR|iCCP|pHYs|PLTE|tRNS|acTL|fcTL|fdAT|IDAT|IEND|eXIf|tEXt|zTXt|iTXt/g)].map(String)
    expect(names(clean(sample('turned.png')))).toEqual(['IHDR', 'iCCP', 'pHYs', 'eXIf', 'IDAT', 'IEND'])
    expect(names(clean(sample('palette.png')))).toEqual(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])
    expect(names(clean(sample('moving.png')))).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'fcTL', 'fdAT', 'IEND'])
  })

  it('leaves what shows a WebP, and its heading says nothing of what has gone', () => {
    const after = clean(sample('turned.webp'))
    expect(lettersOf(after)).toMatch(/^RIFF....WEBPVP8X\x0a\0\0\0\x28[^]*ICCP[^]*VP8 [^]*EXIF/)
    expect(clean(sample('lossless.webp'))[20]).toBe(0)
    expect(viewOf(after).getUint32(4, true)).toBe(after.length - 8)
    expect(clean(sample('plain.webp'))).toEqual(sample('plain.webp'))
  })

  it('is in a PNG also what stands behind its end, its time, and chunks that nobody knows', () => {
    const png = sample('palette.png')
    const more = put(png, 33, 0, chunk('tIME', '2026:11:20'), chunk('prVw', 'Aigul'))
    expect(clean(joined([more, bytesOf('Kamera')]))).toEqual(clean(png))
  })

  it('is in a GIF its comments and other programs’ blocks; the loop and the timing stay', () => {
    const gif = sample('moving.gif')
    const xmp = bytesOf('\x21\xff\x0bXMP DataXMP\x07xmpmeta\0')
    const after = clean(put(gif, 13 + 3 * 2 ** ((gif[10] ?? 0) % 8 + 1), 0, xmp))
    expect(after).toEqual(clean(gif))
    expect(lettersOf(after)).toContain('\x21\xff\x0bNETSCAPE2.0\x03\x01\x03\0\0')
    expect([...lettersOf(after).matchAll(/\x21\xf9\x04/g)]).toHaveLength(3)
  })

  it('is nothing that lies around the bytes in memory', () => {
    const jpeg = sample('turned.jpg')
    const around = joined([bytesOf('Aigul'.repeat(40)), jpeg, bytesOf('Aigul'.repeat(40))])
    expect(clean(around.subarray(200, 200 + jpeg.length))).toEqual(clean(jpeg))
  })
})

describe('an image that is damaged', () => {
  it.each(READ)('says so wherever it was cut off: %s', (name) => {
    const bytes = sample(name)
    const size = dimensionsOf(bytes)
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.slice(0, length)
      expect(outcomeOf(cut), `${length} bytes`).not.toBe('clean')
      const found = dimensionsOf(cut)
      // How it was held may stand behind where it was cut.
      if (found.outcome === 'read') expect([found.width, found.height].sort()).toEqual(size.outcome === 'read' ? [size.width, size.height].sort() : [])
    }
  })

  it.each(SAMPLES)('is read to an end however it was damaged, and what is called clean is so twice: %s', (name) => {
    const count = { clean: 0, other: 0 }
    for (let seed = 1; seed <= 800; seed += 1) {
      const bytes = damaged(sample(name), dice(seed))
      dimensionsOf(bytes)
      largestOf(bytes)
      const first = withoutMetadata(bytes, typeOf(bytes))
      count[first.outcome === 'clean' ? 'clean' : 'other'] += 1
      if (first.outcome !== 'clean') continue
      expect(clean(first.bytes), `seed ${seed}`).toEqual(first.bytes)
      expect(dimensionsOf(first.bytes), `seed ${seed}`).toEqual(dimensionsOf(bytes))
    }
    expect(count.other, 'damage is seen').toBeGreaterThan(80)
  })

  it('of random bytes behind each signature too', () => {
    for (const start of ['\xff\xd8\xff', '\x89PNG\r\n\x1a\n', 'GIF89a', 'RIFF\xff\0\0\0WEBP', '\0\0\0\x18ftypheic'])
      for (let seed = 1; seed <= 500; seed += 1) {
        const roll = dice(seed)
        const bytes = joined([bytesOf(start), Uint8Array.from({ length: roll(300) }, () => (roll(3) === 0 ? 0xff : roll(256)))])
        expect(['damaged', 'not_understood', 'unsupported', 'clean']).toContain(outcomeOf(bytes))
        dimensionsOf(bytes)
        largestOf(bytes)
      }
  })

  it('between segments loses only what does not belong there, as in every viewer', () => {
    const jpeg = sample('upright.jpg')
    expect(clean(put(jpeg, 20, 0, bytesOf('Aigul')))).toEqual(clean(jpeg))
  })

  it('or that is not understood is not called clean', () => {
    const jpeg = sample('upright.jpg')
    expect(outcomeOf(put(jpeg, 2, 0, segment(0xf7, 'x')))).toBe('not_understood')
    expect(outcomeOf(put(sample('palette.png'), 33, 0, chunk('NEWc', 'x')))).toBe('not_understood')
    expect(withoutMetadata(jpeg, 'image/png').outcome, 'a type that lies').toBe('not_understood')
    expect(withoutMetadata(sample('photo.avif'), 'image/avif').outcome).toBe('unsupported')
    expect(withoutMetadata(bytesOf('%PDF-1.7'), 'application/pdf').outcome).toBe('unsupported')
  })

  it('of a hundred thousand empty chunks is put away soon', () => {
    const many = joined([pngOf(1, 1).subarray(0, 33), ...Array.from({ length: 100_000 }, () => chunk('idAT', ''))])
    expect(outcomeOf(many)).toBe('not_understood')
    const jpeg = sample('upright.jpg')
    const scan = lettersOf(jpeg).indexOf('\xff\xda')
    const scans = Array.from({ length: SCANS_LIMIT }, () => jpeg.subarray(scan, -2))
    expect(outcomeOf(put(jpeg, scan, 0, ...scans.slice(1)))).toBe('clean')
    expect(outcomeOf(put(jpeg, scan, 0, ...scans))).toBe('not_understood')
  })
})

describe('the size of an image', () => {
  it.each([
    ['turned.jpg', 40, 60], ['upright.jpg', 60, 40], ['progressive.jpg', 40, 60], ['cmyk.jpg', 60, 40], ['turned.png', 40, 60], ['palette.png', 60, 40],
    ['moving.png', 60, 40], ['moving.gif', 60, 40], ['turned.webp', 60, 40], ['lossless.webp', 60, 40], ['plain.webp', 60, 40], ['moving.webp', 60, 40],
  ])('of %s is %i x %i as it is displayed', (name, width, height) => {
    expect(dimensionsOf(sample(name))).toEqual({ outcome: 'read', width, height })
  })

  it('is found of a bomb without opening it', () => {
    expect(dimensionsOf(pngOf(40_000, 40_000))).toEqual({ outcome: 'read', width: 40_000, height: 40_000 })
    const jpeg = sample('upright.jpg')
    const frame = lettersOf(jpeg).indexOf('\xff\xc0')
    expect(dimensionsOf(put(jpeg, frame + 5, 4, Uint8Array.of(0x9c, 0x40, 0x9c, 0x40)))).toEqual({ outcome: 'read', width: 40_000, height: 40_000 })
  })

  it('is the larger one where a GIF says two, and none where a JPEG or a WebP does', () => {
    const gif = sample('moving.gif')
    expect(dimensionsOf(put(gif, 6, 4, Uint8Array.of(1, 0, 1, 0)))).toMatchObject({ width: 60, height: 40 })
    const jpeg = sample('upright.jpg')
    const frame = lettersOf(jpeg).indexOf('\xff\xc0')
    expect(dimensionsOf(put(jpeg, frame, 0, jpeg.subarray(frame, frame + 19)))).toEqual({ outcome: 'not_understood' })
    const webp = sample('turned.webp')
    expect(dimensionsOf(put(webp, 24, 6, new Uint8Array(6)))).toEqual({ outcome: 'damaged' })
  })

  it('is nothing where it would be without pixels', () => {
    expect(dimensionsOf(pngOf(0, 40))).toEqual({ outcome: 'damaged' })
    expect(dimensionsOf(bytesOf('%PDF-1.7'))).toEqual({ outcome: 'unsupported' })
  })

  it('of HEIC and AVIF is that of the largest image within', () => {
    expect(largestOf(sample('photo.avif'))).toEqual({ width: 60, height: 40 })
    expect(largestOf(bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))).toBeUndefined()
  })
})
