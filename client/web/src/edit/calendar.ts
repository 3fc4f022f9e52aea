// A year plan as one calendar: its months, the days of each in weeks, and what is on in them.
import { said, type Phase, type Year, type YearEvent } from './kinds'
import { ordered, type Placed } from './order'

export interface MonthOf {
  /** `YYYY-MM`. */
  key: string
  year: number
  /** 1 to 12. */
  month: number
  /** Weeks from Monday; a place before the first or after the last day is 0. */
  weeks: number[][]
  events: Placed<YearEvent>[]
  /** Phases of which a part lies in this month, by their place among all. */
  phases: number[]
}

export interface Calendar {
  months: MonthOf[]
  /** Events without a date, and those outside of what is shown. */
  undated: Placed<YearEvent>[]
  outside: Placed<YearEvent>[]
}

/** Two school years. What a wrong date would add beyond stands under "outside". */
const MONTHS_LIMIT = 24
/** July: the year that people plan is the one from September. */
const SUMMER = 7

const isDate = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)
const monthOf = (date: string): string => date.slice(0, 7)
const numbered = (key: string): number => Number(key.slice(0, 4)) * 12 + Number(key.slice(5)) - 1
const keyed = (number: number): string => `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`
const two = (part: number): string => String(part).padStart(2, '0')

/** The school year that `day` lies in; in summer the one that comes. */
export function schoolYear(day: string): { from: string; to: string } {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const first = month >= SUMMER ? year : year - 1
  return { from: `${first}-09-01`, to: `${first + 1}-06-30` }
}

export function datedIn(month: MonthOf, day: number): string {
  return `${month.key}-${two(day)}`
}

/** Whether a phase covers a date; one without an end covers its first day alone. */
export function covers(phase: Phase, date: string): boolean {
  const [from, to] = [said(phase.from), said(phase.to)]
  return isDate(from) && from <= date && date <= (isDate(to) ? to : from)
}

export function calendar(year: Partial<Year>, today: string): Calendar {
  const phases = ordered<Phase>(year.phases)
  const events = ordered<YearEvent>(year.events).sort((a, b) => compare(when(a), when(b)))
  const [first, last] = span(said(year.from), said(year.to), today)
  const dated = events.filter(({ item }) => isDate(said(item.date)))
  const months = Array.from({ length: last - first + 1 }, (_, index): MonthOf => {
    const key = keyed(first + index)
    return {
      key,
      year: Number(key.slice(0, 4)),
      month: Number(key.slice(5)),
      weeks: weeks(key),
      events: dated.filter(({ item }) => monthOf(said(item.date)) === key),
      phases: phases.flatMap(({ item }, place) => (touches(item, key) ? [place] : [])),
    }
  })
  const shown = new Set(months.map(({ key }) => key))
  return {
    months,
    undated: events.filter(({ item }) => !isDate(said(item.date))),
    outside: dated.filter(({ item }) => !shown.has(monthOf(said(item.date)))),
  }
}

const when = ({ item }: Placed<YearEvent>): string => `${said(item.date)} ${said(item.time)}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The first and the last month to show. */
function span(from: string, to: string, today: string): [number, number] {
  const year = schoolYear(isDate(from) ? from : today)
  const first = numbered(monthOf(isDate(from) ? from : year.from))
  const last = numbered(monthOf(isDate(to) ? to : year.to))
  return [first, Math.min(Math.max(first, last), first + MONTHS_LIMIT - 1)]
}

function touches(phase: Phase, key: string): boolean {
  const from = said(phase.from)
  const to = isDate(said(phase.to)) ? said(phase.to) : from
  return isDate(from) && monthOf(from) <= key && key <= monthOf(to)
}

function weeks(key: string): number[][] {
  const [year, month] = [Number(key.slice(0, 4)), Number(key.slice(5))]
  const first = new Date(Date.UTC(2000, month - 1, 1))
  // A year below 100 would be taken for one of the last century.
  first.setUTCFullYear(year)
  const days = new Date(Date.UTC(first.getUTCFullYear(), month, 0)).getUTCDate()
  const before = (first.getUTCDay() + 6) % 7
  const places = Array.from({ length: Math.ceil((before + days) / 7) * 7 }, (_, place) => {
    const day = place - before + 1
    return day >= 1 && day <= days ? day : 0
  })
  return Array.from({ length: places.length / 7 }, (_, week) => places.slice(week * 7, week * 7 + 7))
}
