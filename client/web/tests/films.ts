// A film as phones and cameras write it, as far as its boxes go, with the place wherever they put it.
import { bytesOf, joined, viewOf } from '../src/files/bytes'

export const PICTURES = 'moving pictures'
export const SOUND = 'sound of voices'
/** Each in a place of its own. */
export const PLACE = ['+43.2389+076.8897/', '+43.2390+076.8898/', 'loci-43.2391', '+43.2392+076.8899/', 'GPSLatitude 43,14', 'freeGPS 43.2393', '43.2394 now', '43.2395 next', 'track-43.2396']

type Part = string | Uint8Array
const bytes = (part: Part) => (typeof part === 'string' ? bytesOf(part) : part)
const u32 = (...numbers: number[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(numbers.length * 4)
  numbers.forEach((number, index) => viewOf(all).setUint32(index * 4, number))
  return all
}

export function box(name: string, ...content: Part[]): Uint8Array<ArrayBuffer> {
  const within = joined(content.map(bytes))
  return joined([u32(within.length + 8), bytesOf(name), within])
}

function longBox(name: string, ...content: Part[]): Uint8Array<ArrayBuffer> {
  const within = joined(content.map(bytes))
  return joined([u32(1), bytesOf(name), u32(0, within.length + 16), within])
}

export const table = (name: string, numbers: number[], each = 1) => box(name, u32(0, numbers.length / each, ...numbers))
export const handled = (kind: string, name = '') => box('hdlr', u32(0, 0), kind, u32(0, 0, 0), name)

const dated = (name: string, time: number) => box(name, u32(0, time, time, 1000))

export interface Made {
  place: 'all' | 'none'
  order: 'tables_first' | 'tables_last'
  lengths: 'short' | 'long'
  /** Where the tables say that the camera's notes begin. */
  notesAt: number
  /** How many notes the tables speak of. */
  noted: number
}

export function filmOf({ place = 'all', order = 'tables_last', lengths = 'short', notesAt, noted = 2 }: Partial<Made> = {}): Uint8Array<ArrayBuffer> {
  const all = place === 'all'
  const [qt = '', mov = '', loci = '', keys = '', xmp = '', dashcam = '', now = '', next = '', track = ''] = PLACE
  const start = box('ftyp', 'isommp42')
  const outside = all ? [box('uuid', '\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac', xmp), box('free', dashcam)] : []
  const media = all ? [PICTURES, now, SOUND, next] : [PICTURES, SOUND]
  const made = lengths === 'long' ? longBox : box
  const mdat = made('mdat', ...media)

  const tables = (mediaAt: number) => {
    const content = mediaAt + (lengths === 'long' ? 16 : 8)
    const at = (part: string) => content + media.slice(0, media.indexOf(part)).reduce((sum, { length }) => sum + length, 0)
    const time = all ? 0xe55a1101 : 0
    const stbl = (chunks: number[], sizes: number[]) =>
      box(
        'stbl',
        table('stsd', []),
        box('stsz', u32(0, 0, sizes.length, ...sizes)),
        table('stsc', [1, 1, 1], 3),
        lengths === 'long' ? box('co64', u32(0, chunks.length, ...chunks.flatMap((chunk) => [0, chunk]))) : table('stco', chunks),
      )
    const trak = (kind: string, chunks: number[], sizes: number[], ...more: Uint8Array[]) =>
      box('trak', dated('tkhd', time), box('mdia', dated('mdhd', time), handled(kind, all ? 'Kamera' : ''), box('minf', box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), stbl(chunks, sizes))), ...more)
    const notes = [now, next]
    return box(
      'moov',
      dated('mvhd', time),
      trak('vide', [at(PICTURES)], [PICTURES.length], ...(all ? [box('udta', box('loci', track))] : [])),
      trak('soun', [at(SOUND)], [SOUND.length]),
      ...(all
        ? [
            trak('meta', notes.map((note, index) => (index === 0 ? notesAt : undefined) ?? at(note)), Array.from({ length: noted }, (_, index) => notes[index]?.length ?? 1)),
            box('udta', box('\xa9xyz', u32(0x00125c7), qt), box('\xa9mak', 'Kamera'), box('loci', loci), box('meta', u32(0), box('ilst', mov)), u32(0)),
            box('meta', handled('mdta'), box('keys', u32(0, 1), box('mdta', 'com.apple.quicktime.location.ISO6709')), box('ilst', box('\0\0\0\x01', box('data', u32(1, 0), keys)))),
            box('gps ', u32(0x101)),
          ]
        : []),
    )
  }
  if (order === 'tables_last') return joined([start, ...outside, mdat, tables(start.length + outside.reduce((sum, { length }) => sum + length, 0))])
  return joined([start, tables(start.length + tables(0).length + outside.reduce((sum, { length }) => sum + length, 0)), ...outside, mdat])
}
