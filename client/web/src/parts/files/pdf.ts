// PDF drawn by the page itself, in a worker that can be ended: what is in one is never run, and nothing that it points at is fetched. pdf.js is told to
// draw and no more: no scripts, no forms of XFA, no links.
import { getDocument, PDFWorker, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import Worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker'
import jbig2 from 'pdfjs-dist/wasm/jbig2.wasm?url'
import openjpeg from 'pdfjs-dist/wasm/openjpeg.wasm?url'
import { CANVAS_LIMIT_PIXELS, PREVIEW_OPENS_WITHIN_MS, PREVIEW_WORDS_LETTERS } from '../../files/limits'

export type { PDFPageProxy as Page } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** What scanners write is decoded with these; every other part that pdf.js could ask for has an answer of the browser's. */
const PARTS: Readonly<Record<string, string>> = { 'jbig2.wasm': jbig2, 'openjpeg.wasm': openjpeg }

class Parts {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const address = PARTS[filename]
    if (address === undefined) throw new Error(`${filename} is not part of the page`)
    return new Uint8Array(await (await fetch(address)).arrayBuffer())
  }
}

export type Refusal = 'locked' | 'failed'

export class Pdf {
  readonly #worker: Worker
  readonly #document: PDFDocumentProxy

  private constructor(worker: Worker, document: PDFDocumentProxy) {
    this.#worker = worker
    this.#document = document
  }

  /** Reads as much of it as the first page needs. Rejects with a `Refusal`. */
  static async open(address: string): Promise<Pdf> {
    const port = new Worker()
    const task = getDocument({
      url: new URL(address, location.href).href,
      worker: PDFWorker.create({ port }),
      BinaryDataFactory: Parts,
      useWorkerFetch: false,
      // A page of a long book does not wait for the others.
      disableStream: true,
      disableAutoFetch: true,
      enableXfa: false,
      maxImageSize: CANVAS_LIMIT_PIXELS * 4,
      canvasMaxAreaInBytes: CANVAS_LIMIT_PIXELS * 4,
      stopAtErrors: false,
      verbosity: 0,
    })
    let late: ReturnType<typeof setTimeout> | undefined
    try {
      const lateness = new Promise<never>((_, reject) => {
        late = setTimeout(() => reject(new Error('late')), PREVIEW_OPENS_WITHIN_MS)
      })
      return new Pdf(port, await Promise.race([task.promise, lateness]))
    } catch (error) {
      port.terminate()
      const refusal: Refusal = error instanceof Error && error.name === 'PasswordException' ? 'locked' : 'failed'
      throw refusal
    } finally {
      clearTimeout(late)
    }
  }

  get pages(): number {
    return this.#document.numPages
  }

  page(number: number): Promise<PDFPageProxy> {
    return this.#document.getPage(number)
  }

  /** Whatever the worker is at, it ends. */
  end(): void {
    this.#worker.terminate()
    void this.#document.loadingTask.destroy().catch(() => undefined)
  }
}

/** Draws a page as wide as `width` points of the screen; what is called gives it up. */
export function draw(page: PDFPageProxy, canvas: HTMLCanvasElement, width: number): { done: Promise<void>; giveUp: () => void } {
  const plain = page.getViewport({ scale: 1 })
  const wanted = (width / plain.width) * Math.min(2, devicePixelRatio || 1)
  const most = Math.sqrt(CANVAS_LIMIT_PIXELS / (plain.width * plain.height))
  const viewport = page.getViewport({ scale: Math.min(wanted, most) })
  canvas.width = Math.max(1, Math.floor(viewport.width))
  canvas.height = Math.max(1, Math.floor(viewport.height))
  const task = page.render({ canvas, viewport })
  return { done: task.promise, giveUp: () => task.cancel() }
}

/** What a page says, for those who hear it. */
export async function wordsOn(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('').slice(0, PREVIEW_WORDS_LETTERS)
}
