// Reads and draws a PDF, all of it in this one worker: whoever asked ends it, with all that a hostile file makes it do. Nothing of the reader is in the
// page's own thread. Built as a file of its own, which is loaded with the first PDF that somebody adds or looks at.
import { getDocument, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import * as reader from 'pdfjs-dist/legacy/build/pdf.worker.mjs'
import jbig2 from 'pdfjs-dist/wasm/jbig2.wasm?url'
import openjpeg from 'pdfjs-dist/wasm/openjpeg.wasm?url'
import { CANVAS_LIMIT_PIXELS, JPEG_QUALITY, PDF_IMAGE_LIMIT_PIXELS, PDF_PATH_STEPS, PREVIEW_WORDS_LETTERS } from './limits'

// TypeScript knows either a window's names or a worker's; these few are all that is needed of the latter.
interface Scope {
  fonts: FontFaceSet | undefined
  pdfjsWorker: unknown
  Path2D: typeof Path2D
  addEventListener: (name: 'message', then: (event: MessageEvent<Question | GiveUp>) => void) => void
  postMessage: (message: Answer, passed?: Transferable[]) => void
}
declare const self: Scope

/** This worker starts none of its own, which nobody would end. */
self.pdfjsWorker = reader

/** Another is asked once the last is answered. The first one opens: by address, of which it reads what it needs, or by all bytes. */
export type Question = { open: string | ArrayBuffer } | { draw: number; fit: Fit; as: 'bitmap' | 'jpeg' } | { words: number }
/** As wide as this, in pixels; or made smaller until neither side is longer. */
export type Fit = { width: number } | { longest: number }
/** What is being drawn is no longer wanted; it is answered all the same. */
export type GiveUp = 'give up'

export type Refusal = 'locked' | 'failed'
export interface Drawn<Picture> {
  picture: Picture
  width: number
  height: number
}
/** `came` is no answer: more of the file has come, and what takes its time is the line. */
export type Answer = { pages: number } | { drawn: Drawn<ImageBitmap | Blob> } | { words: string } | { refused: Refusal } | { came: number }

/** What scanners write is decoded with these; every other part that the reader could ask for has an answer of the browser's. */
const PARTS: Readonly<Record<string, string>> = { 'jbig2.wasm': jbig2, 'openjpeg.wasm': openjpeg }

class Parts {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const address = PARTS[filename]
    if (address === undefined) throw new Error(`${filename} is not part of the page`)
    return new Uint8Array(await (await fetch(address)).arrayBuffer())
  }
}

class Canvases {
  create(width: number, height: number) {
    if (width * height > CANVAS_LIMIT_PIXELS) throw new RangeError('the canvas is too large')
    const canvas = new OffscreenCanvas(width, height)
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) }
  }
  reset(entry: { canvas: OffscreenCanvas }, width: number, height: number) {
    if (width * height > CANVAS_LIMIT_PIXELS) throw new RangeError('the canvas is too large')
    entry.canvas.width = width
    entry.canvas.height = height
  }
  destroy(entry: { canvas: OffscreenCanvas }) {
    entry.canvas.width = entry.canvas.height = 0
  }
}

/** They would be elements of a page; without them the reader goes over the pixels itself. */
class NoFilters {
  addFilter = () => 'none'
  addHCMFilter = () => 'none'
  addAlphaFilter = () => 'none'
  addLuminosityFilter = () => 'none'
  addHighlightHCMFilter = () => 'none'
  addKnockoutFilter = () => 'none'
  destroy = () => undefined
}

/** Whoever ends this worker waits for the path that is being drawn. */
self.Path2D = class extends Path2D {
  #steps = 0
  #take(steps: number): void {
    this.#steps += steps
    if (this.#steps > PDF_PATH_STEPS) throw new RangeError('the path is too long')
  }
  override lineTo(x: number, y: number): void {
    this.#take(1)
    super.lineTo(x, y)
  }
  override quadraticCurveTo(...curve: Parameters<Path2D['quadraticCurveTo']>): void {
    this.#take(1)
    super.quadraticCurveTo(...curve)
  }
  override bezierCurveTo(...curve: Parameters<Path2D['bezierCurveTo']>): void {
    this.#take(1)
    super.bezierCurveTo(...curve)
  }
  override addPath(path: Path2D, transform?: DOMMatrix2DInit): void {
    this.#take(#steps in path ? path.#steps : 1)
    super.addPath(path, transform)
  }
}

let opened: PDFDocumentProxy | undefined
let giveUp = () => {}

async function open(source: string | ArrayBuffer): Promise<Answer> {
  const task = getDocument({
    ...(typeof source === 'string' ? { url: new URL(source) } : { data: new Uint8Array(source) }),
    // A page of a long book does not wait for the others.
    disableStream: true,
    disableAutoFetch: true,
    // It is told to draw and no more: what runs in a PDF is not even read, and no code is made at run time but WebAssembly.
    enableXfa: false,
    BinaryDataFactory: Parts,
    useWorkerFetch: false,
    maxImageSize: PDF_IMAGE_LIMIT_PIXELS,
    canvasMaxAreaInBytes: CANVAS_LIMIT_PIXELS * 4,
    disableWorkerRendering: true,
    // Where a worker has no fonts, letters are drawn as lines.
    disableFontFace: self.fonts === undefined,
    ownerDocument: { fonts: self.fonts },
    CanvasFactory: Canvases,
    FilterFactory: NoFilters,
    verbosity: 0,
  } as unknown as Parameters<typeof getDocument>[0])
  task.onProgress = ({ loaded }: { loaded: number }) => self.postMessage({ came: loaded })
  opened = await task.promise
  return { pages: opened.numPages }
}

async function page(number: number): Promise<PDFPageProxy> {
  if (!opened) throw new Error('nothing is open')
  return opened.getPage(number)
}

async function draw(number: number, fit: Fit, as: 'bitmap' | 'jpeg'): Promise<Answer> {
  let wanted = true
  giveUp = () => (wanted = false)
  const on = await page(number)
  const plain = on.getViewport({ scale: 1 })
  const scale = 'width' in fit ? fit.width / plain.width : Math.min(1, fit.longest / Math.max(plain.width, plain.height))
  const viewport = on.getViewport({ scale: Math.min(scale, Math.sqrt(CANVAS_LIMIT_PIXELS / (plain.width * plain.height))) })
  const [width, height] = [Math.max(1, Math.floor(viewport.width)), Math.max(1, Math.floor(viewport.height))]
  const { canvas, context } = new Canvases().create(width, height)
  if (!wanted || !context) throw new Error('not to be drawn')
  const task = on.render({ canvas: null, canvasContext: context as unknown as CanvasRenderingContext2D, viewport, background: '#fff' })
  // Between its steps it is heard that nobody waits any more.
  task.onContinue = (go: () => void) => setTimeout(go)
  giveUp = () => task.cancel()
  try {
    await task.promise
  } finally {
    giveUp = () => {}
    on.cleanup()
  }
  return { drawn: { picture: as === 'jpeg' ? await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY }) : canvas.transferToImageBitmap(), width, height } }
}

/** What a page says, for those who hear it; no more of it is read than is said. */
async function words(number: number): Promise<Answer> {
  const pieces = (await page(number)).streamTextContent().getReader()
  let said = ''
  while (said.length < PREVIEW_WORDS_LETTERS) {
    const { done, value } = await pieces.read()
    if (done) break
    for (const item of value.items) if ('str' in item) said += item.str + (item.hasEOL ? '\n' : '')
  }
  pieces.cancel(new Error('enough')).catch(() => undefined)
  return { words: said.slice(0, PREVIEW_WORDS_LETTERS) }
}

function answer(question: Question): Promise<Answer> {
  if ('open' in question) return open(question.open)
  if ('draw' in question) return draw(question.draw, question.fit, question.as)
  return words(question.words)
}

const refusal = (error: unknown): Answer => ({ refused: error instanceof Error && error.name === 'PasswordException' ? 'locked' : 'failed' })

self.addEventListener('message', ({ data }) => {
  if (data === 'give up') giveUp()
  else void answer(data).catch(refusal).then((said) => self.postMessage(said, 'drawn' in said && said.drawn.picture instanceof ImageBitmap ? [said.drawn.picture] : []))
})
