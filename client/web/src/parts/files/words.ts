// What is said of a file: where it is, how it comes, what kind it is.
import { session } from '../../data/session.svelte'
import type { FileStanding, Pinned } from '../../data/types'
import { said, type Common, type NamedFile } from '../../edit/kinds'
import { isShown } from '../../files/smaller'
import { safeName, typeSaid } from '../../files/name'
import { drawsPdf } from '../../files/pdf'
import type { MediaType } from '../../files/type'
import { ago } from '../../locale/dates'
import { listed } from '../../locale/isolated'
import { t } from '../../locale/locale.svelte'
import { sizeWords } from '../../locale/size'

/** Under which a file is shown and saved; another school has named it. */
export function nameOfFile(item: NamedFile): string {
  return safeName(said(item.name).trim() || t('untitled'), typeSaid(said(item.media_type)))
}

/** Letters of a name's stem that are shown: more than three lines on a phone say nothing that one reads. */
const NAME_SHOWN = 90
/** Of them, those that stay at the end where a name is cut: copies of one file differ there. */
const NAME_KEPT = 16
/** What holds the words of a name together. A dot between digits is a date's or a version's. */
const BETWEEN = /([_\-–,;+&)\]]+|\.(?=\p{L}))/u

export interface NameParts {
  /** Between them a line may end. */
  words: string[]
  /** Whether something between them and the ending is left out. */
  isCut: boolean
  /** Stays on one line. */
  ending: string
}

/** A file's name as it is shown. */
export function partsOfName(name: string): NameParts {
  const extension = /^.+?(\.[\p{L}\p{N}]{1,8})$/su.exec(name)?.[1] ?? ''
  const stem = name.slice(0, name.length - extension.length)
  if ([...stem].length <= NAME_SHOWN) return { words: between(stem, BETWEEN), isCut: false, ending: extension }
  // Between words where it can be; a name of one word is cut through it.
  const all = between(stem, /([\s_\-–,;+&)\]]+)/u)
  const first = within(all, NAME_SHOWN - NAME_KEPT).join('') || [...stem].slice(0, NAME_SHOWN - NAME_KEPT).join('')
  const last = within(all.reverse(), NAME_KEPT).reverse().join('') || [...stem].slice(-NAME_KEPT).join('')
  return { words: between(first, BETWEEN), isCut: true, ending: last + extension }
}

/** The words of a name, each with what stands behind it. */
function between(stem: string, separator: RegExp): string[] {
  const split = stem.split(separator)
  return split.flatMap((word, index) => (index % 2 === 0 ? [word + (split[index + 1] ?? '')] : [])).filter((word) => word !== '')
}

/** As many of them as have so many letters together. */
function within(words: readonly string[], most: number): string[] {
  let letters = 0
  const end = words.findIndex((word) => (letters += [...word].length) > most)
  return end < 0 ? [...words] : words.slice(0, end)
}

/** The contents that a document names. */
export function hashesIn(named: Common['files']): string[] {
  return Object.values(named ?? {}).flatMap((item) => [said(item?.hash), said(item?.thumbnail)]).filter((hash) => hash !== '')
}

/** Pictures that every browser of our schools shows, and none that would take a phone's memory. */
const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

export type Showing = 'picture' | 'pdf' | 'text' | 'film' | 'sound' | 'none'

const BY_TYPE: Partial<Record<MediaType, Showing>> = {
  'application/pdf': 'pdf',
  'text/plain': 'text',
  'video/mp4': 'film',
  'video/quicktime': 'film',
  'video/3gpp': 'film',
  'video/webm': 'film',
  'audio/mp4': 'sound',
  'audio/mpeg': 'sound',
}

/** How the page lets it be seen; the rest is saved. */
export function showingOf(item: NamedFile): Showing {
  const showing = showingBy(typeSaid(said(item.media_type)), nameOfFile(item))
  return showing === 'picture' && !isShown(item) ? 'none' : showing
}

/** The same before it is known how large a picture is. */
export function showingBy(type: MediaType, name: string): Showing {
  if (PICTURES.has(type)) return 'picture'
  // Text in an older encoding is bytes to whoever looks at its beginning alone.
  if (type === 'application/octet-stream' && /\.(txt|csv)$/i.test(name)) return 'text'
  return type === 'application/pdf' && !drawsPdf() ? 'none' : (BY_TYPE[type] ?? 'none')
}

/** A file that can be shown beside others. */
export interface Shown {
  id: string
  /** One that names it. */
  document: string
  hash: string
  name: string
  /** What the document says of it; none until that is known. */
  item: NamedFile | undefined
}

export function iconOf(type: string): 'photo' | 'film' | 'file' {
  if (type.startsWith('image/')) return 'photo'
  return type.startsWith('video/') || type.startsWith('audio/') ? 'film' : 'file'
}

/** Why it stays in any case: one reason is enough, that of the file itself before those of more. */
export function keptWords(pinned: readonly Pinned[]): string {
  const by = (['file', 'document', 'kind'] as const).find((each) => pinned.includes(each))
  return by === undefined ? '' : t(`room-pinned-${by}`)
}

export function percentOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, Math.floor((100 * part) / whole))
}

/** How fast it goes, and how long it takes yet; empty while nothing can be said. */
export function paceWords(rate: number, secondsLeft: number | null | undefined): string {
  const left = secondsLeft ?? undefined
  const words = [rate >= 1 ? t('files-rate', { size: sizeWords(rate) }) : '', left === undefined ? '' : leftWords(left)]
  return words.filter((each) => each !== '').join(', ')
}

function leftWords(seconds: number): string {
  if (seconds < 60) return t('files-left-seconds', { count: Math.max(1, seconds) })
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? t('files-left-minutes', { count: minutes }) : t('files-left-hours', { count: Math.ceil(minutes / 60) })
}

/** Where it is and what it waits for. Empty where it is here, or where nothing is known yet. */
export function standingWords(standing: FileStanding | undefined, item?: NamedFile): string {
  switch (standing?.state) {
    case 'coming': {
      const pace = paceWords(standing.rate, standing.seconds_left)
      const from = standing.from.length > 0 ? t('files-from', { schools: listed(standing.from) }) : ''
      return [t('files-coming', { percent: percentOf(standing.here, standing.size) }), pace, from].filter((words) => words !== '').join(' · ')
    }
    case 'wanted':
      return standing.held_up === null ? t('files-wanted') : heldUpWords(standing, item)
    case 'paused':
      return t('files-paused', { percent: percentOf(standing.here, standing.size) })
    case 'away':
      return `${t('files-away')} ${hadWords(standing, item)}`.trim()
    default:
      return ''
  }
}

function heldUpWords(standing: FileStanding, item: NamedFile | undefined): string {
  const words = t(`files-held-${String(standing.held_up).replaceAll('_', '-')}`)
  return standing.held_up === 'nobody_has_it' ? `${words} ${hadWords(standing, item)}`.trim() : words
}

/** Who had it last, as far as our school has heard; else where it was added, as the document says. */
function hadWords({ holders }: FileStanding, item: NamedFile | undefined): string {
  const [last] = [...holders].sort((a, b) => Number(b.whole) - Number(a.whole) || b.at - a.at)
  const [school, at] = [said(item?.school).trim(), Number(item?.at_ms) || 0]
  // That our own school added it says nothing: here it is not.
  if (!last) return school === '' || school === session.me?.school.name || at <= 0 ? t('files-had-nobody') : t('files-had-added', { school, when: ago(at) })
  return t(last.whole ? 'files-had' : 'files-had-part', { school: last.school, when: ago(last.at) })
}
