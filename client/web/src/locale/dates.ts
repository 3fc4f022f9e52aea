// Dates and times by locale, in words people use: "кеше 16:40" rather than a timestamp.
import { locale, t } from './locale.svelte'

const DAY_MS = 86_400_000

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}

/** Whole calendar days between a moment and now, by this computer's calendar. */
export function daysAgo(moment: number, now: number): number {
  return Math.round((startOfDay(new Date(now)) - startOfDay(new Date(moment))) / DAY_MS)
}

function format(moment: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale.tag, options).format(moment)
}

/** When something happened, seen from now. */
export function ago(moment: number, now: number = Date.now()): string {
  const time = format(moment, { hour: '2-digit', minute: '2-digit' })
  const days = daysAgo(moment, now)
  if (days === 0) return t('when-today', { time })
  if (days === 1) return t('when-yesterday', { time })
  if (days > 1 && days < 7) return t('when-weekday', { day: format(moment, { weekday: 'long' }), time })
  const sameYear = new Date(moment).getFullYear() === new Date(now).getFullYear()
  return format(moment, sameYear ? { day: 'numeric', month: 'long' } : { day: 'numeric', month: 'long', year: 'numeric' })
}

/** A calendar date of a document (`YYYY-MM-DD`), or undefined for anything else. */
export function parseDate(text: string): Date | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  return date.getMonth() === Number(match[2]) - 1 ? date : undefined
}

/** A document's date in words; the year only when it is not this one. */
export function day(text: string, now: number = Date.now()): string {
  const date = parseDate(text)
  if (!date) return text
  const sameYear = date.getFullYear() === new Date(now).getFullYear()
  return format(date.getTime(), sameYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' })
}

export function longDay(text: string): string {
  const date = parseDate(text)
  return date ? format(date.getTime(), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }) : text
}
