import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytesOf } from '../src/files/bytes'
import { CANVAS_LIMIT_PIXELS, DECODED_LIMIT_PIXELS, IMAGE_LIMIT_BYTES, PHOTO_LONGEST_PX } from '../src/files/limits'
import { smaller, stepsTo, thumbnail, waysOf } from '../src/files/smaller'
import { dice, heic, pngOf, privateIn, sample } from './samples'

interface Decoder {
  width: number
  height: number
  /** Bytes of a blob that its canvas makes. */
  encodes: number
  fails?: Error
}

/** A browser that decodes everything to one size, and says what was drawn. */
function browserWith({ width, height, encodes, fails }: Decoder) {
  const seen = { decoded: 0, closed: 0, options: [] as (ImageBitmapOptions | undefined)[], drawn: [] as [number, number][], asked: [] as (ImageEncodeOptions | undefined)[] }
  class Canvas {
    constructor(public width: number, public height: number) {}
    getContext() {
      return { fillRect: () => {}, drawImage: (_: unknown, _x: number, _y: number, wide: number, high: number) => seen.drawn.push([wide, high]) }
    }
    convertToBlob(asked?: ImageEncodeOptions) {
      seen.asked.push(asked)
      return Promise.resolve(new Blob([new Uint8Array(encodes)], { type: 'image/jpeg' }))
    }
  }
  vi.stubGlobal('OffscreenCanvas', Canvas)
  vi.stubGlobal('createImageBitmap', (_: Blob, options?: ImageBitmapOptions) => {
    seen.decoded += 1
    seen.options.push(options)
    if (fails && (options || !(fails instanceof TypeError))) return Promise.reject(fails)
    return Promise.resolve({ width, height, close: () => void (seen.closed += 1) })
  })
  return seen
}

const bytesIn = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())

afterEach(() => vi.unstubAllGlobals())

describe('a photo that is sent', () => {
  it('is drawn anew at most so large, turned as it was held', async () => {
    const seen = browserWith({ width: 4000, height: 3000, encodes: 300 })
    const result = await smaller(new Blob([sample('turned.jpg')]))
    expect(result).toMatchObject({ outcome: 'smaller', width: PHOTO_LONGEST_PX, height: 1536 })
    expect(seen.options).toEqual([{ imageOrientation: 'from-image' }])
    expect(seen.drawn).toEqual([[2048, 1536]])
    expect(seen.asked).toEqual([{ type: 'image/jpeg', quality: 0.82 }])
    expect(seen.closed).toBe(1)
  })

  it('keeps its own pixels, without what else was in it, where those take no more bytes', async () => {
    browserWith({ width: 60, height: 40, encodes: 100_000 })
    for (const name of ['turned.jpg', 'palette.png', 'plain.webp']) {
      const result = await smaller(new Blob([sample(name)]))
      if (result.outcome !== 'original') throw new Error(`${name} is ${result.outcome}`)
      expect(privateIn(await bytesIn(result.blob)), name).toEqual([])
      expect(result.blob.type).toBe({ jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }[name.split('.')[1] ?? ''])
    }
  })

  it('stays an animation if it is one', async () => {
    const seen = browserWith({ width: 60, height: 40, encodes: 1 })
    for (const name of ['moving.gif', 'moving.png', 'moving.webp']) expect(await smaller(new Blob([sample(name)]))).toMatchObject({ outcome: 'original', width: 60, height: 40 })
    expect(seen.decoded).toBe(0)
    expect(await smaller(new Blob([sample('palette.png')])), 'one picture is drawn').toMatchObject({ outcome: 'smaller' })
  })

  it('that is damaged is drawn as far as the browser can, but never sent as it is', async () => {
    const cut = sample('upright.jpg').slice(0, -40)
    browserWith({ width: 60, height: 40, encodes: 100_000 })
    expect(await smaller(new Blob([cut]))).toMatchObject({ outcome: 'smaller' })
    browserWith({ width: 60, height: 40, encodes: 1, fails: new DOMException('no', 'InvalidStateError') })
    expect(await smaller(new Blob([cut]))).toEqual({ outcome: 'damaged' })
  })

  it('that nothing can be drawn of, as where memory is short, goes with its own pixels if it can be cleared of its place', async () => {
    browserWith({ width: 60, height: 40, encodes: 1, fails: new DOMException('no', 'InvalidStateError') })
    const ways = await waysOf(new Blob([sample('upright.jpg')]))
    expect(ways).toMatchObject({ smaller: undefined, original: { width: 60, height: 40 } })
    const original = 'original' in ways ? ways.original : undefined
    expect(privateIn(new Uint8Array((await original?.blob.arrayBuffer()) ?? []))).toEqual([])
    const side = Math.ceil(Math.sqrt(CANVAS_LIMIT_PIXELS)) + 1
    expect(await waysOf(new Blob([pngOf(side, side)])), 'nobody would see it').toEqual({ outcome: 'undecodable' })
  })

  it('of few bytes and many pixels is drawn smaller also where that takes more bytes', async () => {
    const side = Math.ceil(Math.sqrt(CANVAS_LIMIT_PIXELS)) + 1
    browserWith({ width: side, height: side, encodes: 100_000 })
    expect(await smaller(new Blob([pngOf(side, side)]))).toMatchObject({ outcome: 'smaller', width: PHOTO_LONGEST_PX })
    expect(await smaller(new Blob([pngOf(side - 1, side - 1)]))).toMatchObject({ outcome: 'original' })
  })

  it('of more pixels than a page shows keeps them all the same where its person wants that, and its place goes', async () => {
    const side = Math.ceil(Math.sqrt(CANVAS_LIMIT_PIXELS)) + 1
    browserWith({ width: side, height: side, encodes: 1 })
    const ways = await waysOf(new Blob([pngOf(side, side)]))
    expect(ways).toMatchObject({ smaller: { width: PHOTO_LONGEST_PX }, original: { width: side, height: side } })
  })

  it('is read by an older browser without a word for how it is turned', async () => {
    const seen = browserWith({ width: 60, height: 40, encodes: 1, fails: new TypeError('from-image') })
    expect(await smaller(new Blob([sample('upright.jpg')]))).toMatchObject({ outcome: 'smaller' })
    expect(seen.options).toEqual([{ imageOrientation: 'from-image' }, undefined])
  })
})

describe('what is not decoded', () => {
  it('is an image of too many pixels, however few bytes it has; one of just as many as may be is', async () => {
    const seen = browserWith({ width: 10, height: 10, encodes: 1 })
    expect(await smaller(new Blob([pngOf(40_000, 40_000)]))).toEqual({ outcome: 'too_many_pixels', width: 40_000, height: 40_000 })
    expect(await thumbnail(new Blob([pngOf(DECODED_LIMIT_PIXELS + 1, 1)]))).toMatchObject({ outcome: 'too_many_pixels' })
    expect(seen.decoded).toBe(0)
    expect(await thumbnail(new Blob([pngOf(DECODED_LIMIT_PIXELS, 1)]))).toMatchObject({ outcome: 'drawn' })
  })

  it('is whatever turned out larger than it said', async () => {
    const seen = browserWith({ width: 20_000, height: 20_000, encodes: 1 })
    expect(await smaller(new Blob([sample('upright.jpg')]))).toMatchObject({ outcome: 'too_many_pixels', width: 20_000 })
    expect([seen.drawn.length, seen.closed]).toEqual([0, 1])
  })

  it('is no image, whatever it says it is', async () => {
    const seen = browserWith({ width: 10, height: 10, encodes: 1 })
    for (const words of ['<svg onload="alert(1)">', '<html>', '%PDF-1.7', '']) expect(await smaller(new Blob([words], { type: 'image/jpeg' }))).toEqual({ outcome: 'not_an_image' })
    expect(await smaller({ size: IMAGE_LIMIT_BYTES + 1 } as Blob)).toEqual({ outcome: 'too_many_bytes' })
    expect(await smaller({ size: 3, arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) } as unknown as Blob)).toEqual({ outcome: 'damaged' })
    expect(await smaller(new Blob([bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic')]))).toEqual({ outcome: 'damaged' })
    expect(seen.decoded).toBe(0)
  })

  it('is HEIC where the browser has no decoder; where it has one, it is drawn', async () => {
    const unknown = new Blob([heic()])
    browserWith({ width: 60, height: 40, encodes: 1, fails: new DOMException('no', 'InvalidStateError') })
    expect(await smaller(unknown)).toEqual({ outcome: 'undecodable' })
    browserWith({ width: 60, height: 40, encodes: 100_000 })
    expect(await smaller(unknown)).toMatchObject({ outcome: 'smaller' })
  })
})

describe('the steps in which a photo is scaled', () => {
  it('are halves at most, and the last has the longer side', () => {
    expect(stepsTo(2048, { width: 12_000, height: 9_000 })).toEqual([{ width: 3_000, height: 2_250 }, { width: 2048, height: 1536 }])
    expect(stepsTo(320, { width: 3_000, height: 4_000 })).toEqual([{ width: 1_500, height: 2_000 }, { width: 750, height: 1_000 }, { width: 375, height: 500 }, { width: 240, height: 320 }])
    expect(stepsTo(320, { width: 60, height: 40 }), 'nothing is made larger').toEqual([{ width: 60, height: 40 }])
    expect(stepsTo(320, { width: 1, height: 100_000_000 }).at(-1)).toEqual({ width: 1, height: 320 })
  })

  it('become smaller and fit a canvas, of whatever size', () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const roll = dice(seed)
      const width = 1 + roll(40_000)
      const size = { width, height: 1 + roll(DECODED_LIMIT_PIXELS / width) }
      const steps = stepsTo(PHOTO_LONGEST_PX, size)
      let before = size
      for (const step of steps) {
        expect(step.width <= before.width && step.height <= before.height && step.width * step.height <= CANVAS_LIMIT_PIXELS, `seed ${seed}`).toBe(true)
        before = step
      }
      expect(Math.max(before.width, before.height), `seed ${seed}`).toBe(Math.min(PHOTO_LONGEST_PX, Math.max(size.width, size.height)))
    }
  })
})

describe('a thumbnail', () => {
  it('is drawn small, also of an animation', async () => {
    const seen = browserWith({ width: 800, height: 1_000, encodes: 5 })
    expect(await thumbnail(new Blob([sample('moving.gif')]))).toMatchObject({ outcome: 'drawn', width: 256, height: 320 })
    expect(seen.drawn).toEqual([[400, 500], [256, 320]])
  })
})
