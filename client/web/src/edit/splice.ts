// Plain text as small splices, so that two people typing in one cell merge. Positions are UTF-16 code units, as the DOM
// and Automerge's JavaScript both count.

export interface Splice {
  at: number
  remove: number
  insert: string
}

/**
 * The one splice that turns `before` into `after`. Where several would do ("aa" to "aaa"), `caret` (where the person's caret
 * stands in `after`) picks the one they meant. Surrogate pairs are never cut in two.
 */
export function difference(before: string, after: string, caret: number = after.length): Splice | undefined {
  if (before === after) return undefined
  const grown = after.length - before.length
  // The common beginning may not reach past the caret less what was typed: typed text ends at the caret.
  const startLimit = Math.min(before.length, after.length, Math.max(0, grown > 0 ? caret - grown : caret))
  let start = 0
  while (start < startLimit && before[start] === after[start]) start += 1
  let end = 0
  const endLimit = Math.min(before.length, after.length) - start
  while (end < endLimit && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  if (start > 0 && isHigh(before, start - 1)) start -= 1
  if (end > 0 && isLow(before, before.length - end)) end -= 1
  return { at: start, remove: before.length - end - start, insert: after.slice(start, after.length - end) }
}

function isHigh(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}

export function apply(text: string, splice: Splice): string {
  return text.slice(0, splice.at) + splice.insert + text.slice(splice.at + splice.remove)
}

/** Where a caret goes when somebody else's splice lands: it keeps its place in the words around it. Words put in exactly at it come behind
 * it: pushed along, it would put the next letter behind theirs, and two phrases begun at one place would be woven together. */
export function carried(position: number, other: Splice): number {
  if (position <= other.at) return position
  if (position >= other.at + other.remove) return position + other.insert.length - other.remove
  return other.at + other.insert.length
}

export interface Range {
  start: number
  end: number
}

/** Where what is chosen goes: words put in at its very edges stay outside, or who types over it would remove them. */
export function carriedRange({ start, end }: Range, other: Splice): Range {
  if (start === end) return { start: carried(start, other), end: carried(end, other) }
  const last = carried(end, other)
  const first = start === other.at ? start + other.insert.length : carried(start, other)
  return { start: Math.min(first, last), end: last }
}

/** `mine`, made on the text before `other`, as a splice on the text after it. Words that `other` removed stay removed. */
export function rebase(mine: Splice, other: Splice): Splice {
  const { start, end } = carriedRange({ start: mine.at, end: mine.at + mine.remove }, other)
  return { at: start, remove: end - start, insert: mine.insert }
}
