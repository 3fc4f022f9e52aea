// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstPage, momentOf } from '../src/files/smallpicture'
import { FILM_WITHIN_MS, PDF_LIMIT_BYTES, PDF_WITHIN_MS, THUMBNAIL_LIMIT_BYTES } from '../src/files/limits'

/** A worker that answers as a test says, if at all. */
class Drawer extends EventTarget {
  ended = 0
  asked: unknown[] = []
  constructor(readonly answers: (drawer: Drawer) => void = () => {}) {
    super()
  }
  postMessage(message: unknown): void {
    this.asked.push(message)
    this.answers(this)
  }
  terminate(): void {
    this.ended += 1
  }
  /** What is drawn has been opened before. */
  get isOpened(): boolean {
    if (this.asked.length > 1) return true
    this.says({ pages: 1 })
    return false
  }
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}
const start = (drawer: Drawer) => () => drawer as unknown as Worker
const pdf = new Blob(['%PDF-1.7'])
const picture = new Blob(['jpeg'])
const small = { blob: picture, width: 226, height: 320 }
const drawn = { picture, width: 226, height: 320 }

beforeEach(() => vi.stubGlobal('OffscreenCanvas', class {}))
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the first page of a PDF', () => {
  it('is what the worker has drawn, and the worker is ended', async () => {
    const drawer = new Drawer((each) => {
      each.says({ action: 'ready', sourceName: 'worker' })
      if (each.isOpened) each.says({ drawn })
    })
    expect(await firstPage(pdf, start(drawer))).toEqual(small)
    expect(drawer.ended).toBe(1)
  })

  it('is none where the worker draws for too long, breaks, draws nothing, or more than was asked for; it is ended all the same', async () => {
    vi.useFakeTimers()
    const late = new Drawer()
    const waits = firstPage(pdf, start(late))
    await vi.advanceTimersByTimeAsync(PDF_WITHIN_MS)
    expect([await waits, late.ended]).toEqual([undefined, 1])
    vi.useRealTimers()
    const answers: ((drawer: Drawer) => void)[] = [
      (each) => each.dispatchEvent(new Event('error')),
      (each) => each.says({ refused: 'locked' }),
      (each) => each.isOpened && each.says({ refused: 'failed' }),
      (each) => each.isOpened && each.says({ drawn: { ...drawn, width: 4_000 } }),
      (each) => each.isOpened && each.says({ drawn: { ...drawn, picture: new Blob([new Uint8Array(THUMBNAIL_LIMIT_BYTES + 1)]) } }),
      (each) => each.isOpened && each.says({ drawn: { ...drawn, picture: 'words' } }),
    ]
    for (const answer of answers) {
      const drawer = new Drawer(answer)
      expect([await firstPage(pdf, start(drawer)), drawer.ended]).toEqual([undefined, 1])
    }
  })

  it('of one that is too large, or that the device no longer has, is not asked for', async () => {
    const drawer = new Drawer()
    const large = Object.defineProperty(new Blob(), 'size', { value: PDF_LIMIT_BYTES + 1 })
    const gone = Object.assign(new Blob(['%PDF-1.7']), { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) })
    expect([await firstPage(large, start(drawer)), await firstPage(gone, start(drawer)), drawer.asked]).toEqual([undefined, undefined, []])
  })
})

describe('a moment of a film', () => {
  it('is none where the browser cannot decode it, or does not come to an end with it', async () => {
    vi.useFakeTimers()
    const made = document.createElement.bind(document)
    const videos: HTMLVideoElement[] = []
    vi.spyOn(document, 'createElement').mockImplementation(((name: string) => {
      const element = made(name)
      if (element instanceof HTMLVideoElement) videos.push(Object.assign(element, { load: () => {} }))
      return element
    }) as typeof document.createElement)
    const revoked = vi.fn()
    Object.assign(URL, { createObjectURL: () => 'blob:film', revokeObjectURL: revoked })
    const late = momentOf(new Blob(['film']))
    await vi.advanceTimersByTimeAsync(FILM_WITHIN_MS)
    expect(await late).toBeUndefined()
    const broken = momentOf(new Blob(['film']))
    videos[1]?.dispatchEvent(new Event('error'))
    expect(await broken).toBeUndefined()
    expect([revoked.mock.calls.length, videos.map((video) => video.getAttribute('src'))]).toEqual([2, [null, null]])
    vi.restoreAllMocks()
  })
})
