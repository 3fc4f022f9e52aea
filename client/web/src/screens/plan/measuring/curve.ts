// The geometry of an indicator's curve: days from left to right, values from below.
import { numberOf } from '../../../edit/decimals'
import { said, type Indicator, type Measure, type Plan } from '../../../edit/kinds'
import type { Placed } from '../../../edit/order'
import { parseDate } from '../../../locale/dates'
import { byDate } from './reach'

export const WIDTH = 320
export const HEIGHT = 140
/** Room for the numbers at the left, the dates below, and half a point at the edges. */
const EDGE = { left: 8, right: 8, top: 14, bottom: 8 }

export interface Point {
  x: number
  y: number
  value: string
  date: string
}

export interface Drawn {
  points: Point[]
  /** Height of the target's line; undefined where there is none. */
  target: number | undefined
  baseline: Point | undefined
  path: string
}

const time = (text: string) => parseDate(text)?.getTime()

export function draw(indicator: Indicator, measures: readonly Placed<Measure>[], period: Plan['period'] | undefined): Drawn | undefined {
  const measured = byDate(measures).flatMap(({ item }) => {
    const value = numberOf(said(item.value))
    const at = time(said(item.date))
    return value === undefined || at === undefined ? [] : [{ at, value, date: said(item.date), text: said(item.value) }]
  })
  const first = measured[0]
  if (!first) return undefined
  const base = numberOf(said(indicator.baseline))
  const target = numberOf(said(indicator.target))
  const begins = time(said(period?.from)) ?? first.at
  const start = Math.min(begins, first.at)
  const end = Math.max(time(said(indicator.due)) ?? 0, measured[measured.length - 1]?.at ?? 0, start + 1)
  const values = [...measured.map(({ value }) => value), base, target].filter((value) => value !== undefined)
  const low = values.reduce((least, value) => Math.min(least, value))
  const high = values.reduce((most, value) => Math.max(most, value))
  const span = high - low || 1
  const x = (at: number) => EDGE.left + ((at - start) / (end - start)) * (WIDTH - EDGE.left - EDGE.right)
  const y = (value: number) => HEIGHT - EDGE.bottom - ((value - low) / span) * (HEIGHT - EDGE.top - EDGE.bottom)
  const points = measured.map(({ at, value, date, text }) => ({ x: x(at), y: y(value), value: text, date }))
  const baseline = base === undefined ? undefined : { x: x(start), y: y(base), value: said(indicator.baseline), date: said(period?.from) }
  const along = baseline ? [baseline, ...points] : points
  return {
    points,
    target: target === undefined ? undefined : y(target),
    baseline,
    path: along.map((point, index) => `${index === 0 ? 'M' : 'L'} ${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join(' '),
  }
}
