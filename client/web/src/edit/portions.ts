// What is written at once, in changes that the node takes. A change of more than 256 KiB (MAX_CHANGE_BYTES in protocol/src/limits.rs)
// is refused with all that the tab writes after it, so a long paste becomes several changes, one after the other.
import type { Splice } from './splice'

/** Letters of one change. The densest text takes about three bytes a letter, so this stays below half of what a change may take. */
export const LETTERS_IN_A_CHANGE = 32_000

/** Letters of a field of one line. A name is said again in lists, headings and labels; one as long as a report would freeze them all. */
export const LETTERS_IN_A_LINE = 2_000

/** Taking letters out costs several times what putting them in costs: so many at once nobody waits for. */
export const LETTERS_REMOVED_AT_ONCE = 8_000

/** The page is drawn, keys are taken, and what others wrote comes in between two portions. */
export function betweenPortions(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

/** The end of a portion at `end` of `text`, moved back where it would cut a letter of two code units in half. */
export function wholeLetters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1)
  return end < text.length && unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end
}

/** `text` in order, in parts of at most so many letters. */
export function parts(text: string, letters: number = LETTERS_IN_A_CHANGE): string[] {
  const all: string[] = []
  for (let from = 0; from < text.length; ) {
    const to = wholeLetters(text, Math.min(text.length, from + letters))
    all.push(text.slice(from, to))
    from = to
  }
  return all
}

/** The splices that together do what `splice` does to `before`, each of a size that one change carries. */
export function inPortions(splice: Splice, before: string): Splice[] {
  if (splice.remove + splice.insert.length <= LETTERS_IN_A_CHANGE) return [splice]
  const { at, remove, insert } = splice
  const removals = parts(before.slice(at, at + remove), LETTERS_REMOVED_AT_ONCE).map((part) => ({ at, remove: part.length, insert: '' }))
  let end = at
  const insertions = parts(insert).map((part) => {
    const here = { at: end, remove: 0, insert: part }
    end += part.length
    return here
  })
  return [...removals, ...insertions]
}
