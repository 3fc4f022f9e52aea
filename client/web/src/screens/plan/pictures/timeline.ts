// The geometry of the timeline: days along a line of a hundred units.
import { endsBefore, oneOf, said, STATUSES, timing, type Action, type Plan, type Status, type Timing } from '../../../edit/kinds'
import type { Id, Placed } from '../../../edit/order'
import { parseDate } from '../../../locale/dates'
import { courseOf } from '../implementation/course'

const DAY_MS = 86_400_000
/** More lines than this nobody reads: then a goal is one line. */
export const ACTIONS_SHOWN = 60
const TICKS_MAX = 12
/** Of a bar, so that one day is seen. */
const LEAST_WIDTH = 0.8

export interface Line {
  key: string
  name: string
  start: string
  due: string
  status: Status
  time: Timing
  /** Of the work under it, from 0 to 1. */
  done: number
}

export interface Scale {
  from: number
  to: number
}

function dayOf(text: string): number | undefined {
  const date = parseDate(text)
  return date ? Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS : undefined
}

export function lineOf({ id, item }: Placed<Action>, today: string): Line {
  const status = oneOf(STATUSES, item.status)
  const due = said(item.due)
  return { key: id, name: item.what.trim(), start: said(item.start), due, status, time: timing(due, status === 'done', today), done: status === 'done' ? 1 : 0 }
}

/** All actions of a goal as one line, from the first day to the last. */
export function lineOfGoal(id: Id, name: string, actions: readonly Placed<Action>[], today: string): Line {
  const days = actions.flatMap(({ item }) => [said(item.start), said(item.due)]).filter((day) => dayOf(day) !== undefined).sort()
  const course = courseOf(actions, today)
  const status: Status = course.of > 0 && course.done === course.of ? 'done' : course.done + course.doing > 0 ? 'in_progress' : 'planned'
  return { key: id, name, start: days[0] ?? '', due: days[days.length - 1] ?? '', status, time: course.late > 0 ? 'late' : 'on_time', done: course.of === 0 ? 0 : course.done / course.of }
}

/** From the first day to the last of the period and all lines; nothing where no line has a day. */
export function scaleOf(lines: readonly Line[], period: Plan['period'] | undefined): Scale | undefined {
  const own = lines.flatMap(({ start, due }) => [dayOf(start), dayOf(due)]).filter((day) => day !== undefined)
  if (own.length === 0) return undefined
  const days = [...own, dayOf(said(period?.from)), dayOf(said(period?.to))].filter((day) => day !== undefined)
  const from = days.reduce((least, day) => Math.min(least, day))
  const to = days.reduce((most, day) => Math.max(most, day))
  return { from, to: Math.max(to, from + 1) }
}

export function placeOf(scale: Scale, text: string): number | undefined {
  const day = dayOf(text)
  return day === undefined ? undefined : ((day - scale.from) / (scale.to - scale.from)) * 100
}

/** Where a line's bar stands. One that would end before it begins is drawn at its due day alone. */
export function barOf(scale: Scale, { start, due }: Line): { x: number; width: number } | undefined {
  const to = placeOf(scale, due)
  const from = endsBefore(start, due) ? to : (placeOf(scale, start) ?? to)
  return from === undefined ? undefined : { x: from, width: Math.max((to ?? from) - from, LEAST_WIDTH) }
}

/** First days of months, as many as stand beside each other. */
export function ticks({ from, to }: Scale): { date: string; at: number; month: number; year: number }[] {
  const first = new Date(from * DAY_MS)
  const months = (to - from) / 30
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((each) => months / each <= TICKS_MAX) ?? Math.ceil(months / TICKS_MAX)
  const found = []
  for (let month = first.getUTCMonth() + (first.getUTCDate() === 1 ? 0 : 1), year = first.getUTCFullYear(); ; month += step) {
    const date = new Date(Date.UTC(year, month, 1))
    const day = date.getTime() / DAY_MS
    if (day >= to) return found
    found.push({ date: date.toISOString().slice(0, 10), at: ((day - from) / (to - from)) * 100, month: date.getUTCMonth() + 1, year: date.getUTCFullYear() })
  }
}
