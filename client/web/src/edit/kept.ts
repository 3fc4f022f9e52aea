// An item of a map by id, kept whole so that it can be put back after it was removed: its words, their shape, its values.
import * as A from '@automerge/automerge/slim'
import { richAdapter } from '../rich/schema'
import { said } from './kinds'
import { setWord, valueAt, word, type Prop } from './paths'
import type { Id } from './order'

export interface KeptItem {
  /** The map that held it. */
  path: Prop[]
  id: Id
  fields: Record<string, unknown>
  /** Texts that have a shape besides their letters, by field. */
  shaped: [field: string, spans: A.Span[]][]
}

/** The item as `doc` has it; nothing where there is none. */
export function keep(doc: unknown, path: Prop[], id: Id): KeptItem | undefined {
  const item = valueAt(doc, [...path, id])
  if (typeof item !== 'object' || item === null) return undefined
  const texts = Object.keys(item).filter((field) => typeof (item as Record<string, unknown>)[field] === 'string')
  // Asked of the item and not of the document: a path from the root leads nowhere once the item is removed, also in a view.
  const shapes = texts.map((field): [string, A.Span[]] => [field, A.spans(item as A.Doc<unknown>, [field])])
  return { path, id, fields: copyOf(item), shaped: shapes.filter(([, spans]) => spans.some((span) => span.type === 'block' || span.marks)) }
}

/** Makes the item anew, under its id and in its place. What stands there already stays. Its texts are new objects: what others
 * typed into the removed ones is in the history only. */
export function putBack(draft: unknown, { path, id, fields, shaped }: KeptItem): void {
  const map = valueAt(draft, path)
  if (typeof map !== 'object' || map === null || id in map) return
  ;(map as Record<Id, unknown>)[id] = copyOf(fields)
  setWord(draft, [...path, id, 'order'], said(fields['order']))
  for (const [field, spans] of shaped) A.updateSpans(draft as A.Doc<unknown>, [...path, id, field], spans, richAdapter.updateSpansConfig())
}

/** What the item is called by: the first of its texts that says anything. Empty for an item without words. */
export function nameOf({ fields }: KeptItem): string {
  const texts = ['title', 'what', 'text', 'name', ...Object.keys(fields)].map((field) => fields[field])
  return texts.map((text) => (typeof text === 'string' ? text.replaceAll(BLOCK, ' ').trim() : '')).find((text) => text !== '') ?? ''
}

/** How a block marker reads in the plain string of a rich text. */
const BLOCK = '\uFFFC'

/** A plain copy: text objects as strings, scalars as scalars again. */
function copyOf(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? ('val' in value ? word(String(value.val)) : copyOf(value)) : value,
    ]),
  )
}
