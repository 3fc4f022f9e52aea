// The history of one open document: read once, then kept up with what is written.
import * as A from '@automerge/automerge/slim'
import type { Common } from '../edit/kinds'
import type { LiveDocument } from '../live/document.svelte'
import { isMaking, Line, momentsOf, type Moment } from './moments'

/** What comes while the history is shown is taken in together. */
const GATHER_MS = 1_000

export class History {
  /** Oldest first; undefined until they have been read. */
  moments = $state.raw<readonly Moment[]>()
  /** The document as of `moments`. */
  doc = $state.raw() as A.Doc<unknown>
  readonly #live: LiveDocument<Common>
  readonly #line = new Line()
  #seen: A.Heads = []
  readonly #counts = new Map<string, boolean>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(live: LiveDocument<Common>) {
    this.#live = live
    this.doc = live.doc
  }

  /** Called whenever the document has changed. The first time the page is painted before a long history is read. */
  follow(): void {
    this.#timer ??= setTimeout(() => this.#read(), this.moments ? GATHER_MS : 0)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** How far along the history a state of the document stands; undefined for one that is not here. */
  endOf(heads: A.Heads): number | undefined {
    return this.#line.endOf(heads)
  }

  /** The document before anybody wrote in it. */
  get beginning(): A.Heads {
    const heads = new Set<string>()
    for (const change of this.#line.changes) {
      if (!isMaking(change)) break
      for (const dep of change.deps) heads.delete(dep)
      heads.add(change.hash)
    }
    return [...heads]
  }

  #read(): void {
    this.#timer = undefined
    const { doc } = this.#live
    // Of a document that was fetched anew some of what was read may be gone.
    const known = this.#seen.filter((head) => A.hasHeads(doc, [head]))
    if (known.length < this.#seen.length) return this.#readAnew()
    this.#line.take(A.getChangesMetaSince(doc, known))
    this.#seen = A.getHeads(doc)
    this.doc = doc
    this.moments = momentsOf(this.#line, this.#countersIn(doc))
  }

  /** The actors with which nodes have counted answers by link: their changes touch nothing but totals. Each is looked at once. */
  #countersIn(doc: A.Doc<unknown>): ReadonlySet<string> {
    const maybe = this.#line.countersMaybe
    for (const { actor, deps, hash } of maybe) {
      if (this.#counts.has(actor)) continue
      const touched = A.diff(doc, deps, [hash])
      this.#counts.set(actor, touched.length > 0 && touched.every(({ path }) => path[0] === 'tallies'))
    }
    return new Set(maybe.map(({ actor }) => actor).filter((actor) => this.#counts.get(actor)))
  }

  #readAnew(): void {
    this.#seen = []
    this.#counts.clear()
    this.#line.forget()
    this.#read()
  }
}
