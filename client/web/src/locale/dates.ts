// Dates and times in words people use: "кеше 16:40" rather than a timestamp. Names of months and days come from Fluent: the
// browsers our schools use carry no Kazakh calendar.
import { clock } from '../data/clock.svelte'
import { t } from './locale.svelte'

function startOfDay(time: Date): number {
  return Date.UTC(time.getFullYear(), time.getMonth(), time.getDate())
}

const DAY_MS = 86_400_000

/** Whole calendar days between a moment and now, by this computer's calendar. */
export function daysAgo(moment: number, now: number): number {
  return (startOfDay(new Date(now)) - startOfDay(new Date(moment))) / DAY_MS
}

const two = (part: number): string => String(part).padStart(2, '0')
const month = (date: Date): string => t(`month-${date.getMonth() + 1}`)
const weekday = (date: Date): string => t(`weekday-${date.getDay()}`)

/** When something happened, seen from now. */
export function ago(moment: number, now: number = clock.now()): string {
  const date = new Date(moment)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const days = daysAgo(moment, now)
  if (days === 0) return t('when-today', { time })
  if (days === 1) return t('when-yesterday', { time })
  if (days > 1 && days < 7) return t('when-weekday', { day: weekday(date), time })
  const day = String(date.getDate())
  return date.getFullYear() === new Date(now).getFullYear()
    ? t('date-day', { day, month: month(date) })
    : t('date-year', { day, month: month(date), year: String(date.getFullYear()) })
}

/** A calendar date of a document (`YYYY-MM-DD`), or undefined for anything else. */
export function parseDate(text: string): Date | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  return date.getMonth() === Number(match[2]) - 1 ? date : undefined
}

/** A document's date, short enough for a table; the year only when it is not this one, or where two dates stand side by side. */
export function day(text: string, year: 'if_another' | 'always' = 'if_another', now: number = clock.now()): string {
  const date = parseDate(text)
  if (!date) return text
  const args = { day: String(date.getDate()), month: t(`month-short-${date.getMonth() + 1}`), year: String(date.getFullYear()) }
  return year === 'if_another' && date.getFullYear() === new Date(now).getFullYear() ? t('date-day', args) : t('date-short-year', args)
}

/** A day with its name; the year only where another than this one is meant. */
export function longDay(text: string, year: 'if_another' | 'always' = 'always', now: number = clock.now()): string {
  const date = parseDate(text)
  if (!date) return text
  const short = year === 'if_another' && date.getFullYear() === new Date(now).getFullYear()
  return t(short ? 'date-weekday' : 'date-full', { weekday: weekday(date), day: String(date.getDate()), month: month(date), year: String(date.getFullYear()) })
}
