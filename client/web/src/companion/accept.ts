// A suggestion, accepted: its words are written in the document by whoever accepts it.
import { said, type Suggestion } from '../edit/kinds'
import { writeText } from '../edit/paths'
import { difference } from '../edit/splice'
import { pathOf, standing } from './anchor'

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
