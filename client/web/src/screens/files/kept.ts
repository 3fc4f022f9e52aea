// What our school keeps of files, as its page shows it: by file, in an order, as far as somebody looks for it.
import type { FileHolder, FileRoom, KeptFile, KeptFor, Pinned } from '../../data/types'
import type { NamedFile } from '../../edit/kinds'
import { safeName, typeSaid } from '../../files/name'
import type { MediaType } from '../../files/type'
import { showingBy } from '../../parts/files/words'

export interface KeptRow {
  hash: string
  /** Safe to show and to save under; empty where no document calls it anything. */
  name: string
  type: MediaType
  size: number
  usedAt: number
  /** Those that name it now, and after them those that did. */
  documents: KeptFor[]
  holders: FileHolder[]
  last: boolean
  pinned: Pinned[]
}

export interface Several {
  count: number
  bytes: number
}

export interface Kept {
  rows: KeptRow[]
  /** Small pictures: nobody keeps or removes them by themselves. */
  pictures: Several
  /** Of which this person sees no more than that. */
  others: Several
}

export const FILTERS = ['all', 'only_here', 'kept'] as const
export type Filter = (typeof FILTERS)[number]
export const ORDERS = ['size', 'used', 'name'] as const
export type Order = (typeof ORDERS)[number]

export function keptIn(files: readonly KeptFile[]): Kept {
  const kept: Kept = { rows: [], pictures: { count: 0, bytes: 0 }, others: { count: 0, bytes: 0 } }
  for (const file of files) {
    const contents = file.documents.filter(({ part }) => part === 'content')
    if (contents.length > 0) kept.rows.push(rowOf(file, contents))
    else count(file.documents.length > 0 ? kept.pictures : kept.others, file.size)
  }
  return kept
}

function count(several: Several, bytes: number): void {
  several.count += 1
  several.bytes += bytes
}

function rowOf({ hash, size, used_at, holders, last, pinned }: KeptFile, contents: KeptFor[]): KeptRow {
  const documents = [...contents].sort((a, b) => Number(b.named) - Number(a.named))
  const called = documents.find(({ name }) => name.trim() !== '') ?? documents[0]
  const type = typeSaid(called?.media_type ?? '')
  const name = called && called.name.trim() !== '' ? safeName(called.name.trim(), type) : ''
  return { hash, name, type, size, usedAt: used_at, documents, holders, last, pinned }
}

/** What the list alone says of a file: not how large a picture is. */
export function itemOf({ hash, name, type, size }: KeptRow): NamedFile {
  return { order: '', at: '', name, note: '', hash, media_type: type, size, thumbnail: '', width: 0, height: 0, by: '', school: '', person: '', at_ms: 0 }
}

/** Whether the page can show it. How large a picture is only a document says that names it now. */
export function mayShow({ type, name, documents }: KeptRow): boolean {
  const showing = showingBy(type, name)
  return showing === 'picture' ? documents[0]?.named === true : showing !== 'none'
}

/** So long what a school said of a file passes for what it says now. */
const JUST_MS = 10 * 60_000

/** Who else has it: of those that are reached, whoever has said so just now; and the others, as they were last heard of. */
export function heardOf(holders: readonly FileHolder[], reached: ReadonlySet<string>, now: number): { just: FileHolder[]; once: FileHolder[] } {
  const isJust = ({ school, at }: FileHolder) => reached.has(school) && now - at < JUST_MS
  return { just: holders.filter(isJust), once: holders.filter((holder) => !isJust(holder)) }
}

/** The rows that are looked for. `fits`: by the words of a name or a title. */
export function chosen(rows: readonly KeptRow[], filter: Filter, order: Order, compare: (a: string, b: string) => number, fits: (words: string) => boolean): KeptRow[] {
  const wanted = rows.filter(
    (row) =>
      (filter === 'all' || (filter === 'only_here' ? row.last : row.pinned.length > 0)) && (fits(row.name) || row.documents.some(({ title }) => fits(title))),
  )
  const byName = (a: KeptRow, b: KeptRow) => compare(a.name, b.name) || a.hash.localeCompare(b.hash)
  return wanted.sort((a, b) => (order === 'size' ? b.size - a.size : order === 'used' ? a.usedAt - b.usedAt : 0) || byName(a, b))
}

/** What a bar of the room shows, in parts of 100: taken, still to come, and what the disk has not. */
export function partsOf({ used, left, limit }: Pick<FileRoom, 'used' | 'left' | 'limit'>): { used: number; left: number } {
  const whole = Math.max(limit, used + left, 1)
  return { used: (100 * used) / whole, left: (100 * left) / whole }
}

/** Whether the disk, and not what was chosen, says how much may still come. */
export function isDiskShort({ used, left, limit }: Pick<FileRoom, 'used' | 'left' | 'limit'>): boolean {
  return left < limit - used
}

/** What can be chosen, and among it what is chosen now. */
export function offered(usual: readonly number[], now: number): number[] {
  return [...new Set([...usual, now])].sort((a, b) => a - b)
}
