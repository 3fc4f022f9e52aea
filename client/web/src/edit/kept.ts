// An item of a map by id, kept whole so that it can be put back after it was removed: its words, their shape, its values.
import * as A from '@automerge/automerge/slim'
import { valueAt, word, type Prop } from './paths'
import type { Id } from './order'

/** Where an item stands: its map and its id. */
export interface Place {
  path: Prop[]
  id: Id
}

export interface KeptItem extends Place {
  /** The Automerge object that held the item. Whoever puts an item back makes another one, under the same id. */
  object: A.ObjID
  fields: Record<string, unknown>
  /** Texts that have a shape besides their letters, by field. */
  shaped: [field: string, spans: A.Span[]][]
  /** The fields that the person has written in; none where it is kept for what they wrote in the items under it. */
  written: string[]
}

export function itemAt(doc: unknown, { path, id }: Place): Record<string, unknown> | undefined {
  const item = valueAt(doc, [...path, id])
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : undefined
}

export function objectAt(doc: unknown, place: Place): A.ObjID | undefined {
  const item = itemAt(doc, place)
  return item && (A.getObjectId(item as A.Doc<unknown>) ?? undefined)
}

/** The item as `doc` has it; nothing where there is none. */
export function keep(doc: unknown, { path, id }: Place, written: Iterable<string> = []): KeptItem | undefined {
  const item = itemAt(doc, { path, id })
  const object = objectAt(doc, { path, id })
  if (!item || !object) return undefined
  const texts = Object.keys(item).filter((field) => typeof item[field] === 'string')
  // Asked of the item and not of the document: a path from the root leads nowhere once the item is removed, also in a view.
  const shapes = texts.map((field): [string, A.Span[]] => [field, A.spans(item as A.Doc<unknown>, [field])])
  const shaped = shapes.filter(([, spans]) => hasShape(spans))
  return { path, id, object, fields: copyOf(item), shaped, written: [...written] }
}

export function hasShape(spans: A.Span[]): boolean {
  return spans.some((span) => span.type === 'block' || span.marks)
}

/** How a block marker reads in the plain string of a rich text. */
const BLOCK = '\uFFFC'

/** What a text says, without its shape. */
export function wordsOf(text: string): string {
  return text.replaceAll(BLOCK, '\n').trim()
}

/** What the item is called by: the first of its texts that says anything. Empty for an item without words. */
export function nameOf({ fields }: KeptItem): string {
  const texts = ['title', 'what', 'text', 'name', ...Object.keys(fields)].map((field) => fields[field])
  return texts.map((text) => (typeof text === 'string' ? wordsOf(text).replaceAll('\n', ' ') : '')).find((text) => text !== '') ?? ''
}

/** A plain copy: text objects as strings, scalars as scalars again. */
export function copyOf(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? ('val' in value ? word(String(value.val)) : copyOf(value)) : value,
    ]),
  )
}

/** The kept item as one string, for a browser to keep. */
export function toText(kept: KeptItem): string {
  return JSON.stringify(kept, function (this: Record<string, unknown>, key: string, value: unknown) {
    // JSON asks a scalar string for its letters before it asks us; read back it would be a text object.
    const scalar = this[key]
    return A.isImmutableString(scalar) ? { val: scalar.val } : value
  })
}

/** What `toText` wrote; nothing for anything else, such as what another version of the page wrote. */
export function fromText(text: string): KeptItem | undefined {
  try {
    const value: unknown = JSON.parse(text, (_, part: unknown) => (isScalar(part) ? word(part.val) : part))
    return isKeptItem(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isScalar = (value: unknown): value is { val: string } => isRecord(value) && Object.keys(value).join() === 'val' && typeof value['val'] === 'string'
const areStrings = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string')
const areSpans = (value: unknown): boolean =>
  Array.isArray(value) && value.every((span) => isRecord(span) && (span['type'] === 'text' ? typeof span['value'] === 'string' : span['type'] === 'block' && isRecord(span['value'])))

function isKeptItem(value: unknown): value is KeptItem {
  if (!isRecord(value) || !isRecord(value['fields']) || !Array.isArray(value['shaped'])) return false
  if (typeof value['id'] !== 'string' || typeof value['object'] !== 'string') return false
  if (!areStrings(value['path']) || !areStrings(value['written'])) return false
  return value['shaped'].every((each) => Array.isArray(each) && typeof each[0] === 'string' && areSpans(each[1]))
}
