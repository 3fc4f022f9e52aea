// When a person was last at a document with this browser, and how it stood then: what has changed since is what they ask for first.
import type { Heads } from '@automerge/automerge/slim'
import type { Keeping } from '../data/copies'

export interface Visit {
  heads: Heads
  at: number
}

const ALL = 'jeli.visits/'
/** As many documents as one person comes back to; one is some hundred letters. */
const VISITS_LIMIT = 100
/** Who comes back within this time has not been away. */
const SAME_VISIT_MS = 30 * 60_000
/** A document in which many wrote apart; more heads are no visit to keep. */
const HEADS_LIMIT = 32

const part = encodeURIComponent
const HEAD = /^[0-9a-f]{64}$/

/** Hashes as a person's browser, or a document, has kept them; nothing for anything else. */
export function headsFrom(text: string): Heads | undefined {
  const heads = text.split(' ')
  return heads.length <= HEADS_LIMIT && heads.every((head) => HEAD.test(head)) ? heads : undefined
}

export class Visits {
  readonly #keeping: Keeping | undefined
  readonly #ours: string
  /** Visits before this one, by document; what is kept is overwritten while one is here. */
  readonly #before = new Map<string, { last: Visit | undefined; left: number }>()

  constructor(keeping: Keeping | undefined, person: string) {
    this.#keeping = keeping
    this.#ours = `${ALL}${part(person)}/`
  }

  /** The visit before the present one; undefined on the first. */
  last(document: string, now: number): Visit | undefined {
    const known = this.#before.get(document)
    if (known && now - known.left < SAME_VISIT_MS) {
      known.left = now
      return known.last
    }
    const last = this.#kept(document)
    this.#before.set(document, { last, left: now })
    return last
  }

  /** The person leaves the document as it stands at `heads`. */
  leave(document: string, heads: Heads, now: number): void {
    const known = this.#before.get(document)
    if (known) known.left = now
    if (heads.length > HEADS_LIMIT) return
    try {
      const others = this.#all().filter(({ key }) => key !== this.#ours + part(document))
      for (const { key } of others.slice(0, Math.max(0, others.length + 1 - VISITS_LIMIT))) this.#keeping?.removeItem(key)
      this.#keeping?.setItem(this.#ours + part(document), `${now} ${heads.join(' ')}`)
    } catch {
      // A browser that keeps nothing has no last visit.
    }
  }

  #kept(document: string): Visit | undefined {
    try {
      return visitFrom(this.#keeping?.getItem(this.#ours + part(document)) ?? '')
    } catch {
      return undefined
    }
  }

  /** Oldest first. */
  #all(): { key: string; at: number }[] {
    const all: { key: string; at: number }[] = []
    for (let index = 0; index < (this.#keeping?.length ?? 0); index += 1) {
      const key = this.#keeping?.key(index)
      if (key?.startsWith(this.#ours)) all.push({ key, at: visitFrom(this.#keeping?.getItem(key) ?? '')?.at ?? 0 })
    }
    return all.sort((a, b) => a.at - b.at)
  }
}

function visitFrom(text: string): Visit | undefined {
  const gap = text.indexOf(' ')
  const heads = headsFrom(text.slice(gap + 1))
  const at = Number(text.slice(0, gap))
  return gap > 0 && heads && Number.isFinite(at) ? { heads, at } : undefined
}

/** Whoever signs out leaves on a shared computer no trace of what they read. */
export function forgetVisits(keeping: Keeping | undefined, person: string): void {
  try {
    const keys = Array.from({ length: keeping?.length ?? 0 }, (_, index) => keeping?.key(index) ?? '')
    for (const key of keys) if (key.startsWith(`${ALL}${part(person)}/`)) keeping?.removeItem(key)
  } catch {
    // Nothing is kept there.
  }
}
