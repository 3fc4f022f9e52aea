// What a file is, by its first bytes. Its name and what a browser says of it are the sender's words, and may lie.
import { holdsAt, lettersAt } from './bytes'
import { TYPE_BYTES } from './limits'

/** `application/octet-stream` is what nothing here knows. */
export type MediaType =
  | 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp' | 'image/heic' | 'image/heif' | 'image/avif'
  | 'video/mp4' | 'video/quicktime' | 'video/3gpp' | 'video/webm' | 'audio/mp4' | 'audio/mpeg'
  | 'application/pdf' | 'application/rtf' | 'application/zip' | 'application/x-ole-storage'
  | `application/vnd.openxmlformats-officedocument.${'wordprocessingml.document' | 'spreadsheetml.sheet' | 'presentationml.presentation'}`
  | `application/vnd.oasis.opendocument.${'text' | 'spreadsheet' | 'presentation'}`
  | Markup
  | 'text/plain' | 'application/octet-stream'

/** Text that a browser would run or lay out. It is never shown. */
export type Markup = 'text/html' | 'image/svg+xml' | 'application/xml'

export function typeOf(bytes: Uint8Array): MediaType {
  const first = bytes.subarray(0, TYPE_BYTES)
  const signed = SIGNATURES.find(([signature]) => holdsAt(first, 0, signature))
  if (signed) return signed[1]
  if (holdsAt(first, 0, 'RIFF') && holdsAt(first, 8, 'WEBP')) return 'image/webp'
  if (holdsAt(first, 4, 'ftyp')) return ofBrand(first)
  if (holdsAt(first, 0, 'PK\x03\x04')) return inZip(lettersAt(first, 0, TYPE_BYTES))
  if (holdsAt(first, 0, '\x1a\x45\xdf\xa3') && lettersAt(first, 0, 64).includes('\x42\x82\x84webm')) return 'video/webm'
  if (isMp3(first)) return 'audio/mpeg'
  const text = textIn(first, bytes.length)
  return text === undefined ? 'application/octet-stream' : ofText(text)
}

/** Photos that no page shows, as cameras keep them: TIFF and what is built on it (DNG, NEF, ARW, ORF, RW2), RAF, CR3, JPEG XL. They say where they were taken. */
const CAMERAS = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', 'FUJIFILMCCD-RAW', '\xff\x0a', '\0\0\0\x0cJXL '] as const

/** Whether something that nothing else here knows is a photo all the same. */
export const isFromCamera = (bytes: Uint8Array): boolean => CAMERAS.some((signature) => holdsAt(bytes, 0, signature)) || holdsAt(bytes, 4, 'ftypcrx ')

/** Whether it is built as a film is, whatever its maker calls it: older ones begin with any of these. */
export const isBuiltAsFilm = (bytes: Uint8Array): boolean => ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].some((box) => holdsAt(bytes, 4, box))

const SIGNATURES: readonly [string, MediaType][] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['%PDF-', 'application/pdf'],
  ['{\\rtf', 'application/rtf'],
  ['PK\x05\x06', 'application/zip'],
  // Word, Excel and PowerPoint before 2007.
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
  ['ID3\x02', 'audio/mpeg'],
  ['ID3\x03', 'audio/mpeg'],
  ['ID3\x04', 'audio/mpeg'],
]

const BRANDS: readonly [RegExp, MediaType][] = [
  [/^avi[fs]$/, 'image/avif'],
  [/^he(ic|ix|im|is|vc|vx)$/, 'image/heic'],
  [/^m[is]f1$/, 'image/heif'],
  [/^qt {2}$/, 'video/quicktime'],
  [/^3g[2gprse]/, 'video/3gpp'],
  [/^(M4A |M4B |F4A )$/, 'audio/mp4'],
  [/^(iso[m2-9]|mp4[12]|avc1|M4V |M4VH|M4VP|MSNV|dash|F4V |mmp4)$/, 'video/mp4'],
]

/** By the major brand; one that says only how the file is built leaves it to those which it is compatible with. */
function ofBrand(first: Uint8Array): MediaType {
  const brandAt = (at: number): MediaType | undefined => BRANDS.find(([pattern]) => pattern.test(lettersAt(first, at, 4)))?.[1]
  const major = brandAt(8) ?? 'application/octet-stream'
  if (major !== 'image/heif') return major
  const end = Math.min(first.length, ((first[2] ?? 0) << 8) | (first[3] ?? 0))
  for (let at = 16; at + 4 <= end; at += 4) {
    const brand = brandAt(at)
    if (brand === 'image/avif' || brand === 'image/heic') return brand
  }
  return major
}

const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument.'
const OFFICE = 'application/vnd.openxmlformats-officedocument.'
const PARTS: readonly [string, MediaType][] = [
  ['word/', `${OFFICE}wordprocessingml.document`],
  ['xl/', `${OFFICE}spreadsheetml.sheet`],
  ['ppt/', `${OFFICE}presentationml.presentation`],
]
const DECLARED: readonly [string, MediaType][] = [
  [`mimetype${OPEN_DOCUMENT}text`, `${OPEN_DOCUMENT}text`],
  [`mimetype${OPEN_DOCUMENT}spreadsheet`, `${OPEN_DOCUMENT}spreadsheet`],
  [`mimetype${OPEN_DOCUMENT}presentation`, `${OPEN_DOCUMENT}presentation`],
]
/** Of a part's heading in a ZIP, before its name. */
const PART_HEAD_LETTERS = 30

/** By the names of the first parts. Whether the others agree is seen only by who unpacks it. */
function inZip(letters: string): MediaType {
  const declared = DECLARED.find(([words]) => letters.startsWith(words, PART_HEAD_LETTERS) && /^(PK|$)/.test(letters.slice(PART_HEAD_LETTERS + words.length)))
  if (declared) return declared[1]
  if (!/^(\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|xl\/|ppt\/)/.test(letters.slice(PART_HEAD_LETTERS))) return 'application/zip'
  for (let at = 0; at >= 0; at = letters.indexOf('PK\x03\x04', at + 1)) {
    const part = PARTS.find(([folder]) => letters.startsWith(folder, at + PART_HEAD_LETTERS))
    if (part) return part[1]
  }
  return 'application/zip'
}

/** In kbit/s, of layer III in MPEG 1, and in 2 and 2.5. */
const RATES = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const
const SAMPLES_PER_SECOND = [44_100, 48_000, 32_000] as const

/** Without a heading of its own it is known by two frames in a row: eleven bits alone stand in much else. */
function isMp3(first: Uint8Array): boolean {
  const length = frameAt(first, 0)
  return length !== undefined && frameAt(first, length) !== undefined
}

function frameAt(bytes: Uint8Array, at: number): number | undefined {
  const [sync, kind, rates] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  if (sync !== 0xff || kind === undefined || rates === undefined || (kind & 0xe6) !== 0xe2) return undefined
  const version = (kind >> 3) & 3
  const rate = RATES[version === 3 ? 0 : 1][(rates >> 4) - 1]
  const samples = SAMPLES_PER_SECOND[(rates >> 2) & 3]
  if (version === 1 || rate === undefined || samples === undefined) return undefined
  const halved = version === 3 ? 1 : version === 2 ? 2 : 4
  return Math.floor(((version === 3 ? 144 : 72) * rate * 1000 * halved) / samples) + ((rates >> 1) & 1)
}

/** None where it is not UTF-8, or has marks that no text has. */
function textIn(first: Uint8Array, whole: number): string | undefined {
  if (whole === 0) return undefined
  try {
    // A letter may be cut where the first bytes end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(first, { stream: first.length < whole })
    return /[^\P{Cc}\t\n\r\f\x1b]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Markup is whatever begins like it: browsers guess as freely. Which one, the first element says. */
function ofText(text: string): 'text/plain' | Markup {
  if (!/^\s*<[a-z!?/]/i.test(text)) return 'text/plain'
  if (/^\s*<!doctype\s+html/i.test(text)) return 'text/html'
  const elements = text.replaceAll(/<!--.*?(-->|$)|<\?.*?(\?>|$)|<!doctype[^>[]*(\[.*?\]\s*)?(>|$)/gis, '')
  const root = /<(?:[\w.-]+:)?([a-z][\w.-]*)/i.exec(elements)?.[1]?.toLowerCase()
  if (root === 'svg') return 'image/svg+xml'
  return /^\s*<\?xml/i.test(text) && root !== 'html' ? 'application/xml' : 'text/html'
}
