// A suggestion, accepted: its words are written in the document by whoever accepts it.
import { getCursor, type Doc } from '@automerge/automerge/slim'
import { said, type Suggestion } from '../edit/kinds'
import { textAt, writeText } from '../edit/paths'
import { wholeLetters } from '../edit/portions'
import { difference, type Splice } from '../edit/splice'
import { setTogether } from '../edit/values'
import { pathOf, placeOf, rangeOf, standing, type Place } from './anchor'

export type Readiness =
  /** The words stand as they did when the suggestion was made. */
  | { is: 'ready' }
  | { is: 'changed'; words: string }
  | { is: 'gone' }

export function readiness(doc: unknown, suggestion: Suggestion): Readiness {
  const now = standing(doc, suggestion)
  if (now.is !== 'here') return { is: 'gone' }
  return now.words === suggestion.quote ? { is: 'ready' } : { is: 'changed', words: now.words }
}

/** A text of one line stays one, and a paragraph does too. */
export function fitting(instead: string, quote: string): string {
  return quote.includes('\n') ? instead : instead.replaceAll(/\s*\n\s*/g, ' ')
}

/** Writes the other words. Only what differs is replaced, and it is put in before the old is taken out: so it takes on the shape of the words
 * around it, bold or a link. */
export function accept(draft: unknown, suggestion: Suggestion): void {
  const now = standing(draft, suggestion)
  if (now.is !== 'here') return
  const path = pathOf(said(suggestion.field))
  const edit = difference(now.words, fitting(suggestion.instead, suggestion.quote))
  if (!edit) return
  const at = now.start + edit.at
  if (edit.remove === 0 || edit.insert === '') return writeText(draft, path, { ...edit, at })
  const first = (now.words.codePointAt(edit.at) ?? 0) > 0xffff ? 2 : 1
  writeText(draft, path, { at: at + first, remove: 0, insert: edit.insert })
  writeText(draft, path, { at: at + first + edit.insert.length, remove: edit.remove - first, insert: '' })
  writeText(draft, path, { at, remove: first, insert: '' })
}

/** How many have accepted it, none of them knowing of the others. */
function acceptances(suggestion: Suggestion): number {
  return setTogether(suggestion as unknown as Doc<unknown>, ['settled']).filter(({ value }) => value === 'accepted').length
}

/** The words that stand once more for each acceptance but the first. Those at schools that had no line to each other put the words in twice, and
 * Automerge keeps both. The last ones go: at each school the same letters, so that two who take them out apart leave one. Nothing where the
 * words were changed since; then people see better than a rule what is too much. */
export function repeated(doc: unknown, suggestion: Suggestion): Splice | undefined {
  const times = acceptances(suggestion)
  const now = standing(doc, suggestion)
  if (times < 2 || now.is !== 'here') return undefined
  const once = fitting(said(suggestion.instead), said(suggestion.quote))
  const text = textAt(doc, pathOf(said(suggestion.field)))
  const { start, end } = withAdded(text, now, difference(said(suggestion.quote), once), said(suggestion.quote).length, times)
  const words = text.slice(start, end)
  const more = words.length - once.length
  const at = wholeLetters(words, commonStart(once, words))
  if (more <= 0 || words.slice(0, at) + words.slice(at + more) !== once) return undefined
  for (let copies = 1; copies < times; copies += 1) {
    const one = more / copies
    if (Number.isInteger(one) && one <= at && words.slice(at - one, at).repeat(copies) === words.slice(at, at + more)) return { at: start + at, remove: more, insert: '' }
  }
  return undefined
}

export function takeOutRepeated(draft: unknown, suggestion: Suggestion): void {
  const more = repeated(draft, suggestion)
  if (more) writeText(draft, pathOf(said(suggestion.field)), more)
}

/** Where the old words of an accepted suggestion stand again, its own being gone: somebody has taken the change back. What is put back into a text
 * is new letters right before where the old ones stood, so that the suggestion has lost its place, and this one is for it. */
export function takenBack(doc: unknown, suggestion: Suggestion): Place | undefined {
  const [field, quote] = [said(suggestion.field), said(suggestion.quote)]
  const once = fitting(said(suggestion.instead), quote)
  const edit = difference(quote, once)
  const range = rangeOf(doc, suggestion)
  const text = textAt(doc, pathOf(field))
  if (!edit || !range) return undefined
  const { end } = range
  const start = end - quote.length
  // What is left of the suggestion's own place lies within the old words; other words at it are not them.
  if (start < 0 || range.start < start || text.slice(start, end) !== quote) return undefined
  const around = withAdded(text, { start, end }, edit, quote.length, 1)
  const stands = edit.remove === 0 ? text.slice(around.start, around.end) === once : !isNewer(doc, suggestion, start, end)
  return stands ? undefined : placeOf(doc, field, start, end)
}

/** Whether some of these letters were written later than those that the suggestion was made for: else they are neighbours that read the same. */
function isNewer(doc: unknown, { field, from, to }: Suggestion, start: number, end: number): boolean {
  const path = pathOf(said(field))
  const made = Math.max(...[from, to].map((cursor) => parseInt(said(cursor))))
  for (let at = start; at < end; at += 1) if (parseInt(getCursor(doc as Doc<unknown>, path, at)) > made) return true
  return false
}

/** The place of a suggestion is that of the old words: what only adds to them stands before or behind it. */
function withAdded(text: string, { start, end }: { start: number; end: number }, edit: Splice | undefined, letters: number, times: number): { start: number; end: number } {
  if (!edit || edit.remove > 0) return { start, end }
  const { at, insert } = edit
  for (let copy = 0; copy < times; copy += 1) {
    if (at === letters && text.startsWith(insert, end)) end += insert.length
    if (at === 0 && text.endsWith(insert, start)) start -= insert.length
  }
  return { start, end }
}

function commonStart(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return at
}
