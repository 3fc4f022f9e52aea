// Bringing back how a document, an item or a field stood at an earlier moment: as new changes, which merge with what others write meanwhile and can
// be taken back.
import * as A from '@automerge/automerge/slim'
import { keep } from '../edit/kept'
import type { Common } from '../edit/kinds'
import { holdsAt, type Field } from '../edit/kinds/shape'
import type { Id } from '../edit/order'
import { ordered, removeItem, setWord, textAt, valueAt, writeText, type Prop } from '../edit/paths'
import { inPortions, LETTERS_IN_A_CHANGE } from '../edit/portions'
import { putBack } from '../edit/putback'
import { difference } from '../edit/splice'
import { setValue, spansAt } from '../edit/steps'
import type { LiveDocument } from '../live/document.svelte'
import { writeInPortions } from '../rich/portions'
import { richAdapter } from '../rich/schema'
import { differencesOf, type ItemDifference } from './difference'

/** As much of a live document as restoring needs. */
export type Restored = Pick<LiveDocument<Common>, 'doc' | 'info' | 'change' | 'asOne' | 'text'>

/** Everything as `past` has it. What came since goes, and can be had back from the history. */
export function restoreAll(live: Restored, past: unknown): void {
  live.asOne(() => {
    for (const { field: root, fields, items } of differencesOf(live.info.kind, live.doc, past)) {
      for (const { path } of fields) field(live, path, past)
      for (const item of items) one(live, item, past)
      if (root.holds === 'items') inOrder(live, root.name, past)
    }
  })
}

/** Of two items that changed places either may be called the moved one, so each is given the place that it had. */
function inOrder(live: Restored, collection: string, past: unknown): void {
  const orders = ordered(valueAt(past, [collection]) as Record<Id, unknown> | undefined).map(({ id }) => [collection, id, 'order'])
  const moved = orders.filter((path) => textAt(live.doc, path) !== textAt(past, path))
  if (moved.length > 0) live.change((draft) => moved.forEach((path) => setWord(draft, path, textAt(past, path))))
}

export function restoreField(live: Restored, path: Prop[], past: unknown): void {
  live.asOne(() => field(live, path, past))
}

/** One item as `past` has it: put back, changed, moved, or removed where it was not there yet. */
export function restoreItem(live: Restored, collection: string, id: Id, past: unknown): void {
  live.asOne(() => {
    const part = differencesOf(live.info.kind, live.doc, past).find(({ field }) => field.name === collection)
    const item = part?.items.find((each) => each.id === id)
    if (item) one(live, item, past)
  })
}

function one(live: Restored, { collection, id, state, moved, fields }: ItemDifference, past: unknown): void {
  if (state === 'removed') return live.change((draft) => removeItem(draft, [collection], id))
  if (state === 'added') {
    const kept = keep(past, { path: [collection], id })
    if (!kept) return
    // Long texts come after the item, in portions.
    const long = Object.entries(kept.fields).filter(([, value]) => typeof value === 'string' && value.length > LETTERS_IN_A_CHANGE / 4).map(([name]) => name)
    const short = { ...kept, fields: { ...kept.fields, ...Object.fromEntries(long.map((name) => [name, ''])) }, shaped: kept.shaped.filter(([name]) => !long.includes(name)) }
    live.change((draft) => putBack(draft, short))
    for (const name of long) field(live, [collection, id, name], past)
    return
  }
  for (const { path } of fields) field(live, path, past)
  if (moved) live.change((draft) => setWord(draft, [collection, id, 'order'], textAt(past, [collection, id, 'order'])))
}

function field(live: Restored, path: Prop[], past: unknown): void {
  const holds: Field['holds'] | undefined = holdsAt(live.info.kind, path)?.holds
  if (holds === 'rich') return rich(live, path, past)
  if (holds === 'text') return words(live, path, textAt(past, path))
  if (holds === 'set') return live.change((draft) => setOf(draft, path, past))
  live.change((draft) => setValue(draft, path, valueAt(past, path)))
}

function words(live: Restored, path: Prop[], want: string): void {
  const have = textAt(live.doc, path)
  if (have.length + want.length <= LETTERS_IN_A_CHANGE && typeof valueAt(live.doc, path) === 'string')
    return live.change((draft) => A.updateText(draft as unknown as A.Doc<unknown>, path, want))
  const edit = difference(have, want)
  if (edit) for (const portion of inPortions(edit, have)) live.change((draft) => writeText(draft, path, portion))
}

/** Spans are many small things: a text with its shape takes a change as fast as one of several times its letters. */
const SPANS_AT_ONCE = LETTERS_IN_A_CHANGE / 4

function rich(live: Restored, path: Prop[], past: unknown): void {
  const spans = spansAt(past, path) ?? []
  if (typeof valueAt(live.doc, path) !== 'string') live.change((draft) => writeText(draft, path, { at: 0, remove: 0, insert: '' }))
  if (textAt(live.doc, path).length + textAt(past, path).length > SPANS_AT_ONCE) return writeInPortions(richAdapter, live.text, path, spans)
  live.change((draft) => A.updateSpans(draft as unknown as A.Doc<unknown>, path, spans, richAdapter.updateSpansConfig()))
}

function setOf(draft: unknown, path: Prop[], past: unknown): void {
  const [have, want] = [valueAt(draft, path), valueAt(past, path)].map((value) => Object.keys(typeof value === 'object' && value !== null ? value : {}))
  for (const id of have ?? []) if (!want?.includes(id)) setValue(draft, [...path, id], undefined)
  for (const id of want ?? []) if (!have?.includes(id)) setValue(draft, [...path, id], true)
}
