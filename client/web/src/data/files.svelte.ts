// The files of one document and where each of them is, as its node tells.
import { ApiError, api } from './api'
import { events } from './events.svelte'
import type { FileAction, FileStanding } from './types'

/** Several parts of a page ask at once, and a change of the document reaches its node a moment later. */
const GATHER_MS = 150
/** The node says when something has moved; this is for what the page knows before it (a file that was just named), and for a question that was not answered. */
const ASK_AGAIN_MS = 1_500
const ASK_AGAIN_LONGEST_MS = 15_000
/** While something is on its way: what a stream may have left out. */
const ASK_AT_LAST_MS = 30_000

export class DocumentFiles {
  /** By hash; none until the node has answered. */
  #of = $state.raw<ReadonlyMap<string, FileStanding> | undefined>()
  /** Why the last act was refused. */
  error = $state.raw<unknown>()
  /** Why the last question was not answered, but for a node that does not answer at all. */
  unanswered = $state.raw<unknown>()
  readonly #document: string
  #shown = 0
  #stop: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = Infinity
  #calm = ASK_AGAIN_MS
  #asked = 0
  #said = ''
  #named: ReadonlySet<string> = new Set()
  #failed = false
  /** Something may have moved while nobody saw the page. */
  #unheard = false

  constructor(document: string) {
    this.#document = document
  }

  of(hash: string): FileStanding | undefined {
    return this.#of?.get(hash)
  }

  get known(): boolean {
    return this.#of !== undefined
  }

  /** From now on it is asked for, until the returned function is called. Several parts of a page may show it. */
  show(): () => void {
    this.#shown += 1
    if (this.#shown === 1) {
      const seen = () => document.visibilityState === 'visible' && (this.#unheard ? this.#first() : this.#again())
      document.addEventListener('visibilitychange', seen)
      const heard = events.on('files', (event) => event.document === this.#document && this.#first())
      this.#stop = [heard, events.onOpen(() => this.#first()), () => document.removeEventListener('visibilitychange', seen)]
      this.#first()
    }
    return () => {
      this.#shown -= 1
      if (this.#shown > 0) return
      for (const stop of this.#stop.splice(0)) stop()
      clearTimeout(this.#timer)
      this.#due = Infinity
    }
  }

  /** What the document names now; where that has changed, the node is asked. */
  names(hashes: Iterable<string>): void {
    const named = new Set(hashes)
    const isSame = named.size === this.#named.size && [...named].every((hash) => this.#named.has(hash))
    if (isSame) return
    this.#named = named
    this.#calm = ASK_AGAIN_MS
    this.#first()
  }

  async act(hash: string, action: FileAction): Promise<void> {
    try {
      await api.actOnFile(this.#document, hash, action)
      this.error = undefined
    } catch (error) {
      this.error = error
    }
    this.#calm = ASK_AGAIN_MS
    await this.ask()
  }

  async ask(): Promise<void> {
    clearTimeout(this.#timer)
    this.#due = Infinity
    this.#asked += 1
    this.#unheard = false
    const mine = this.#asked
    try {
      const list = await api.files(this.#document)
      // Two questions may be answered in another order than they were asked.
      if (mine !== this.#asked) return
      const said = JSON.stringify(list)
      this.#calm = said === this.#said ? this.#calmer : ASK_AGAIN_MS
      if (said !== this.#said) this.#of = new Map(list.map((each) => [each.hash, each]))
      this.#said = said
      this.#failed = false
      this.unanswered = undefined
    } catch (error) {
      if (mine !== this.#asked) return
      // What was told stays as it was; the page says elsewhere that the node does not answer.
      if (!(error instanceof ApiError) || error.code !== 'node_unreachable') this.unanswered = error
      this.#failed = true
      this.#calm = this.#calmer
    }
    this.#again()
  }

  get #calmer(): number {
    return Math.min(ASK_AGAIN_LONGEST_MS, this.#calm * 1.5)
  }

  /** When the node is asked again without having said anything; never where nothing more is to come. */
  get #againIn(): number | undefined {
    if (this.#failed || !this.#of || [...this.#named].some((hash) => !this.#of?.has(hash))) return this.#calm
    const moves = [...this.#of.values()].some(({ state }) => state === 'coming' || state === 'wanted')
    return moves ? ASK_AT_LAST_MS : undefined
  }

  #first(): void {
    if (this.#shown > 0 && this.#named.size > 0) this.#soon(GATHER_MS)
  }

  #again(): void {
    const ms = this.#againIn
    if (this.#shown > 0 && this.#named.size > 0 && ms !== undefined && document.visibilityState === 'visible') this.#soon(ms)
  }

  #soon(ms: number): void {
    const due = Date.now() + ms
    if (due >= this.#due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = setTimeout(() => this.#turn(), ms)
  }

  /** A page that nobody sees asks when it is looked at again. */
  #turn(): void {
    this.#due = Infinity
    this.#unheard = document.visibilityState !== 'visible'
    if (!this.#unheard) void this.ask()
  }
}

const held = new WeakMap<object, DocumentFiles>()

/** The files of a document that is open: one question for all parts of the page. */
export function filesOf(live: { readonly id: string }): DocumentFiles {
  const files = held.get(live) ?? new DocumentFiles(live.id)
  held.set(live, files)
  return files
}
