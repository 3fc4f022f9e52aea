// What goes from a private notebook into a copy that others read, and nothing besides: the chosen parts' own words, under new ids, signed with
// the name that the author chose. Everything is built anew here; nothing is copied whole, so that nothing can slip through.
import * as A from '@automerge/automerge/slim'
import type { Span } from '@automerge/automerge/slim'
import { said, type NamedFile, type Notebook } from '../../edit/kinds'
import { ordered, type Id, type Placed } from '../../edit/order'
import { textAt, valueAt, word } from '../../edit/paths'
import { safeHref } from '../../rich/schema'
import { namesIn, type Found } from './names'

export const COLLECTIONS = ['steps', 'entries', 'evidence', 'observations'] as const
export type Collection = (typeof COLLECTIONS)[number]

/** A part that can be shared by itself. `key` as in `shared[].part`: `steps/<id>`, or `closing`. */
export interface Part {
  key: string
  collection: Collection | 'closing'
  id: Id
}

const TEXTS: Readonly<Record<Collection, readonly string[]>> = {
  steps: ['title'],
  entries: [],
  evidence: ['title', 'note'],
  observations: ['criterion', 'seen', 'question'],
}
const RICH: Readonly<Record<Collection, readonly string[]>> = { steps: ['text'], entries: ['text'], evidence: [], observations: [] }

const textsOfFile = (id: Id): [name: string[], note: string[]] => [['files', id, 'name'], ['files', id, 'note']]

/** How a block marker reads in the plain string of a rich text. */
const BLOCK = /\ufffc/g

const fieldsOf = ({ collection }: Part): readonly string[] => (collection === 'closing' ? ['closing'] : [...TEXTS[collection], ...RICH[collection]])
const pathOf = (part: Part, field: string): string[] => (part.collection === 'closing' ? ['closing'] : [part.collection, part.id, field])

/** The files of each part, by its key. */
export function filesByPart(doc: Notebook): ReadonlyMap<string, Placed<NamedFile>[]> {
  const files = new Map<string, Placed<NamedFile>[]>()
  for (const file of ordered<NamedFile>(doc.files)) files.set(said(file.item.at), [...(files.get(said(file.item.at)) ?? []), file])
  return files
}

/** What a part says, in one line: enough to know it again. */
export function gist(doc: Notebook, part: Part): string {
  const files = (filesByPart(doc).get(part.key) ?? []).map(({ item }) => item.name)
  return [...fieldsOf(part).map((field) => textAt(doc, pathOf(part, field))), ...files]
    .map((words) => words.replaceAll(BLOCK, ' ').trim())
    .filter((words) => words !== '')
    .join(' · ')
    .replaceAll(/\s+/g, ' ')
}

/** The texts of a part, by field. */
export function textsIn(doc: Notebook, part: Part): [field: string, words: string][] {
  return fieldsOf(part).map((field) => [field, textAt(doc, pathOf(part, field))])
}

/** The parts that say anything, in the order of the page. A step that bears only its built-in title says nothing of its author yet. */
export function partsOf(doc: Notebook): Part[] {
  const files = filesByPart(doc)
  const parts = COLLECTIONS.flatMap((collection) => ordered<unknown>(doc[collection]).map(({ id }): Part => ({ key: `${collection}/${id}`, collection, id })))
  return [...parts, { key: 'closing', collection: 'closing' as const, id: '' }].filter((part) => {
    const own = part.collection === 'steps' && said(doc.steps[part.id]?.guide) !== '' ? ['text'] : fieldsOf(part)
    return files.has(part.key) || own.some((field) => textAt(doc, pathOf(part, field)).replaceAll(BLOCK, '').trim() !== '')
  })
}

/** A place where the author's own name stands. */
export interface Place extends Found {
  key: string
  path: string
  before: string
  name: string
  after: string
}

const AROUND = 40

export function placesIn(doc: Notebook, chosen: readonly Part[], names: readonly string[]): Place[] {
  const files = filesByPart(doc)
  return chosen.flatMap((part) =>
    [...fieldsOf(part).map((field) => pathOf(part, field)), ...(files.get(part.key) ?? []).flatMap(({ id }) => textsOfFile(id))].flatMap((at) => {
      const path = at.join('/')
      const words = textAt(doc, at)
      const around = (from: number, to: number) => words.slice(Math.max(0, from), to).replaceAll(BLOCK, ' ')
      return namesIn(words, names).map(({ at, length }) => ({
        key: `${path}@${at}`,
        path,
        at,
        length,
        before: around(at - AROUND, at),
        name: words.slice(at, at + length),
        after: around(at + length, at + length + AROUND),
      }))
    }),
  )
}

export interface Manner {
  signature: string
  /** Keys of the places where the signature goes in the name's stead. */
  replace: ReadonlySet<string>
  names: readonly string[]
  /** What must not stand in the copy wherever it may be written: ids of private documents and of the person. */
  secrets: readonly string[]
  /** Whether a link may go along. */
  linkStays: (link: string) => boolean
  /** The id of a part in the copy. Never that of the original: by equal ids two copies under two names could be told to be one person's. */
  idOf: (part: string) => Id
}

export interface PreparedItem {
  part: string
  collection: Collection
  id: Id
  texts: Record<string, string>
  rich: Record<string, Span[]>
  words: Record<string, string>
  done: boolean
}
/** A file of a part. Who added it, and when, stays at home. */
export interface PreparedFile {
  /** The part's place in the copy. */
  at: string
  texts: { name: string; note: string }
  words: Record<'hash' | 'media_type' | 'thumbnail', string>
  numbers: Record<'size' | 'width' | 'height', number>
}
/** The content of a copy. */
export interface Prepared {
  signature: string
  pattern: string
  items: PreparedItem[]
  files: PreparedFile[]
  closing: Span[]
}

export function nothing(signature: string, pattern: string): Prepared {
  return { signature, pattern, items: [], files: [], closing: [] }
}

export function prepare(doc: Notebook, chosen: readonly Part[], manner: Manner): Prepared {
  const places = placesIn(doc, chosen, manner.names).filter(({ key }) => manner.replace.has(key))
  const prepared = nothing(manner.signature, said(doc.pattern))
  const shares = new Set(chosen.map(({ key }) => key))
  const files = filesByPart(doc)
  const changesOf = (path: string[]): Change[] => changesIn(textAt(doc, path), places.filter((place) => place.path === path.join('/')), manner)
  const rich = (path: string[]) => cleaned(typeof valueAt(doc, path) === 'string' ? A.spans(doc as A.Doc<unknown>, path) : [], changesOf(path), manner)
  for (const part of chosen) {
    const { collection, id } = part
    if (collection === 'closing') {
      prepared.closing = rich(['closing'])
      continue
    }
    const at = (field: string) => pathOf(part, field)
    const word = (field: string) => said(valueAt(doc, at(field)))
    const step = `steps/${word('step')}`
    const words: Record<string, string> = collection === 'steps' ? {} : { step: shares.has(step) ? manner.idOf(step) : '' }
    if (collection === 'entries' || collection === 'observations') words['date'] = word('date')
    if (collection === 'evidence') words['link'] = linkFor(word('link'), manner)
    prepared.items.push({
      part: part.key,
      collection,
      id: manner.idOf(part.key),
      texts: Object.fromEntries(TEXTS[collection].map((field) => [field, changed(textAt(doc, at(field)), 0, changesOf(at(field)))])),
      rich: Object.fromEntries(RICH[collection].map((field) => [field, rich(at(field))])),
      words,
      done: collection === 'steps' && doc.steps[id]?.done === true,
    })
    for (const file of files.get(part.key) ?? []) {
      const [name, note] = textsOfFile(file.id).map((path) => changed(textAt(doc, path), 0, changesOf(path))) as [string, string]
      prepared.files.push(preparedFile(`${collection}/${manner.idOf(part.key)}`, file.item, { name, note }))
    }
  }
  return prepared
}

function preparedFile(at: string, { hash, media_type, thumbnail, size, width, height }: NamedFile, texts: PreparedFile['texts']): PreparedFile {
  return {
    at,
    texts,
    words: { hash: said(hash), media_type: said(media_type), thumbnail: said(thumbnail) },
    numbers: { size: Number(size) || 0, width: Number(width) || 0, height: Number(height) || 0 },
  }
}

export function linkFor(link: string, { secrets, linkStays }: Pick<Manner, 'secrets' | 'linkStays'>): string {
  return link !== '' && !secrets.some((secret) => link.includes(secret)) && linkStays(link) ? link : ''
}

/** Words taken out at a place of a whole text, and what comes instead. */
interface Change extends Found {
  by: string
}

function changesIn(text: string, places: readonly Place[], { signature, secrets }: Manner): Change[] {
  const all: Change[] = places.map(({ at, length }) => ({ at, length, by: signature }))
  for (const secret of secrets) {
    if (secret === '') continue
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) all.push({ at, length: secret.length, by: '' })
  }
  all.sort((a, b) => a.at - b.at || b.length - a.length)
  // One that begins within another is grown together with it.
  return all.reduce<Change[]>((done, next) => {
    const last = done[done.length - 1]
    if (last && next.at < last.at + last.length) last.length = Math.max(last.length, next.at + next.length - last.at)
    else done.push({ ...next })
    return done
  }, [])
}

/** `text`, which begins at `from` of the whole, after the changes. What goes over its end goes on in the words after it. */
function changed(text: string, from: number, changes: readonly Change[]): string {
  let done = ''
  let at = 0
  for (const change of changes) {
    const [first, end] = [change.at - from, change.at + change.length - from]
    if (end <= at || first >= text.length) continue
    done += text.slice(at, Math.max(at, first)) + (first >= 0 ? change.by : '')
    at = Math.min(text.length, end)
  }
  return done + text.slice(at)
}

const BLOCKS = ['paragraph', 'heading', 'unordered-list-item', 'ordered-list-item', 'blockquote']
const known = (type: unknown): string => BLOCKS.find((each) => each === said(type)) ?? 'paragraph'

/** The spans of the copy: only blocks and marks that the page knows, each made anew. */
function cleaned(spans: readonly Span[], changes: readonly Change[], manner: Manner): Span[] {
  let from = 0
  return spans.flatMap((span): Span[] => {
    if (span.type === 'block') {
      from += 1
      const { type, parents, attrs } = span.value
      const level = Number((attrs as Record<string, unknown> | undefined)?.['level'])
      const above = Array.isArray(parents) ? parents.map((each) => word(known(each))) : []
      return [{ type: 'block', value: { type: word(known(type)), parents: above, attrs: level >= 1 && level <= 6 ? { level } : {}, isEmbed: false } }]
    }
    const value = changed(span.value, from, changes)
    from += span.value.length
    if (value === '') return []
    const marks = marksFor(span.marks ?? {}, manner)
    return [Object.keys(marks).length > 0 ? { type: 'text', value, marks } : { type: 'text', value }]
  })
}

function marksFor({ strong, em, link }: A.MarkSet, { names, secrets }: Manner): A.MarkSet {
  const marks: A.MarkSet = {}
  if (strong === true) marks['strong'] = true
  if (em === true) marks['em'] = true
  const href = hrefOf(link)
  // An address that bears the author's name or leads to a private document stays at home; the words that it stood on go.
  if (href !== undefined && namesIn(readable(href), names).length === 0 && !secrets.some((secret) => secret !== '' && href.includes(secret)))
    marks['link'] = JSON.stringify({ href, title: '' })
  return marks
}

function hrefOf(mark: unknown): string | undefined {
  try {
    const value: unknown = typeof mark === 'string' ? JSON.parse(mark) : undefined
    return typeof value === 'object' && value !== null && 'href' in value ? safeHref(value.href) : undefined
  } catch {
    return undefined
  }
}

/** An address as people write it: Cyrillic letters instead of their codes. */
export function readable(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}
