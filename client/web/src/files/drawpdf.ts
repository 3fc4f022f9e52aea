// Draws the first page of a PDF, in a worker of its own: whoever asked ends it, with all that a hostile file makes it do. Built as a file of its own,
// which is loaded when somebody adds a PDF.
import { AnnotationMode, getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import * as reader from 'pdfjs-dist/legacy/build/pdf.worker.mjs'
import { CANVAS_LIMIT_PIXELS, JPEG_QUALITY, THUMBNAIL_LONGEST_PX } from './limits'

// TypeScript knows either a window's names or a worker's; these few are all that is needed of the latter.
interface Scope {
  fonts: FontFaceSet
  pdfjsWorker: unknown
  addEventListener: (name: 'message', then: (event: MessageEvent<unknown>) => void) => void
  postMessage: (message: unknown) => void
}
declare const self: Scope

/** Read and drawn in this one worker: it starts none of its own, which nobody would end. */
self.pdfjsWorker = reader

export interface Question {
  pdf: ArrayBuffer
}
export interface Answer {
  drawn: { blob: Blob; width: number; height: number } | undefined
}

class Canvases {
  create(width: number, height: number) {
    if (width * height > CANVAS_LIMIT_PIXELS) throw new RangeError('the canvas is too large')
    const canvas = new OffscreenCanvas(width, height)
    return { canvas, context: canvas.getContext('2d') }
  }
  reset(entry: { canvas: OffscreenCanvas }, width: number, height: number) {
    entry.canvas.width = width
    entry.canvas.height = height
  }
  destroy(entry: { canvas: OffscreenCanvas }) {
    entry.canvas.width = entry.canvas.height = 0
  }
}

/** They would be elements of a page. */
class NoFilters {
  addFilter = () => 'none'
  addHCMFilter = () => 'none'
  addAlphaFilter = () => 'none'
  addLuminosityFilter = () => 'none'
  addHighlightHCMFilter = () => 'none'
  addKnockoutFilter = () => 'none'
  destroy = () => undefined
}

async function draw(pdf: ArrayBuffer): Promise<Answer['drawn']> {
  const document = await getDocument({
    data: new Uint8Array(pdf),
    // Of what a PDF may hold besides a page nothing is looked at: no forms, no scripts, no code made at run time.
    enableXfa: false,
    isEvalSupported: false,
    useWasm: false,
    useWorkerFetch: false,
    maxImageSize: CANVAS_LIMIT_PIXELS,
    canvasMaxAreaInBytes: CANVAS_LIMIT_PIXELS * 4,
    disableWorkerRendering: true,
    ownerDocument: { fonts: self.fonts },
    CanvasFactory: Canvases,
    FilterFactory: NoFilters,
    verbosity: 0,
  } as unknown as Parameters<typeof getDocument>[0]).promise
  const page = await document.getPage(1)
  const whole = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: Math.min(1, THUMBNAIL_LONGEST_PX / Math.max(whole.width, whole.height)) })
  const [width, height] = [Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height))]
  const canvas = new OffscreenCanvas(width, height)
  const canvasContext = canvas.getContext('2d') as unknown as CanvasRenderingContext2D
  await page.render({ canvas: null, canvasContext, viewport, annotationMode: AnnotationMode.DISABLE, background: '#fff' }).promise
  return { blob: await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY }), width, height }
}

self.addEventListener('message', ({ data }) => {
  // The reader's own messages go the same way.
  if (typeof data !== 'object' || data === null || !('pdf' in data) || !(data.pdf instanceof ArrayBuffer)) return
  const answer = (drawn: Answer['drawn']) => self.postMessage({ drawn } satisfies Answer)
  draw(data.pdf).then(answer, () => answer(undefined))
})
