// The moments between which one compares: each a state of the document, with words for it.
import type { Heads } from '@automerge/automerge/slim'
import type { Space } from '../../data/types'
import { authorOf, schoolsByPrefix } from '../../history/authors'
import type { Moment } from '../../history/moments'
import { prefixOf } from '../../history/prefix'
import type { NamedVersion } from '../../history/named'
import { nameToTell } from '../../live/others.svelte'
import { day } from '../../locale/dates'
import { listed } from '../../locale/isolated'
import { t } from '../../locale/locale.svelte'

/** How far along the history; those of one end stand side by side. */
interface At {
  key: string
  heads: Heads
  end: number
}
export type Point = At & ({ is: 'moment'; moment: Moment } | { is: 'version'; version: NamedVersion } | { is: 'now' | 'beginning' | 'visit' })

/** What the history knows of itself: `endOf` says how far along a state stands. */
interface Told {
  moments: readonly Moment[]
  beginning: Heads
  endOf: (heads: Heads) => number | undefined
}

/** All points but the last visit, the newest first. */
export function pointsOf(told: Told, versions: readonly NamedVersion[], now: Heads): Point[] {
  const moments = told.moments.map((moment): Point => ({ is: 'moment', key: `m${moment.end}`, heads: moment.heads, end: moment.end, moment }))
  const named = versions.flatMap((version): Point[] => {
    const end = told.endOf(version.heads)
    return end === undefined ? [] : [{ is: 'version', key: `v${version.id}`, heads: version.heads, end, version }]
  })
  const between = [...moments, ...named].sort((a, b) => a.end - b.end || (a.is === 'moment' ? -1 : 1))
  const all: Point[] = [{ is: 'beginning', key: 'beginning', heads: told.beginning, end: -1 }, ...between, { is: 'now', key: 'now', heads: now, end: Infinity }]
  return all.reverse()
}

const hour = (ms: number): string => new Date(ms).toTimeString().slice(0, 5)

/** A day as documents write it, by this computer's calendar. */
export function dayOf(ms: number): string {
  const date = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** When it was; a program that writes no time into its changes leaves it untold. */
export function whenOf(point: Point): number | undefined {
  const when = point.is === 'moment' ? point.moment.to : point.is === 'version' ? point.version.at : 0
  return when > 0 ? when : undefined
}

/** At what time of its day; of answers, the day. */
export function timeOf({ is, from, to }: Moment): string {
  if (to <= 0) return ''
  if (is === 'answers') return day(dayOf(to))
  return hour(from) === hour(to) ? hour(to) : `${hour(from)}–${hour(to)}`
}

export interface Who {
  key: string
  name: string
  school: string
}

/** Who wrote, in words: a person of a school, somebody of it, or a program that is no school's. Who answered a questionnaire nobody knows. */
export function whoWrote({ is, writers }: Pick<Moment, 'is' | 'writers'>, spaces: readonly Space[]): Who[] {
  const schools = schoolsByPrefix(spaces)
  if (is === 'answers') {
    const names = new Set(writers.map(({ actor }) => authorOf('', actor, schools).school?.name ?? ''))
    return [{ key: 'answers', name: t('history-answers'), school: listed([...names].filter((name) => name !== '')) }]
  }
  return writers.map(({ name, actor }) => {
    const author = authorOf(nameToTell(name), actor, schools)
    const school = author.school?.name ?? ''
    if (author.name !== '') return { key: actor, name: author.name, school }
    if (school !== '') return { key: actor, name: t('history-somebody-at', { school }), school: '' }
    return { key: actor, name: t(prefixOf(actor) === undefined ? 'history-other-program' : 'history-somebody'), school: '' }
  })
}
