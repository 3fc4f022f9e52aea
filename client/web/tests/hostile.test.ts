import { describe, expect, it } from 'vitest'
import { largestOf } from '../src/files/heif'
import { FILE_NAME_BYTES, FILE_NAME_LETTERS } from '../src/files/limits'
import { dimensionsOf, typeOf, withoutMetadata } from '../src/files/metadata'
import { safeName } from '../src/files/name'
import { smaller, thumbnail } from '../src/files/smaller'
import { corpus, hostileNames, keptBytes, keptFiles, write } from './hostile/corpus'
import { placesIn } from './hostile/readers'
import { privateIn, sample } from './samples'

const FILES = corpus()
if (process.env['JELI_HOSTILE'] === 'write') write(FILES)

const cleaned = (bytes: Uint8Array) => withoutMetadata(bytes, typeOf(bytes))

describe('the folder of hostile files', () => {
  it('is what is made here', () => {
    expect(keptFiles()).toEqual(FILES.map(({ name }) => name).sort())
    for (const { name, bytes, packed } of FILES) if (!packed) expect(Buffer.from(keptBytes(name)).equals(bytes), name).toBe(true)
  })

  it('is small', () => {
    expect(FILES.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(400_000)
  })
})

describe('a hostile file', () => {
  it.each(FILES.map(({ name, ...rest }) => [name, rest] as const))('%s leaves without its place or not at all', async (name, { outcome, base, place, size }) => {
    const bytes = keptBytes(name)
    if (place) expect(await placesIn(bytes), 'it has a place to begin with').not.toEqual([])
    const result = cleaned(bytes)
    expect(result.outcome).toBe(outcome)
    if (result.outcome === 'clean') {
      expect(await placesIn(result.bytes)).toEqual([])
      expect(privateIn(result.bytes)).toEqual([])
      expect(result.bytes.length).toBeLessThanOrEqual(bytes.length + 64)
    }
    if (base) {
      const same = cleaned(sample(base))
      // Between the pixels' bytes nothing can be told from pixels.
      if (name !== 'jpeg-exif-in-pixels.jpg') expect(result, 'nothing but the image is left, and all of it').toEqual(same)
    }
    if (size && outcome !== 'unsupported') expect(dimensionsOf(bytes)).toEqual({ outcome: 'read', width: size[0], height: size[1] })
    if (outcome === 'unsupported') {
      const largest = largestOf(bytes)
      expect(largest && [largest.width, largest.height]).toEqual(size)
    }
  })

  it.each(FILES.map(({ name }) => name))('%s is drawn by no browser that it would harm', async (name) => {
    // There is no decoder here: whatever gets as far as to one is not decoded.
    const drawn = await smaller(new Blob([keptBytes(name)]))
    const small = await thumbnail(new Blob([keptBytes(name)]))
    expect(['not_an_image', 'damaged', 'not_understood', 'undecodable', 'too_many_pixels']).toContain(small.outcome)
    // What moves goes as it is, cleaned.
    if (drawn.outcome === 'original') expect(await placesIn(new Uint8Array(await drawn.blob.arrayBuffer()))).toEqual([])
    else expect(drawn.outcome).toBe(small.outcome)
    if (/huge|bomb|endless|far-off/.test(name)) expect(['too_many_pixels', 'not_an_image']).toContain(small.outcome)
  })

  it.each(FILES.filter(({ bytes }) => bytes.length < 2_500).map(({ name }) => name))('%s is no trouble wherever it ends', (name) => {
    const bytes = keptBytes(name)
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.slice(0, length)
      dimensionsOf(cut)
      largestOf(cut)
      const result = cleaned(cut)
      if (result.outcome === 'clean') expect(privateIn(result.bytes), `${length} bytes`).toEqual([])
    }
  })

  it.each([
    ['page.jpg', 'text/html'], ['page-after-spaces.png', 'text/html'], ['page-after-mark.gif', 'text/html'], ['page-after-comment.jpg', 'text/html'],
    ['page-in-utf16.jpg', 'application/octet-stream'], ['page-after-zero.jpg', 'application/octet-stream'], ['page-late.txt', 'text/plain'],
    ['drawing.svg', 'image/svg+xml'], ['drawing-behind-entities.svg', 'image/svg+xml'], ['sheet.xml', 'text/html'], ['application.hta', 'text/html'],
    ['letter.pdf', 'application/pdf'], ['letter-late.pdf', 'text/plain'], ['message.jpg', 'text/plain'], ['program.jpg', 'application/octet-stream'],
    ['program.png', 'application/octet-stream'], ['program.pdf', 'text/plain'], ['archive.jpg', 'application/zip'], ['bomb.zip', 'application/zip'],
    ['film.jpg', 'video/mp4'], ['nothing.jpg', 'application/octet-stream'],
  ])('%s is what its bytes say: %s', (name, type) => expect(typeOf(keptBytes(name))).toBe(type))

  it.each([
    ['page.jpg', 'page.jpg.txt'], ['program.jpg', 'program.jpg.bin'], ['program.pdf', 'program.pdf.txt'], ['application.hta', 'application.hta.txt'], ['archive.jpg', 'archive.jpg.zip'],
  ])('%s is saved as %s', (name, safe) => expect(safeName(name, typeOf(keptBytes(name)))).toBe(safe))
})

describe('a hostile name', () => {
  it.each(hostileNames())('%j is a name in a folder on any system', (name) => {
    const safe = safeName(name)
    expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    expect(safe).not.toMatch(/^[. ]|[. ]$/)
    expect(safe).not.toMatch(/^(con|prn|aux|nul|com[0-9]|lpt[0-9]) *(\.|$)/i)
    expect(safe.length).toBeGreaterThan(0)
    expect(safe.length).toBeLessThanOrEqual(FILE_NAME_LETTERS)
    expect(new TextEncoder().encode(safe).length).toBeLessThanOrEqual(FILE_NAME_BYTES)
    expect(safeName(safe), 'safe is safe').toBe(safe)
  })
})
