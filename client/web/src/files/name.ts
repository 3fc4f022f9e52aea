// A name under which a file can be shown and saved on Windows, macOS, Linux and Android. It comes from whoever sent the file: it may be a path, read
// backwards, or promise what the file is not.
import { EXTENSION_LETTERS, FILE_NAME_BYTES, FILE_NAME_LETTERS } from './limits'
import type { MediaType } from './type'

/**
 * Safe to show and to save under; of a safe name nothing is changed.
 *
 * `type`, as `typeOf` has found it: an extension that contradicts it gets the right one behind it. The name that its sender knows is still to be seen, a dot
 * in the middle of words loses nothing ("Doc. Serik"), and the system opens the file by what it is. Markup under another name gets `.txt`, not `.html`: a
 * viewer of images fails harmlessly at a `photo.jpg` that is HTML, a `photo.jpg.html` would run in the browser. So does text that a system runs when it is
 * opened (`.bat`), and any other bytes that it would run get `.bin`.
 */
export function safeName(name: string, type?: MediaType): string {
  const { stem, extension } = split(shortened(plain(name)))
  const last = type === undefined || fits(extension.toLowerCase(), type) ? undefined : ADDED[type]
  return last === undefined ? put(stem, extension) : put(extension === '' ? stem : `${stem}.${extension}`, last)
}

/** What stands for a letter that no name may have, and for a name without letters. */
const INSTEAD = '_'
/** Without width: direction marks, soft hyphens, fillers; but for the two that hold an emoji together. */
const UNSEEN = /(\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?\ufe0f?\u200d?)|[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const UNUSABLE = /[<>:"/\\|?*\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/gu

function plain(name: string): string {
  const spaced = name.replaceAll(/[\s\p{Z}]+/gu, ' ')
  // A mark may be removed between a letter and its accent: they are composed afterwards.
  const seen = spaced.replaceAll(UNSEEN, '$1').replaceAll(UNUSABLE, INSTEAD).normalize('NFC')
  return ended(seen.replaceAll(/ +/g, ' ').replace(/^[. ]+/, ''))
}

/** Windows drops dots and spaces at an end, and finds another file. */
function ended(name: string): string {
  let end = name.length
  while (name[end - 1] === '.' || name[end - 1] === ' ') end -= 1
  return name.slice(0, end)
}

/** What has no extension is cut before it is looked at: what is last then may look like one. */
function shortened(name: string): string {
  return split(name).extension === '' ? ended(cut(name, FILE_NAME_LETTERS, FILE_NAME_BYTES)) : name
}

/** Digits alone are a date's or a version's. */
function split(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.')
  const extension = name.slice(dot + 1)
  const is = dot > 0 && extension.length <= EXTENSION_LETTERS && /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(extension) && !/^\d+$/.test(extension)
  return is ? { stem: name.slice(0, dot), extension } : { stem: name, extension: '' }
}

/** Devices on Windows, with whatever extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i

function put(stem: string, extension: string): string {
  const end = extension === '' ? '' : `.${extension}`
  const free = RESERVED.test(stem + end) ? INSTEAD + stem : stem
  const kept = ended(cut(free, FILE_NAME_LETTERS - end.length, FILE_NAME_BYTES - bytesIn(end)))
  return (kept || INSTEAD) + end
}

const bytesIn = (text: string): number => new TextEncoder().encode(text).length

/** Between letters, not within the two halves of one. */
function cut(text: string, letters: number, bytes: number): string {
  let kept = ''
  let used = 0
  for (const letter of text) {
    used += bytesIn(letter)
    if (kept.length + letter.length > letters || used > bytes) break
    kept += letter
  }
  return kept
}

/** What each type is saved as; the first is added where the name says something else. */
const EXTENSIONS: Readonly<Record<MediaType, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png', 'apng'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/heic': ['heic', 'heif', 'hif'],
  'image/heif': ['heif', 'heic', 'hif'],
  'image/avif': ['avif'],
  'video/mp4': ['mp4', 'm4v', 'm4a', 'mov'],
  'video/quicktime': ['mov', 'qt', 'mp4'],
  'video/3gpp': ['3gp', '3g2', '3gpp', 'mp4'],
  'video/webm': ['webm', 'weba'],
  'audio/mp4': ['m4a', 'm4b', 'mp4'],
  'audio/mpeg': ['mp3', 'mpga'],
  'application/pdf': ['pdf'],
  'application/zip': ['zip', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp'],
  'application/rtf': ['rtf', 'doc'],
  // With a password the newer kinds are made so too.
  'application/x-ole-storage': ['doc', 'xls', 'ppt', 'dot', 'xlt', 'pps', 'pot', 'docx', 'xlsx', 'pptx', 'bin'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx', 'docm', 'dotx', 'dotm'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx', 'xlsm', 'xlsb', 'xltx', 'xltm'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx', 'pptm', 'ppsx', 'ppsm', 'potx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  // Programs that keep lists export them for Office in these two ways: it opens them, no browser does.
  'text/html': ['html', 'htm', 'xhtml', 'txt', 'xls', 'doc'],
  'application/xml': ['xml', 'txt', 'xls', 'doc'],
  'image/svg+xml': ['svg', 'txt'],
  'text/plain': ['txt', 'csv', 'xls'],
  // Text in an older encoding is not known as such.
  'application/octet-stream': ['bin', 'txt', 'csv', 'mp3', ''],
}
/** What somebody has said that a file is: one of the types known here, or bytes. */
export function typeSaid(words: string): MediaType {
  const type = words.split(';')[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(EXTENSIONS, type) ? (type as MediaType) : 'application/octet-stream'
}

const CLAIMED = new Set(Object.values(EXTENSIONS).flat())
const ADDED: Readonly<Record<MediaType, string>> = {
  ...(Object.fromEntries(Object.entries(EXTENSIONS).map(([type, [first]]) => [type, first])) as Record<MediaType, string>),
  'text/html': 'txt',
  'image/svg+xml': 'txt',
  'application/xml': 'txt',
  'application/x-ole-storage': 'bin',
}
/** What other kinds of files are made of as well: notebooks of a whiteboard, GeoGebra and Scratch are ZIPs, programs are text. */
const MADE_OF: ReadonlySet<MediaType> = new Set<MediaType>([
  'application/zip', 'application/x-ole-storage', 'application/xml', 'text/plain', 'application/octet-stream',
])
/** Opened, they run: on Windows, macOS, Linux or Android. */
const RUNS: ReadonlySet<string> = new Set(
  ('apk app appimage appref-ms application bat bash chm cmd com command cpl csh deb desktop dll dmg elf exe gadget hta inf ins iso jar jnlp js jse ksh ' +
    'lnk mjs msc msi msix msp mst pif pkg ps1 psm1 py pyw rb reg rpm run scf scpt scr settingcontent-ms sh shb shs sys tool url vb vbe vbs vhd vhdx ' +
    'webloc workflow ws wsc wsf wsh xap xll zsh').split(' '),
)

function fits(extension: string, type: MediaType): boolean {
  if (EXTENSIONS[type].includes(extension)) return true
  return MADE_OF.has(type) && extension !== '' && !CLAIMED.has(extension) && !RUNS.has(extension)
}
