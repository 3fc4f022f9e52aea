// Writing a prepared copy into its document, and noting in the notebook what was given to whom.
import { generateNKeysBetween } from 'fractional-indexing'
import type { Span } from '@automerge/automerge/slim'
import { said, type NamedFile, type Notebook, type Shared } from '../../edit/kinds'
import { blank } from '../../edit/kinds/shape'
import { newId, ordered, type Id } from '../../edit/order'
import { addItem, removeItem, setPlain, setWord, textAt, valueAt, word, writeText, type Prop } from '../../edit/paths'
import { inPortions } from '../../edit/portions'
import { difference } from '../../edit/splice'
import { writeInPortions } from '../../rich/portions'
import { day } from '../../locale/dates'
import { t } from '../../locale/locale.svelte'
import { richAdapter } from '../../rich/schema'
import type { TextHandle } from '../../rich/sync'
import { COLLECTIONS, type Collection, type Prepared } from './sharing'

/** Brings a copy to what was prepared: words by the change that they need, items that are not in it removed. */
export function writeCopy(copy: TextHandle, title: string, prepared: Prepared): void {
  writeWords(copy, ['author'], prepared.signature)
  writeWords(copy, ['title'], title)
  copy.change((draft) => setWord(draft, ['pattern'], prepared.pattern))
  for (const collection of COLLECTIONS) writeCollection(copy, collection, prepared)
  for (const { collection, id, texts, rich } of prepared.items) {
    for (const [field, words] of Object.entries(texts)) writeWords(copy, [collection, id, field], words)
    for (const [field, spans] of Object.entries(rich)) writeRich(copy, [collection, id, field], spans)
  }
  writeFiles(copy, prepared)
  writeRich(copy, ['closing'], prepared.closing)
}

/** A file that stands there already stays the same item; the ids of the notebook's own are no part of a copy. */
function writeFiles(copy: TextHandle, { files, signature }: Prepared): void {
  const left = ordered<NamedFile>(valueAt(copy.doc(), ['files']) as Record<Id, NamedFile> | undefined)
  if (files.length === 0 && left.length === 0) return
  const ids = files.map(({ at, words }) => {
    const known = left.findIndex(({ item }) => said(item.at) === at && said(item.hash) === words.hash)
    return left.splice(known < 0 ? left.length : known, 1)[0]?.id ?? newId()
  })
  const keys = generateNKeysBetween(null, null, files.length)
  copy.change((draft) => {
    for (const { id } of left) removeItem(draft, ['files'], id)
    files.forEach(({ at, words, numbers }, index) => {
      const path = ['files', ids[index] ?? '']
      const { hash, media_type, thumbnail } = words
      const item = { at: word(at), by: signature, hash: word(hash), media_type: word(media_type), thumbnail: word(thumbnail), ...numbers }
      if (valueAt(draft, path) === undefined) addItem(draft, ['files'], ids[index] ?? '', blank('notebook', 'files', item), [], 0)
      setWord(draft, [...path, 'order'], keys[index] ?? '')
    })
  })
  files.forEach(({ texts }, index) => {
    for (const [field, words] of Object.entries(texts)) writeWords(copy, ['files', ids[index] ?? '', field], words)
  })
}

function writeCollection(copy: TextHandle, collection: Collection, { items }: Prepared): void {
  const wanted = items.filter((item) => item.collection === collection)
  const stand = ordered(valueAt(copy.doc(), [collection]) as Record<Id, unknown> | undefined)
  if (wanted.length === 0 && stand.length === 0) return
  const keys = generateNKeysBetween(null, null, wanted.length)
  copy.change((draft) => {
    for (const { id } of stand) if (!wanted.some((item) => item.id === id)) removeItem(draft, [collection], id)
    wanted.forEach(({ id, words, done }, index) => {
      const at = [collection, id]
      if (valueAt(draft, at) === undefined) addItem(draft, [collection], id, blank('notebook', collection), [], 0)
      for (const [field, value] of Object.entries(words)) setWord(draft, [...at, field], value)
      if (collection === 'steps') setPlain(draft, [...at, 'done'], done)
      // Keys of its own: those of the notebook would tell how much lies between.
      setWord(draft, [...at, 'order'], keys[index] ?? '')
    })
  })
}

function writeWords(copy: TextHandle, path: Prop[], words: string): void {
  const have = textAt(copy.doc(), path)
  const edit = difference(have, words)
  if (!edit) return
  for (const portion of inPortions(edit, have)) copy.change((draft) => writeText(draft, path, portion))
}

function writeRich(copy: TextHandle, path: Prop[], spans: readonly Span[]): void {
  writeInPortions(richAdapter, copy, path, spans)
}

/** A copy that was given, as the notebook remembers it. */
export interface Given {
  document: string
  on: string
  signed: string
  /** As it is kept: `consent.ts` reads it. */
  consent: string
  /** The ids in the copy, by part. */
  parts: Map<string, Id>
}

/** The copies made from a notebook, newest first. `shared[].document` is the copy and the part's place in it. */
export function copiesOf(notebook: Notebook): Given[] {
  const all = new Map<string, Given>()
  for (const { item } of ordered<Shared>(notebook.shared)) {
    const [document = '', collection = '', id = ''] = said(item.document).split('/')
    if (document === '') continue
    const given = all.get(document) ?? { document, on: '', signed: item.signed, consent: item.consent, parts: new Map<string, Id>() }
    given.parts.set(said(item.part), collection === 'closing' ? '' : id)
    if (said(item.on) > given.on) given.on = said(item.on)
    all.set(document, given)
  }
  return [...all.values()].sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))
}

/** Notes in the notebook that these parts stand in the copy. */
export function note(draft: Notebook, document: string, prepared: Prepared, on: string, consent: string): void {
  const places = new Map(prepared.items.map(({ part, collection, id }) => [part, `${document}/${collection}/${id}`]))
  if (prepared.closing.length > 0) places.set('closing', `${document}/closing`)
  for (const { id, item } of ordered<Shared>(draft.shared)) {
    if (said(item.document).split('/')[0] !== document) continue
    const place = places.get(said(item.part))
    if (place === undefined) removeItem(draft, ['shared'], id)
    else {
      setWord(draft, ['shared', id, 'document'], place)
      setWord(draft, ['shared', id, 'on'], on)
      const edit = difference(item.consent, consent)
      if (edit) writeText(draft, ['shared', id, 'consent'], edit)
      places.delete(said(item.part))
    }
  }
  for (const [part, place] of places) {
    const shown = ordered(draft.shared)
    const item = blank('notebook', 'shared', { part: word(part), document: word(place), on: word(on), signed: prepared.signature, consent })
    addItem(draft, ['shared'], newId(), item, shown, shown.length)
  }
}

/** Said beside a part of which copies were given; empty where there is none. */
export function sharedMark(notebook: Notebook, part: string): string {
  const given = ordered<Shared>(notebook.shared).filter(({ item }) => said(item.part) === part)
  const last = given[given.length - 1]?.item
  return last ? t('notebook-shared-as', { name: last.signed, when: day(said(last.on)) }) : ''
}
