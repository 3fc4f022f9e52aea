import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CANVAS_LIMIT_PIXELS, PREVIEW_QUIET_MS, PREVIEW_WORDS_LETTERS } from '../src/files/limits'
import { Pdf } from '../src/files/pdf'
import type { Question } from '../src/files/pdfworker'

class Bitmap {
  constructor(readonly width = 10, readonly height = 14) {}
}

/** A worker that answers as a test says, if at all. */
class Drawer extends EventTarget {
  ended = 0
  readonly asked: unknown[] = []
  constructor(readonly answer: (question: Question) => unknown) {
    super()
  }
  postMessage(question: Question): void {
    this.asked.push(question)
    const data = this.answer(question)
    if (data !== undefined) this.says(data)
  }
  terminate(): void {
    this.ended += 1
  }
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

const drawn = (width?: number, height?: number) => ({ drawn: { picture: new Bitmap(width, height), width, height } })
/** Of three pages, the second of which is never done. */
const usual = (question: Question): unknown => {
  if (question === ('give up' as unknown)) return undefined
  if ('open' in question) return { pages: 3 }
  if ('draw' in question) return question.draw === 2 ? undefined : drawn()
  return { words: 'said'.repeat(PREVIEW_WORDS_LETTERS) }
}
/** One that is opened with workers that answer so, and all that were begun. */
function opened(answer = usual, source: string | ArrayBuffer = '/file') {
  const drawers: Drawer[] = []
  const pdf = new Pdf(source, () => {
    const drawer = new Drawer(answer)
    drawers.push(drawer)
    return drawer as unknown as Worker
  })
  return { pdf, drawers }
}
const wanted = () => new AbortController().signal
const page = (pdf: Pdf, number: number, unwanted = wanted()) => pdf.bitmap(number, { width: 10 }, unwanted).then(() => 'drawn', (why: unknown) => why)
/** Whatever has an answer by now has given it. */
const settled = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('ImageBitmap', Bitmap)
  vi.stubGlobal('location', new URL('http://localhost:4780/documents/1'))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a PDF that is looked at', () => {
  it('is opened once, in one worker, by the whole address, and drawn page after page', async () => {
    const { pdf, drawers } = opened()
    expect([await pdf.pages(), await page(pdf, 1), await page(pdf, 3), (await pdf.words(1, wanted())).length]).toEqual([3, 'drawn', 'drawn', PREVIEW_WORDS_LETTERS])
    expect(drawers.map(({ asked }) => asked[0])).toEqual([{ open: 'http://localhost:4780/file' }])
  })

  it('says why it cannot be opened, and its worker is ended', async () => {
    for (const why of ['locked', 'failed']) {
      const { pdf, drawers } = opened(() => ({ refused: why }))
      await expect(pdf.pages()).rejects.toBe(why)
      expect(drawers.map(({ ended }) => ended)).toEqual([1])
    }
  })

  it('loses the page that takes too long with the worker that drew it; the other pages are drawn by another one', async () => {
    const { pdf, drawers } = opened()
    const pages = Promise.all([page(pdf, 1), page(pdf, 2), page(pdf, 3)])
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS)
    expect(await pages).toEqual(['drawn', 'failed', 'drawn'])
    expect(drawers.map(({ ended }) => ended)).toEqual([1, 0])
    expect([await page(pdf, 2), drawers.length], 'it is not begun again').toEqual(['failed', 2])
    pdf.end()
    expect(drawers.map(({ ended }) => ended)).toEqual([1, 1])
  })

  it('is waited for while its bytes come', async () => {
    const { pdf, drawers } = opened(() => undefined)
    const pages = pdf.pages().catch((why: unknown) => why)
    for (let came = 1; came < 5; came += 1) {
      await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS - 1)
      drawers[0]?.says({ came })
    }
    expect(drawers[0]?.ended).toBe(0)
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS)
    expect([await pages, drawers[0]?.ended]).toEqual(['failed', 1])
  })

  it('ends with whoever looks at it, whatever its worker is at', async () => {
    const { pdf, drawers } = opened()
    const never = page(pdf, 2)
    const next = page(pdf, 3)
    await settled()
    pdf.end()
    expect([await never, await next, await page(pdf, 1), drawers.map(({ ended }) => ended)]).toEqual(['failed', 'failed', 'failed', [1]])
  })

  it('is told when a page is no longer wanted; one that waits for its turn is not asked for', async () => {
    const { pdf, drawers } = opened()
    const [first, second] = [new AbortController(), new AbortController()]
    const pages = [page(pdf, 2, first.signal), page(pdf, 3, second.signal), page(pdf, 1)]
    await settled()
    second.abort()
    first.abort()
    expect(drawers[0]?.asked.slice(1)).toEqual([{ draw: 2, fit: { width: 10 }, as: 'bitmap' }, 'give up'])
    drawers[0]?.says({ refused: 'failed' })
    expect(await Promise.all(pages)).toEqual(['failed', 'failed', 'drawn'])
    expect(drawers[0]?.asked.slice(3)).toEqual([{ draw: 1, fit: { width: 10 }, as: 'bitmap' }])
  })

  it('is not shown larger than was asked for, nor as anything but a picture', async () => {
    const answers = [drawn(CANVAS_LIMIT_PIXELS, 2), { drawn: { picture: 'words' } }, { pages: 3 }, { words: '' }]
    for (const answer of answers) expect(await page(opened((question) => ('open' in question ? { pages: 3 } : answer)).pdf, 1)).toBe('failed')
  })

  it('whose bytes went with a worker that was ended is not opened again', async () => {
    const bytes = new ArrayBuffer(8)
    const { pdf, drawers } = opened((question) => ('open' in question ? { pages: 1 } : undefined), bytes)
    const first = pdf.jpeg(1, { longest: 10 }).catch((why: unknown) => why)
    await settled()
    structuredClone(bytes, { transfer: [bytes] })
    await vi.advanceTimersByTimeAsync(PREVIEW_QUIET_MS)
    expect([await first, await pdf.jpeg(2, { longest: 10 }).catch((why: unknown) => why), drawers.length]).toEqual(['failed', 'failed', 1])
  })
})
