// Putting a removed item back. Somebody else may have put it back before, in their own words: then ours come beside theirs, and
// nothing that stands there is taken away.
import * as A from '@automerge/automerge/slim'
import { richAdapter } from '../rich/schema'
import { copyOf, hasShape, itemAt, objectAt, wordsOf, type KeptItem } from './kept'
import { said } from './kinds'
import { holdsAt } from './kinds/shape'
import { setPlain, setWord, textAt, valueAt, word, writeText, type Prop } from './paths'
import { difference } from './splice'

/** Whether what the person wrote in the item is nowhere to be seen: the item is missing, or it was made anew without it. While the
 * object stands that they wrote in, it has their words, or somebody who saw them changed them. */
export function lost(doc: unknown, kept: KeptItem): boolean {
  const item = itemAt(doc, kept)
  if (!item) return true
  return objectAt(doc, kept) !== kept.object && kept.written.some((field) => !holds(item[field], kept.fields[field]))
}

function holds(have: unknown, want: unknown): boolean {
  if (typeof want === 'string') return wordsOf(said(have)).includes(wordsOf(want))
  if (A.isImmutableString(want)) return said(have) === want.val
  if (typeof want !== 'object' || want === null) return want === undefined || have === want
  return Object.entries(want).every(([field, value]) => holds((have as Record<string, unknown> | undefined)?.[field], value))
}

/** Makes the item anew, under its id and in its place. Its texts are new objects: what others typed into the removed ones is in the
 * history only. Where the item stands again, what the person had written is brought into it. */
export function putBack(draft: unknown, kept: KeptItem): void {
  const map = valueAt(draft, kept.path)
  if (typeof map !== 'object' || map === null) return
  const place = [...kept.path, kept.id]
  if (kept.id in map) {
    for (const field of kept.written) bringIn(draft, [...place, field], kept.fields[field], shapeOf(kept, field))
    return
  }
  ;(map as Record<string, unknown>)[kept.id] = copyOf(kept.fields)
  setWord(draft, [...place, 'order'], said(kept.fields['order']))
  for (const [field, spans] of kept.shaped) setSpans(draft, [...place, field], spans)
}

function bringIn(draft: unknown, path: Prop[], want: unknown, shape: A.Span[] | undefined): void {
  if (typeof want === 'string') return bringInText(draft, path, want, shape)
  if (A.isImmutableString(want)) return setWord(draft, path, want.val)
  if (typeof want === 'number' || typeof want === 'boolean') return setPlain(draft, path, want)
  if (typeof want !== 'object' || want === null) return
  for (const [field, value] of Object.entries(want)) bringIn(draft, [...path, field], value, undefined)
}

/** Words that only add to those which stand there go where they were; else they stand whole below them. */
function bringInText(draft: unknown, path: Prop[], want: string, shape: A.Span[] | undefined): void {
  const have = textAt(draft, path)
  if (holds(have, want)) return
  const edit = difference(have, want)
  const adds = edit?.remove === 0
  const here = typeof valueAt(draft, path) === 'string' ? A.spans(draft as A.Doc<unknown>, path) : []
  if (shape || hasShape(here) || holdsAt(said(valueAt(draft, ['kind'])), path)?.holds === 'rich') {
    const spans = shape ?? [{ type: 'text', value: want }]
    const below = spans[0]?.type === 'block' ? spans : [PARAGRAPH, ...spans]
    if (here.length === 0) writeText(draft, path, { at: 0, remove: 0, insert: '' })
    return setSpans(draft, path, adds ? spans : [...here, ...below])
  }
  writeText(draft, path, adds ? edit : { at: have.length, remove: 0, insert: `\n${want}` })
}

const PARAGRAPH: A.Span = { type: 'block', value: { type: word('paragraph'), parents: [], attrs: {}, isEmbed: false } }

function shapeOf({ shaped }: KeptItem, wanted: string): A.Span[] | undefined {
  return shaped.find(([field]) => field === wanted)?.[1]
}

/** Gives a text its words and their shape. */
export function setSpans(draft: unknown, path: Prop[], spans: A.Span[]): void {
  A.updateSpans(draft as A.Doc<unknown>, path, spans, richAdapter.updateSpansConfig())
}
