// The difference between two states of a document, place by place, along the schema of its kind.
import type { Span } from '@automerge/automerge/slim'
import { itemAt, wordsOf } from '../edit/kept'
import { said } from '../edit/kinds'
import { fieldsOf, itemFields, type Field } from '../edit/kinds/shape'
import type { Id } from '../edit/order'
import { ordered, valueAt, type Prop } from '../edit/paths'
import { sameScalar, spansAt } from '../edit/steps'
import { inOneWriting } from '../rich/portions'

export type Plain = string | number | boolean
/** What is in a field on the two sides. Words are compared only when they are shown: that may take a while. */
export type Contents =
  | { is: 'words'; before: string; after: string }
  | { is: 'rich'; before: Span[]; after: Span[] }
  | { is: 'value'; before: Plain; after: Plain }
  | { is: 'set'; added: Id[]; removed: Id[] }

export interface FieldDifference {
  field: Field
  path: Prop[]
  contents: Contents
}
export interface ItemDifference {
  collection: string
  id: Id
  /** By its first words; empty where it has none. */
  name: string
  state: 'added' | 'removed' | 'kept'
  /** Counted from one, where it stands elsewhere among those that were there before. */
  moved: { from: number; to: number } | undefined
  fields: FieldDifference[]
}
/** One field at the root, or one collection. */
export interface Part {
  field: Field
  fields: FieldDifference[]
  items: ItemDifference[]
}

/** Nobody's words: what the program keeps for itself, or an address that says nothing to a reader. */
const SILENT = new Set(['kind', 'schema', 'order', 'template'])

export function differencesOf(kind: string, before: unknown, after: unknown): Part[] {
  const parts: Part[] = []
  for (const field of fieldsOf(kind)) {
    if (SILENT.has(field.name)) continue
    const part: Part =
      field.holds === 'items'
        ? { field, fields: [], items: itemsOf(kind, field.name, before, after) }
        : { field, fields: compareFields([field], [], before, after), items: [] }
    if (part.fields.length > 0 || part.items.length > 0) parts.push(part)
  }
  return parts
}

/** How many places differ: an item that came or went is one. */
export function countOf(parts: readonly Part[]): number {
  const ofItem = ({ state, moved, fields }: ItemDifference): number => (state === 'kept' ? fields.length + (moved ? 1 : 0) : 1)
  return parts.reduce((sum, { fields, items }) => sum + fields.length + items.reduce((all, item) => all + ofItem(item), 0), 0)
}

function compareFields(fields: readonly Field[], above: Prop[], before: unknown, after: unknown): FieldDifference[] {
  return fields.flatMap((field): FieldDifference[] => {
    if (SILENT.has(field.name)) return []
    const path = [...above, field.name]
    if (field.holds === 'map') return compareFields(field.fields, path, before, after)
    const contents = contentsOf(field, path, before, after)
    return contents ? [{ field, path, contents }] : []
  })
}

function contentsOf(field: Field, path: Prop[], before: unknown, after: unknown): Contents | undefined {
  const [old, now] = [valueAt(before, path), valueAt(after, path)]
  switch (field.holds) {
    case 'text':
      return said(old) === said(now) ? undefined : { is: 'words', before: said(old), after: said(now) }
    case 'rich': {
      const [spans, fresh] = [spansAt(before, path) ?? [], spansAt(after, path) ?? []]
      return said(old) === said(now) && inOneWriting(spans) === inOneWriting(fresh) ? undefined : { is: 'rich', before: spans, after: fresh }
    }
    case 'set': {
      const [had, has] = [keysOf(old), keysOf(now)]
      const [added, removed] = [has.filter((id) => !had.includes(id)), had.filter((id) => !has.includes(id))]
      return added.length + removed.length === 0 ? undefined : { is: 'set', added, removed }
    }
    default: {
      const [had, has] = [plain(field, old), plain(field, now)]
      return had === has || sameScalar(old, now) ? undefined : { is: 'value', before: had, after: has }
    }
  }
}

function keysOf(value: unknown): Id[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

function plain(field: Field, value: unknown): Plain {
  if (field.holds === 'bool') return value === true
  if (field.holds === 'int' || field.holds === 'moment') return typeof value === 'number' ? value : 0
  // A value that is missing reads as the first of its list.
  return said(value) || (field.holds === 'one_of' ? (field.values[0] ?? '') : '')
}

function itemsOf(kind: string, collection: string, before: unknown, after: unknown): ItemDifference[] {
  const [old, now] = [before, after].map((doc) => ordered(valueAt(doc, [collection]) as Record<Id, unknown> | undefined).map(({ id }) => id)) as [Id[], Id[]]
  const [had, has] = [new Set(old), new Set(now)]
  const moved = movesBetween(old.filter((id) => has.has(id)), now.filter((id) => had.has(id)))
  const ofItem = (id: Id): ItemDifference => {
    const state = !had.has(id) ? 'added' : has.has(id) ? 'kept' : 'removed'
    const doc = state === 'removed' ? before : after
    return { collection, id, name: nameOfItem(doc, collection, id), state, moved: moved.get(id), fields: compareFields(itemFields(kind, collection), [collection, id], before, after) }
  }
  const there = now.map(ofItem).filter(({ state, moved, fields }) => state === 'added' || moved || fields.length > 0)
  return [...there, ...old.filter((id) => !has.has(id)).map(ofItem)]
}

/** The first words of an item. */
export function nameOfItem(doc: unknown, collection: string, id: Id): string {
  const item = itemAt(doc, { path: [collection], id }) ?? {}
  const texts = ['title', 'what', 'text', 'name', 'asked', ...Object.keys(item)].map((field) => item[field])
  return texts.map((text) => (typeof text === 'string' ? wordsOf(text).replaceAll('\n', ' ') : '')).find((text) => text !== '') ?? ''
}

/** Of two orders of the same items: those that moved, as few as explain it, with their places. */
function movesBetween(old: readonly Id[], now: readonly Id[]): Map<Id, { from: number; to: number }> {
  const places = new Map(old.map((id, index) => [id, index]))
  const stay = longestRising(now.map((id) => places.get(id) ?? 0))
  const moves = new Map<Id, { from: number; to: number }>()
  now.forEach((id, index) => {
    const from = places.get(id) ?? 0
    if (!stay.has(from)) moves.set(id, { from: from + 1, to: index + 1 })
  })
  return moves
}

/** The longest rising run among numbers that are all different: what may stay where it is. */
function longestRising(numbers: readonly number[]): Set<number> {
  const ends: number[] = []
  const before = new Map<number, number | undefined>()
  for (const number of numbers) {
    const at = ends.findIndex((end) => end > number)
    const place = at === -1 ? ends.length : at
    before.set(number, ends[place - 1])
    ends[place] = number
  }
  const stay = new Set<number>()
  for (let number = ends[ends.length - 1]; number !== undefined; number = before.get(number)) stay.add(number)
  return stay
}
