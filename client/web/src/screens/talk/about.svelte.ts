// The document, or the part of one, that people talk or ask about: what it is called, and what the part says.
import { listing } from '../../data/listing.svelte'
import type { DocumentInfo } from '../../data/types'
import { onOneLine } from '../../companion/anchor'
import type { Common } from '../../edit/kinds'
import { keep, nameOf } from '../../edit/kept'
import { giveBack, take } from '../../live/shelf'

/** The words of a part that are shown. */
const SHOWN_LETTERS = 200

export class About {
  readonly id: string
  readonly #part: string[]
  words = $state('')

  /** `about`: "<document id>" or "<document id>/<collection>/<item id>". */
  constructor(about: string) {
    const [id, ...part] = about.split('/')
    this.id = id ?? ''
    this.#part = part
  }

  get document(): DocumentInfo | undefined {
    return listing.documents?.find(({ id }) => id === this.id)
  }

  get title(): string {
    return this.document?.title.trim() ?? ''
  }

  get address(): string {
    return `/documents/${encodeURIComponent(this.id)}`
  }

  /** Reads what the part says, which takes the document; resolves at once for a whole one. */
  async read(signal: AbortSignal): Promise<void> {
    if (listing.documents === undefined) await listing.refresh()
    const [collection, item] = this.#part
    if (collection === undefined || item === undefined) return
    const live = await take<Common>(this.id, signal).catch(() => undefined)
    if (!live) return
    const kept = keep(live.doc, { path: [collection], id: item })
    this.words = kept ? onOneLine(nameOf(kept)).slice(0, SHOWN_LETTERS) : ''
    giveBack(this.id)
  }
}
