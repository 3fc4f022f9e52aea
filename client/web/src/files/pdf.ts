// A PDF, for whoever shows it: its pages are drawn in a worker that is ended with it, and earlier where a page takes too long. Nothing of a PDF is read,
// run or drawn in the page's own thread.
import { CANVAS_LIMIT_PIXELS, PREVIEW_QUIET_MS, PREVIEW_WORDS_LETTERS } from './limits'
import type { Answer, Drawn, Fit, GiveUp, Question, Refusal } from './pdfworker'

export type { Refusal } from './pdfworker'

/** Where this is not so, a file is saved instead. */
export const drawsPdf = (): boolean => typeof OffscreenCanvas === 'function'

const startWorker = (): Worker => new Worker(new URL('./pdfworker.ts', import.meta.url), { type: 'module', name: 'pdfworker' })

/** All that is asked of it may reject with a `Refusal`. */
export class Pdf {
  readonly #source: string | ArrayBuffer
  readonly #start: () => Worker
  readonly #ending = new AbortController()
  #worker: Worker | undefined
  #pages = 0
  /** One thing is done at a time, so that the time that a page takes is its own. */
  #last: Promise<unknown> = Promise.resolve()
  /** What took too long is not begun again. */
  readonly #late = new Set<string>()

  /** By its address on this node, or by its bytes, which are the worker's from then on. `start` begins the worker. */
  constructor(source: string | ArrayBuffer, start = startWorker) {
    this.#source = typeof source === 'string' ? new URL(source, location.href).href : source
    this.#start = start
  }

  /** How many. Of a file with an address, as much has come by then as the first one needs. */
  pages(): Promise<number> {
    return this.#inTurn('pages', async () => {
      await this.#open()
      return this.#pages
    })
  }

  bitmap(number: number, fit: Fit, unwanted: AbortSignal): Promise<ImageBitmap> {
    return this.#inTurn(`bitmap ${number}`, async () => {
      const { picture } = await this.#draw({ draw: number, fit, as: 'bitmap' }, unwanted)
      if (!(picture instanceof ImageBitmap) || picture.width * picture.height > CANVAS_LIMIT_PIXELS) throw refused('failed')
      return picture
    }, unwanted)
  }

  jpeg(number: number, fit: Fit): Promise<Drawn<Blob>> {
    return this.#inTurn(`jpeg ${number}`, async () => {
      const { picture, width, height } = await this.#draw({ draw: number, fit, as: 'jpeg' })
      if (!(picture instanceof Blob)) throw refused('failed')
      return { picture, width, height }
    })
  }

  /** What a page says, for those who hear it. */
  words(number: number, unwanted: AbortSignal): Promise<string> {
    return this.#inTurn(`words ${number}`, async () => {
      await this.#open()
      const answer = await this.#ask({ words: number })
      if (!('words' in answer)) throw refused('failed')
      return String(answer.words).slice(0, PREVIEW_WORDS_LETTERS)
    }, unwanted)
  }

  /** Whatever the worker is at, it ends. */
  end(): void {
    this.#ending.abort()
    this.#stop()
  }

  async #draw(question: Question, unwanted?: AbortSignal): Promise<Drawn<unknown>> {
    await this.#open()
    if (unwanted?.aborted) throw refused('failed')
    const giveUp = () => this.#worker?.postMessage('give up' satisfies GiveUp)
    unwanted?.addEventListener('abort', giveUp)
    try {
      const answer = await this.#ask(question)
      if (!('drawn' in answer)) throw refused('failed')
      return answer.drawn
    } finally {
      unwanted?.removeEventListener('abort', giveUp)
    }
  }

  #inTurn<T>(name: string, job: () => Promise<T>, unwanted?: AbortSignal): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#ending.signal.aborted || unwanted?.aborted || this.#late.has(name)) throw refused('failed')
      try {
        return await job()
      } catch (error) {
        if (error === LATE) this.#late.add(name)
        throw error === LATE ? refused('failed') : error
      }
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** At first, and again where the last worker was ended for one page of many. */
  async #open(): Promise<void> {
    if (this.#worker) return
    const bytes = this.#source
    if (typeof bytes !== 'string' && bytes.byteLength === 0) throw refused('failed')
    this.#worker = this.#start()
    try {
      const answer = await this.#ask({ open: bytes }, typeof bytes === 'string' ? [] : [bytes])
      if (!('pages' in answer)) throw refused('failed')
      this.#pages = answer.pages
    } catch (error) {
      this.#stop()
      throw error
    }
  }

  async #ask(question: Question, passed: Transferable[] = []): Promise<Exclude<Answer, { came: number } | { refused: Refusal }>> {
    const worker = this.#worker
    if (!worker) throw refused('failed')
    const done = new AbortController()
    const { signal } = done
    let late: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise((resolve, reject) => {
        const wait = () => {
          clearTimeout(late)
          late = setTimeout(() => reject(LATE), PREVIEW_QUIET_MS)
        }
        wait()
        this.#ending.signal.addEventListener('abort', () => reject(refused('failed')), { signal })
        worker.addEventListener('error', () => reject(BROKEN), { signal })
        worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          if (!isAnswer(data)) return
          if ('came' in data) wait()
          else if ('refused' in data) reject(refused(data.refused))
          else resolve(data)
        }, { signal })
        worker.postMessage(question, passed)
      })
    } catch (error) {
      if (error === LATE || error === BROKEN) this.#stop()
      throw error === BROKEN ? refused('failed') : error
    } finally {
      clearTimeout(late)
      done.abort()
    }
  }

  #stop(): void {
    this.#worker?.terminate()
    this.#worker = undefined
  }
}

const LATE = Symbol('late')
const BROKEN = Symbol('broken')
const refused = (why: Refusal): Refusal => why

/** The reader's own messages go the same way. */
const isAnswer = (data: unknown): data is Answer =>
  typeof data === 'object' && data !== null && ['pages', 'drawn', 'words', 'refused', 'came'].some((name) => name in data)
