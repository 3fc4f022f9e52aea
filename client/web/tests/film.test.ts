import { describe, expect, it } from 'vitest'
import { boxAt } from '../src/files/boxes'
import { bytesOf, joined, viewOf } from '../src/files/bytes'
import { withoutPlace } from '../src/files/film'
import { box, filmOf, handled, PICTURES, PLACE, SOUND, table, type Made } from './films'
import { lettersOf } from './samples'

async function cleared(film: BlobPart | Blob) {
  const given = new Blob([film])
  const answer = await withoutPlace(given, 'video/mp4')
  if (answer.outcome !== 'clean') return answer.outcome
  const bytes = new Uint8Array(await answer.blob.arrayBuffer())
  expect(bytes.length, 'nothing moves').toBe(given.size)
  return { bytes, letters: lettersOf(bytes) }
}
/** Of the names on the way to it, as they stand in the file. */
function names(bytes: Uint8Array, from = 0, end = bytes.length): string[] {
  const found: string[] = []
  for (let at = from; at < end; ) {
    const here = boxAt(bytes, at, end)
    if (!here) throw new Error(`no box at ${at}`)
    found.push(here.name)
    if (['moov', 'trak', 'mdia', 'minf', 'stbl'].includes(here.name)) found.push(...names(bytes, here.from, here.end).map((name) => `${here.name}/${name}`))
    at = here.end
  }
  return found
}
const film = (over: Partial<Made> = {}) => filmOf(over)

describe('a film that is sent', () => {
  it('has its place in none of its bytes, wherever a phone or a camera writes it', async () => {
    const made = film()
    expect(PLACE.filter((place) => lettersOf(made).includes(place)), 'all were there').toEqual(PLACE)
    const clean = await cleared(made)
    if (typeof clean === 'string') throw new Error(clean)
    expect(PLACE.filter((place) => clean.letters.includes(place))).toEqual([])
    expect(names(clean.bytes)).not.toEqual(expect.arrayContaining([expect.stringMatching(/udta|meta$|uuid|loci|gps /)]))
  })

  it('has its pictures and its sound where they were, and all tables that lead to them', async () => {
    const made = film()
    const clean = await cleared(made)
    if (typeof clean === 'string') throw new Error(clean)
    for (const words of [PICTURES, SOUND]) expect(clean.letters.indexOf(words)).toBe(lettersOf(made).indexOf(words))
    const paths = names(clean.bytes)
    expect(paths.filter((path) => path === 'moov/trak/mdia/minf/stbl/stco')).toHaveLength(2)
    const chunk = clean.letters.indexOf('stco') + 12
    const at = viewOf(clean.bytes).getUint32(chunk)
    expect(clean.letters.slice(at, at + PICTURES.length)).toBe(PICTURES)
  })

  it('says neither when it was taken nor with what', async () => {
    const made = film()
    expect(lettersOf(made)).toContain('Kamera')
    const clean = await cleared(made)
    if (typeof clean === 'string') throw new Error(clean)
    expect(clean.letters).not.toContain('Kamera')
    expect(clean.letters).not.toContain('\xe5\x5a\x11\x01')
  })

  it('that says nothing of this is the same to the bit', async () => {
    const made = film({ place: 'none' })
    expect(await cleared(made)).toMatchObject({ letters: lettersOf(made) })
  })

  it('is read where its tables stand before its pictures, and where lengths have 64 bits', async () => {
    for (const over of [{ order: 'tables_first' }, { lengths: 'long' }] as const) {
      const clean = await cleared(film(over))
      if (typeof clean === 'string') throw new Error(`${JSON.stringify(over)}: ${clean}`)
      expect(PLACE.filter((place) => clean.letters.includes(place))).toEqual([])
      expect(clean.letters).toContain(PICTURES)
    }
  })

  it('is not taken into memory, however long it is', async () => {
    const made = film({ order: 'tables_first' })
    const rest = 2 ** 31
    const read: number[] = []
    /** A file of two thousand million bytes: the last box goes on to its end. */
    const end = made.length + rest
    const long = (from: number, to: number): Blob =>
      Object.assign(new Blob(from < made.length ? [made.slice(from, Math.min(to, made.length))] : []), {
        slice: (a = 0, b = to - from) => long(from + a, Math.min(to, from + b)),
        arrayBuffer: () => {
          read.push(to - from)
          return new Blob([made.slice(from, to)]).arrayBuffer()
        },
      })
    const { at } = lastBox(made)
    viewOf(made).setUint32(at, 0)
    const file = Object.defineProperty(long(0, end), 'size', { value: end })
    expect((await withoutPlace(file, 'video/mp4')).outcome).toBe('clean')
    expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(made.length + 200)
  })
})

function lastBox(bytes: Uint8Array): { at: number } {
  let last = 0
  for (let at = 0; at < bytes.length; at = boxAt(bytes, at, bytes.length)?.end ?? bytes.length) last = at
  return { at: last }
}

describe('a film that cannot be cleared for certain', () => {
  const damaged: [string, () => Uint8Array<ArrayBuffer>][] = [
    ['cut off', () => film({ order: 'tables_first' }).slice(0, -4)],
    ['without tables', () => joined([box('ftyp', 'isom'), box('mdat', PICTURES)])],
    ['with a box longer than what it stands in', () => joined([box('ftyp', 'isom'), box('moov', bytesOf('\0\0\0\x40udta'))])],
    ['with notes outside its media', () => film({ notesAt: 0 })],
    ['with fewer notes than its tables say', () => film({ noted: 9 })],
  ]
  const unknown: [string, () => Uint8Array<ArrayBuffer>][] = [
    ['in pieces', () => joined([film(), box('moof', PLACE[0] ?? '')])],
    ['that grows', () => joined([box('ftyp', 'isom'), box('moov', box('mvex', ''))])],
    ['with packed tables', () => joined([box('ftyp', 'qt  '), box('moov', box('cmov', 'x'))])],
    ['with two sets of tables', () => joined([film(), box('moov', '')])],
    ['with words that may be places', () => joined([box('ftyp', 'isom'), box('moov', box('trak', box('mdia', handled('text'), box('minf', box('stbl', table('stco', []))))))])],
    ['with pictures in another file', () => joined([box('ftyp', 'isom'), box('moov', box('trak', box('mdia', handled('vide'), box('minf', box('dinf', box('dref', `${'\0'.repeat(20)}http://example.org`))))))])],
  ]
  for (const [outcome, cases] of [['damaged', damaged], ['not_understood', unknown]] as const) {
    for (const [name, make] of cases) it(`is ${outcome}: ${name}`, async () => expect(await cleared(make())).toBe(outcome))
  }
})
