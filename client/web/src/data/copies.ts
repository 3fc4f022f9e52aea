// Copies of the items that a person has written in, kept in this browser beyond the tab: who comes back to a document can be told
// that others have removed such an item, and can put it back. They are the person's alone, bounded, and lapse.

import { steadyNow } from './age'
import type { UnixMs } from './types'

/** As much of `localStorage` as is needed here. */
export type Keeping = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>

/** Of one document. A plan has some forty actions, and the goals and priorities above them; more than this nobody writes in within a month. */
export const COPIES_LIMIT = 64
/** Of one copy. A browser keeps some five million letters for all documents together. */
export const COPY_LETTERS_LIMIT = 64 * 1024
/** Schools that were apart for a holiday have met again by then. Days on which the browser is not used do not count. */
export const KEPT_MS = 30 * 86_400_000

const ALL = 'jeli.written/'
const part = encodeURIComponent

/** Where this browser keeps things; nothing where it is told to keep none. */
export function browserKeeping(): Keeping | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

export class Copies {
  readonly #keeping: Keeping | undefined
  readonly #ours: string

  constructor(keeping: Keeping | undefined, person: string, document: string) {
    this.#keeping = keeping
    this.#ours = `${ALL}${part(person)}/${part(document)}/`
  }

  /** The copies of this document, oldest first. Lets go of all that have lapsed, whosever they are. */
  all(now: UnixMs): string[] {
    const time = steadyNow(this.#keeping, now)
    for (const { key, at } of found(this.#keeping, ALL)) if (!(time - at <= KEPT_MS)) remove(this.#keeping, key)
    return found(this.#keeping, this.#ours).map(({ copy }) => copy)
  }

  /** Keeps `copy` instead of an earlier one of this name. One too large to keep leaves the earlier one. */
  keep(name: string, copy: string, now: UnixMs): void {
    if (copy.length > COPY_LETTERS_LIMIT) return
    const key = this.#ours + part(name)
    const others = found(this.#keeping, this.#ours).filter((each) => each.key !== key)
    for (const old of others.slice(0, Math.max(0, others.length + 1 - COPIES_LIMIT))) remove(this.#keeping, old.key)
    write(this.#keeping, key, `${steadyNow(this.#keeping, now)} ${copy}`)
  }

  forget(name: string): void {
    remove(this.#keeping, this.#ours + part(name))
  }
}

/** Whoever signs out leaves no words on a shared computer. */
export function forgetCopies(keeping: Keeping | undefined, person: string): void {
  for (const { key } of found(keeping, `${ALL}${part(person)}/`)) remove(keeping, key)
}

interface Found {
  key: string
  at: number
  copy: string
}

function found(keeping: Keeping | undefined, prefix: string): Found[] {
  const all: Found[] = []
  try {
    for (let index = 0; index < (keeping?.length ?? 0); index += 1) {
      const key = keeping?.key(index)
      if (!key?.startsWith(prefix)) continue
      const text = keeping?.getItem(key) ?? ''
      const gap = text.indexOf(' ')
      all.push({ key, at: gap > 0 ? Number(text.slice(0, gap)) : NaN, copy: text.slice(gap + 1) })
    }
  } catch {
    return []
  }
  return all.sort((a, b) => a.at - b.at)
}

/** Where the browser has no room left, the oldest copies make room. A browser that keeps nothing is no fault of the page. */
function write(keeping: Keeping | undefined, key: string, text: string): void {
  let others: Found[] | undefined
  for (;;) {
    try {
      return keeping?.setItem(key, text)
    } catch {
      others ??= found(keeping, ALL).filter((each) => each.key !== key)
      const oldest = others.shift()
      if (!oldest) return
      remove(keeping, oldest.key)
    }
  }
}

function remove(keeping: Keeping | undefined, key: string): void {
  try {
    keeping?.removeItem(key)
  } catch {
    // It lapses by its age.
  }
}
