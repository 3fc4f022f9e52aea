// A film as it is sent: where and when it was taken, with what and by whom, is put out. Nothing moves: what goes becomes free space of the same length, so
// that all numbers that lead to pictures and sound stay right, and of a film of any length only its tables are in memory. As with photos, what is known to
// be needed stays, and all else goes.
import { boxAt, type Box } from './boxes'
import { bytesOf, viewOf } from './bytes'
import { FILM_BLANKS_LIMIT, FILM_BLANK_LIMIT_BYTES, FILM_TABLES_LIMIT_BYTES, PARTS_LIMIT } from './limits'
import type { Unread } from './picture'
import type { MediaType } from './type'

export type ClearedFilm = { outcome: 'clean'; blob: Blob } | { outcome: Unread }

/** Those whose place we know where to look for. */
export const isFilm = (type: MediaType): boolean => type === 'video/mp4' || type === 'video/quicktime' || type === 'video/3gpp'

/** Rejects where the device no longer has the file. */
export async function withoutPlace(film: Blob, type: MediaType): Promise<ClearedFilm> {
  try {
    return { outcome: 'clean', blob: await cleared(film, type) }
  } catch (error) {
    if (error instanceof NotRead) return { outcome: error.outcome }
    throw error
  }
}

class NotRead extends Error {
  constructor(readonly outcome: Unread) {
    super(outcome)
  }
}

/** Bounds in the file. */
interface Span {
  at: number
  end: number
}
interface Change extends Span {
  parts: BlobPart[]
}

const HEADING_BYTES = 16

async function cleared(film: Blob, type: MediaType): Promise<Blob> {
  const boxes: Box[] = []
  const changes: Change[] = []
  for (let at = 0; at < film.size; at = boxes.at(-1)?.end ?? film.size) {
    if (boxes.length === PARTS_LIMIT) throw new NotRead('not_understood')
    const heading = new Uint8Array(await film.slice(at, at + HEADING_BYTES).arrayBuffer())
    const box = boxAt(heading, 0, film.size - at)
    if (!box) throw new NotRead('damaged')
    const placed = { ...box, at, from: at + box.from, end: at + box.end }
    boxes.push(placed)
    if (!TOP.has(box.name) && placed.from < placed.end) changes.push({ at: at + 4, end: placed.end, parts: [bytesOf('free'), heading.slice(8, box.from), zeroes(placed.end - placed.from)] })
  }
  if (boxes.some(({ name }) => IN_PIECES.has(name))) throw new NotRead('not_understood')
  const [tables, another] = boxes.filter(({ name }) => name === 'moov')
  if (!tables) throw new NotRead('damaged')
  if (another || tables.end - tables.from > FILM_TABLES_LIMIT_BYTES) throw new NotRead('not_understood')
  const bytes = new Uint8Array(await film.slice(tables.from, tables.end).arrayBuffer())
  const gone = clear(bytes, { name: 'moov', at: 0, from: 0, end: bytes.length })
  changes.push({ at: tables.from, end: tables.end, parts: [bytes] })
  const media = boxes.filter(({ name }) => name === 'mdat')
  for (const span of joinedUp(gone)) {
    if (!media.some(({ from, end }) => from <= span.at && span.end <= end)) throw new NotRead('damaged')
    changes.push({ ...span, parts: [zeroes(span.end - span.at)] })
  }
  return changed(film, changes, type)
}

/** What stays at the outermost level. */
const TOP = new Set(['ftyp', 'moov', 'mdat'])
/** A film whose tables are spread over it, or packed. */
const IN_PIECES = new Set(['moof', 'styp', 'sidx', 'mfra', 'mvex', 'cmov', 'rmra'])

let blank: Blob | undefined
/** As parts of one empty stretch, which the browser holds once. */
function zeroes(length: number): Blob {
  if (length > FILM_BLANK_LIMIT_BYTES) throw new NotRead('not_understood')
  blank ??= new Blob([new Uint8Array(1 << 20)])
  return new Blob([...Array.from({ length: Math.floor(length / blank.size) }, () => blank as Blob), blank.slice(0, length % blank.size)])
}

function changed(film: Blob, changes: Change[], type: MediaType): Blob {
  if (changes.length > FILM_BLANKS_LIMIT) throw new NotRead('not_understood')
  const parts: BlobPart[] = []
  let at = 0
  for (const change of changes.sort((a, b) => a.at - b.at)) {
    parts.push(film.slice(at, change.at), ...change.parts)
    at = change.end
  }
  return new Blob([...parts, film.slice(at)], { type })
}

/** In order; those that touch are one. */
function joinedUp(spans: Span[]): Span[] {
  const all: Span[] = []
  for (const span of spans.sort((a, b) => a.at - b.at)) {
    const last = all.at(-1)
    if (last && span.at <= last.end) last.end = Math.max(last.end, span.end)
    else all.push({ ...span })
  }
  return all
}

/** What is needed to play a film, by what it stands in. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak', 'iods'],
  trak: ['tkhd', 'edts', 'tref', 'mdia', 'tapt'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf', 'elng'],
  minf: ['vmhd', 'smhd', 'gmhd', 'nmhd', 'hdlr', 'dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'ctts', 'cslg', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stss', 'stps', 'sdtp', 'sbgp', 'sgpd'],
}

/** Puts out what is not needed in the tables; gives where in the file the samples lie of the tracks that go. */
function clear(bytes: Uint8Array, outer: Box): Span[] {
  const gone: Span[] = []
  for (const box of within(bytes, outer)) {
    if (IN_PIECES.has(box.name)) throw new NotRead('not_understood')
    const goes = !KEPT[outer.name]?.includes(box.name)
    if (box.name === 'trak' && !goes && isNotes(bytes, box)) {
      for (const span of samplesOf(bytes, box)) gone.push(span)
      putOut(bytes, box)
    } else if (goes) putOut(bytes, box)
    else if (box.name in KEPT) gone.push(...clear(bytes, box))
    else clearWithin(bytes, box)
  }
  return gone
}

function putOut(bytes: Uint8Array, { at, from, end }: Box): void {
  bytes.set(bytesOf('free'), at + 4)
  bytes.fill(0, from, end)
}

/** Of a box that stays. */
function clearWithin(bytes: Uint8Array, { name, from, end }: Box): void {
  // When it was made and changed, 32 bits each, or 64 in the later version.
  if (name === 'mvhd' || name === 'tkhd' || name === 'mdhd') bytes.fill(0, Math.min(end, from + 4), Math.min(end, from + (bytes[from] === 1 ? 20 : 12)))
  // The name of a handler, which is that of a camera.
  if (name === 'hdlr') bytes.fill(0, Math.min(end, from + 24), end)
  // Nothing but that all is in this file.
  if (name === 'dref' && end - from > 21) throw new NotRead('not_understood')
}

function within(bytes: Uint8Array, outer: Box): Box[] {
  const boxes: Box[] = []
  let { from: at } = outer
  while (at + 8 <= outer.end) {
    if (boxes.length === PARTS_LIMIT) throw new NotRead('not_understood')
    const box = boxAt(bytes, at, outer.end)
    if (!box) throw new NotRead('damaged')
    boxes.push(box)
    at = box.end
  }
  // QuickTime ends some with a zero.
  if (bytes.subarray(at, outer.end).some((byte) => byte !== 0)) throw new NotRead('damaged')
  return boxes
}

const inside = (bytes: Uint8Array, outer: Box, ...path: string[]): Box | undefined =>
  path.reduce<Box | undefined>((box, name) => box && within(bytes, box).find((each) => each.name === name), outer)

const PLAYED = new Set(['vide', 'soun', 'tmcd'])
/** What a camera notes as it goes, places among it: of phones, of action cameras and of drones. */
const NOTES = new Set(['meta', 'camm', 'fdsc'])

/** Whether a track is not for looking and listening. Of others, such as subtitles, nobody knows whether they are words or places. */
function isNotes(bytes: Uint8Array, track: Box): boolean {
  const handler = inside(bytes, track, 'mdia', 'hdlr')
  if (!handler || handler.end - handler.from < 24) throw new NotRead('damaged')
  const kind = String.fromCharCode(...bytes.subarray(handler.from + 8, handler.from + 12))
  if (!PLAYED.has(kind) && !NOTES.has(kind)) throw new NotRead('not_understood')
  return NOTES.has(kind)
}

/** The entries of a table: after its version and, for some, more numbers, how many there are, and then each in so many bytes. */
function tableIn(bytes: Uint8Array, box: Box | undefined, before: number, each: number): { view: DataView; count: number; start: number } {
  if (!box) throw new NotRead('not_understood')
  const start = box.from + before + 4
  if (start > box.end) throw new NotRead('damaged')
  const view = viewOf(bytes)
  const count = view.getUint32(start - 4)
  if (start + count * each > box.end) throw new NotRead('damaged')
  return { view, count, start }
}

/** Where the samples of a track lie in the file, one span for those that are together. */
function samplesOf(bytes: Uint8Array, track: Box): Span[] {
  const tables = inside(bytes, track, 'mdia', 'minf', 'stbl')
  if (!tables) throw new NotRead('damaged')
  const long = inside(bytes, tables, 'co64')
  const chunks = tableIn(bytes, long ?? inside(bytes, tables, 'stco'), 4, long ? 8 : 4)
  const runs = tableIn(bytes, inside(bytes, tables, 'stsc'), 4, 12)
  const lengths = inside(bytes, tables, 'stsz')
  if (!lengths || lengths.from + 12 > lengths.end) throw new NotRead('not_understood')
  const same = viewOf(bytes).getUint32(lengths.from + 4)
  const sizes = tableIn(bytes, lengths, 8, same === 0 ? 4 : 0)
  if (chunks.count > PARTS_LIMIT) throw new NotRead('not_understood')
  const spans: Span[] = []
  let [run, sample] = [-1, 0]
  for (let chunk = 0; chunk < chunks.count; chunk += 1) {
    while (run + 1 < runs.count && runs.view.getUint32(runs.start + (run + 1) * 12) <= chunk + 1) run += 1
    if (run < 0) throw new NotRead('damaged')
    const many = runs.view.getUint32(runs.start + run * 12 + 4)
    if (sample + many > sizes.count) throw new NotRead('damaged')
    let length = same * many
    if (same === 0) for (let each = 0; each < many; each += 1) length += sizes.view.getUint32(sizes.start + (sample + each) * 4)
    sample += many
    const at = long ? Number(chunks.view.getBigUint64(chunks.start + chunk * 8)) : chunks.view.getUint32(chunks.start + chunk * 4)
    if (length > 0) spans.push({ at, end: at + length })
  }
  if (sample !== sizes.count) throw new NotRead('damaged')
  return spans
}
