// Copies of what a document says into another of its kind, field by field as the schema has them, without the history: a new document from
// a template, the next meeting from the last, a part that is given to a wider circle. Whoever copies says what stays behind.
import * as A from '@automerge/automerge/slim'
import type { Kind } from '../data/types'
import { writeInPortions } from '../rich/portions'
import { richAdapter } from '../rich/schema'
import { said } from './kinds'
import { fieldsOf, type Field, type Holds } from './kinds/shape'
import { ordered, type Id } from './order'
import { removeItem, setPlain, setWord, textAt, valueAt, word, writeText, type Prop } from './paths'
import { LETTERS_IN_A_CHANGE, inPortions } from './portions'
import { difference } from './splice'

type Values = Readonly<Record<string, unknown>>

/** What is not copied: it keeps its first value, or, in a document that is written already, the value it has. */
export interface Leaving {
  /** Fields and collections at the root (`agreed`, `tallies`), fields of items as `actions.status`. */
  out?: readonly string[]
  /** All fields that hold this, wherever they stand: `date` for all dates. */
  holding?: readonly Holds['holds'][]
  /** Which items of a collection are copied; all of them where this says nothing. */
  items?: (collection: string, id: Id, item: Values) => boolean
}

/** A document to write in: a `DocHandle` is one. */
export interface Into {
  doc: () => A.Doc<unknown>
  change: (edit: (draft: object) => void) => void
}

/** A document is of its kind and schema, whatever is copied into it. */
const NEVER = ['kind', 'schema']

/**
 * Copies into a document what `source`, another of the same kind, says; items keep their ids, so that what refers to them still does. Large
 * copies are several changes, since a change may only be so large.
 */
export function copyInto(into: Into, source: A.Doc<unknown>, leaving: Leaving = {}): void {
  const kind = said(valueAt(into.doc(), ['kind']))
  if (said(valueAt(source, ['kind'])) !== kind) return
  for (const field of fieldsOf(kind)) {
    const value = valueAt(source, [field.name])
    if (value === undefined || NEVER.includes(field.name) || stays(field, [field.name], leaving)) continue
    if (field.holds === 'items') copyItems(into, source, field, leaving)
    else copyField(into, source, field, [field.name], leaving)
  }
}

/** Brings a copy that was written before to what `source` says now, by the changes that it takes: what is said beside its words stays beside them. */
export function renewInto(into: Into, source: A.Doc<unknown>, leaving: Leaving = {}): void {
  const before = into.doc()
  copyInto(into, source, { ...leaving, items: (collection, id) => valueAt(before, [collection, id]) === undefined })
  for (const field of fieldsOf(said(valueAt(source, ['kind'])))) {
    if (field.holds !== 'items' || stays(field, [field.name], leaving)) continue
    const wanted = (valueAt(source, [field.name]) ?? {}) as Record<Id, Values>
    for (const id of Object.keys((valueAt(before, [field.name]) ?? {}) as object)) {
      if (wanted[id] === undefined) into.change((draft) => removeItem(draft, [field.name], id))
      else for (const each of field.fields) if (!stays(each, [field.name, each.name], leaving)) copyField(into, source, each, [field.name, id, each.name], leaving)
    }
  }
}

function stays(field: Field, path: readonly string[], { out = [], holding = [] }: Leaving): boolean {
  return out.includes(path.join('.')) || holding.includes(field.holds)
}

function copyField(into: Into, source: A.Doc<unknown>, field: Field, path: string[], leaving: Leaving): void {
  const value = valueAt(source, path)
  if (field.holds === 'map') {
    for (const each of field.fields) {
      const within = [...path, each.name]
      if (!stays(each, within, leaving) && valueAt(source, within) !== undefined) copyField(into, source, each, within, leaving)
    }
  } else if (field.holds === 'rich') {
    if (typeof value === 'string') writeRich(into, path, A.spans(source, path))
  } else if (field.holds === 'text') writeWhole(into, path, said(value))
  else if (field.holds === 'set') copySet(into, path, yeses(value))
  else into.change((draft) => setScalar(draft, path, field, value))
}

function writeWhole(into: Into, path: Prop[], words: string): void {
  const have = textAt(into.doc(), path)
  const edit = difference(have, words)
  if (!edit) return
  for (const portion of inPortions(edit, have)) into.change((draft) => writeText(draft, path, portion))
}

/** Brings a rich text to these words, in as many changes as it takes. */
export function writeRich(into: Into, path: Prop[], spans: A.Span[]): void {
  // A text that a foreign program left out is made first.
  if (typeof valueAt(into.doc(), path) !== 'string') into.change((draft) => writeText(draft, path, { at: 0, remove: 0, insert: '' }))
  writeInPortions(richAdapter, into, path, spans)
}

function copySet(into: Into, path: Prop[], wanted: Record<string, boolean>): void {
  const have = yeses(valueAt(into.doc(), path))
  into.change((draft) => {
    for (const id of Object.keys({ ...have, ...wanted })) setPlain(draft, [...path, id], wanted[id] ?? false)
  })
}

function setScalar(draft: object, path: Prop[], field: Field, value: unknown): void {
  if (isPlain(field)) {
    if (typeof value === 'number' || typeof value === 'boolean') setPlain(draft, path, value)
  } else if (field.holds !== 'set') setWord(draft, path, said(value))
}

const isPlain = ({ holds }: Field): boolean => holds === 'bool' || holds === 'int' || holds === 'moment'

type Collection = Field & { holds: 'items' | 'map' }

/** An item on its way: what is put at once, and the texts that are too long for that. */
interface Parcel {
  id: Id
  item: Values
  fields: Record<string, unknown>
  rich: [field: string, spans: A.Span[]][]
  long: Field[]
  letters: number
}

function copyItems(into: Into, source: A.Doc<unknown>, collection: Collection, leaving: Leaving): void {
  const parcels = ordered<Values>(valueAt(source, [collection.name]) as Record<Id, Values>)
    .filter(({ id, item }) => leaving.items?.(collection.name, id, item) ?? true)
    .map(({ id, item }) => parcel(collection, id, item, leaving))
  for (const load of loads(parcels))
    into.change((draft) => {
      const map = valueAt(draft, [collection.name])
      if (typeof map !== 'object' || map === null) return
      for (const { id, fields } of load) (map as Record<Id, unknown>)[id] = fields
      for (const { id, rich } of load)
        for (const [field, spans] of rich) A.updateSpans(draft as A.Doc<unknown>, [collection.name, id, field], spans, richAdapter.updateSpansConfig())
    })
  for (const { id, item, long } of parcels)
    for (const { name, holds } of long) {
      const path = [collection.name, id, name]
      if (holds === 'rich') writeRich(into, path, spansOf(item, name))
      else writeWhole(into, path, said(item[name]))
    }
}

/** Asked of the item and not of the document: a path from the root leads nowhere in a view of the past. */
const spansOf = (item: Values, field: string): A.Span[] => (typeof item[field] === 'string' ? A.spans(item as A.Doc<unknown>, [field]) : [])

/** Letters that a block of a text costs, and an item beside its words. */
const BESIDE = 64

function parcel(collection: Collection, id: Id, item: Values, leaving: Leaving): Parcel {
  const made: Parcel = { id, item, fields: {}, rich: [], long: [], letters: BESIDE }
  for (const field of collection.fields) {
    const value = stays(field, [collection.name, field.name], leaving) ? undefined : item[field.name]
    const words = said(value)
    if (field.holds === 'text' || field.holds === 'rich') {
      const spans = field.holds === 'rich' && words !== '' ? spansOf(item, field.name) : undefined
      const letters = words.length + BESIDE * (spans?.length ?? 0)
      const long = letters > LETTERS_IN_A_CHANGE / 2
      made.fields[field.name] = spans || long ? '' : words
      if (long) made.long.push(field)
      else if (spans) made.rich.push([field.name, spans])
      if (!long) made.letters += letters
    } else if (isPlain(field)) made.fields[field.name] = typeof value === 'number' || typeof value === 'boolean' ? value : field.holds === 'bool' ? false : 0
    else if (field.holds === 'set' || field.holds === 'map') made.fields[field.name] = yeses(value)
    else made.fields[field.name] = word(words !== '' ? words : field.holds === 'one_of' ? (field.values[0] ?? '') : '')
  }
  return made
}

/** A set of ids, and the practices of a goal: keys that are true or false. */
function yeses(value: unknown): Record<string, boolean> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'))
}

function loads(all: readonly Parcel[]): Parcel[][] {
  const done: Parcel[][] = []
  let spent = Infinity
  for (const each of all) {
    if (spent + each.letters > LETTERS_IN_A_CHANGE) {
      done.push([])
      spent = 0
    }
    done[done.length - 1]?.push(each)
    spent += each.letters
  }
  return done
}

/** What belongs to one time and its people, by kind. */
const OF_ITS_TIME: Partial<Record<Kind, readonly string[]>> = {
  plan: [
    'step', 'previous', 'actions.status', 'actions.person', 'actions.answer', 'actions.answer_note', 'surveys.open', 'tallies', 'measures',
    'worked', 'not_worked', 'impacts', 'report', 'findings', 'agreed', 'approved', 'shared',
  ],
  meeting: ['previous', 'attendance', 'decisions', 'reflection', 'tasks.done', 'tasks.person', 'tasks.plan_action', 'tasks.carried_from'],
  year: ['events.meeting'],
  notebook: ['person', 'author', 'steps.done', 'entries', 'evidence', 'observations', 'closing', 'shared', 'files'],
  portfolio: ['person', 'author', 'pieces.link'],
  feedback: ['about', 'asker', 'school', 'person', 'closed', 'asked', 'answers'],
}

/** What stays behind where a new document begins from a template: dates, what is done, who was chosen, and what its maker has given already. */
export function asNew(kind: Kind): Leaving {
  return { out: ['title', 'language', 'template', ...(OF_ITS_TIME[kind] ?? [])], holding: ['date', 'moment'] }
}

/** What was said and settled there, and by whom: a template may hold words in its place, its original does not give them. */
const SAID_THERE: Partial<Record<Kind, readonly string[]>> = {
  meeting: ['convenor', 'agenda.presenter', 'agenda.school', 'agenda.notes', 'tasks', 'next_time'],
}

/** What stays behind where a template is made of a document. */
export function asTemplate(kind: Kind): Leaving {
  const leaving = asNew(kind)
  return { ...leaving, out: [...(leaving.out ?? []), ...(SAID_THERE[kind] ?? [])] }
}
