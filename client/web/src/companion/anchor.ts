// Where in a document something is said: about the whole of it, a field, an item, or words in a text. Words are held by Automerge cursors on
// their first and their last letter, so that a remark stays with its words whatever is written around them.
import * as A from '@automerge/automerge/slim'
import { said, type Scalar } from '../edit/kinds'
import { fieldsOf, holdsAt } from '../edit/kinds/shape'
import { textAt, valueAt, type Prop } from '../edit/paths'

/** What a companion keeps of words longer than this is their beginning. */
export const QUOTE_LETTERS = 300
/** Other words are suggested for a sentence or a paragraph, not for a page. */
export const SUGGESTED_LETTERS = 2_000
/** How a block marker reads in the plain string of a rich text. */
const BLOCK = '\uFFFC'

export interface Place {
  /** The path joined by "/": of a field, of an item, or empty for the document. */
  field: string
  /** Cursors, or empty for the whole of it. */
  from: string
  to: string
  quote: string
}
export type Placed = { [part in keyof Place]: Scalar }

export const WHOLE: Place = { field: '', from: '', to: '', quote: '' }

export function pathOf(field: string): Prop[] {
  return field === '' ? [] : field.split('/')
}

/** Words on one line, as a quotation shows them. */
export function onOneLine(words: string): string {
  return words.replaceAll(BLOCK, ' ').replaceAll(/\s+/g, ' ').trim()
}

/** The place of the letters `start` to `end` of a text. Without letters it is the field as a whole. */
export function placeOf(doc: unknown, field: string, start: number, end: number): Place {
  const path = pathOf(field)
  const words = textAt(doc, path).slice(start, end)
  if (words === '' || !isText(doc, path)) return { ...WHOLE, field }
  const cursor = (at: number) => A.getCursor(doc as A.Doc<unknown>, path, at)
  return { field, from: cursor(start), to: cursor(end - 1), quote: words }
}

/** Where no words are chosen, all that the text says: with the keyboard none can be chosen in a text that one may only read. */
export function textOf(doc: unknown, place: Place): Place {
  return place.from === '' && place.field !== '' ? placeOf(doc, place.field, 0, textAt(doc, pathOf(place.field)).length) : place
}

export type Standing =
  | { is: 'document' }
  /** The field or the item as a whole. */
  | { is: 'whole' }
  | { is: 'here'; start: number; end: number; words: string }
  /** The words, the field or the item are not there any more. */
  | { is: 'gone' }

/** Where what was said about a place stands now. */
export function standing(doc: unknown, place: Placed): Standing {
  const field = said(place.field)
  if (field === '') return { is: 'document' }
  const path = pathOf(field)
  const [from, to] = [said(place.from), said(place.to)]
  if (from === '' || to === '') return isThere(doc, path) ? { is: 'whole' } : { is: 'gone' }
  const range = rangeOf(doc, place)
  return range && range.end > range.start ? { is: 'here', ...range, words: textAt(doc, path).slice(range.start, range.end) } : { is: 'gone' }
}

/** Where the words of a place stand in their text; of words that are gone, where they stood: `end` is not behind `start` then. */
export function rangeOf(doc: unknown, place: Placed): { start: number; end: number } | undefined {
  const [path, from, to] = [pathOf(said(place.field)), said(place.from), said(place.to)]
  if (from === '' || to === '' || !isText(doc, path)) return undefined
  const start = positionOf(doc, path, from)
  const last = positionOf(doc, path, to)
  if (start === undefined || last === undefined) return undefined
  return { start, end: isAt(doc, path, last, to) ? afterLetter(textAt(doc, path), last) : last }
}

function positionOf(doc: unknown, path: Prop[], cursor: string): number | undefined {
  try {
    return A.getCursorPosition(doc as A.Doc<unknown>, path, cursor)
  } catch {
    return undefined
  }
}

/** Whether the letter that a cursor was put on still stands; else the cursor is at the next one. */
function isAt(doc: unknown, path: Prop[], position: number, cursor: string): boolean {
  try {
    return A.getCursor(doc as A.Doc<unknown>, path, position) === cursor
  } catch {
    return false
  }
}

/** A letter may be of two code units. */
function afterLetter(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
}

function isText(doc: unknown, path: Prop[]): boolean {
  const field = holdsAt(said(valueAt(doc, ['kind'])), path)
  return (field?.holds === 'text' || field?.holds === 'rich') && typeof valueAt(doc, path) === 'string'
}

function isThere(doc: unknown, path: Prop[]): boolean {
  let here: unknown = doc
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return false
    here = (here as Record<Prop, unknown>)[step]
  }
  return path.length > 0
}

/** The field that holds an item of this id: "actions/<id>". */
export function fieldOfItem(doc: unknown, id: string): string | undefined {
  const home = fieldsOf(said(valueAt(doc, ['kind']))).find(({ holds, name }) => holds === 'items' && isThere(doc, [name, id]))
  return home && `${home.name}/${id}`
}

/** Whether other words can be suggested for these: a suggestion takes no paragraphs apart. */
export function maySuggest({ from, quote }: Place): boolean {
  return from !== '' && quote.length <= SUGGESTED_LETTERS && !quote.includes(BLOCK)
}
