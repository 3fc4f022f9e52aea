// Where an indicator stands between its baseline and its target.
import { numberOf } from '../../../edit/decimals'
import { said, type Indicator, type Measure } from '../../../edit/kinds'
import type { Placed } from '../../../edit/order'
import { parseDate } from '../../../locale/dates'

export interface Reach {
  baseline: string
  target: string
  /** The newest measured value, as kept; empty before the first. */
  now: string
  on: string
  /** Undefined where a number is missing that one needs to tell. */
  reached: boolean | undefined
}

/** Measures in the order of their dates; those without one first, as they were written. */
export function byDate(measures: readonly Placed<Measure>[]): Placed<Measure>[] {
  const day = ({ item }: Placed<Measure>) => (parseDate(said(item.date)) ? said(item.date) : '')
  return [...measures].sort((a, b) => (day(a) < day(b) ? -1 : day(a) > day(b) ? 1 : 0))
}

export function reach(indicator: Indicator, measures: readonly Placed<Measure>[]): Reach {
  const valued = byDate(measures).filter(({ item }) => numberOf(said(item.value)) !== undefined)
  const newest = valued[valued.length - 1]?.item
  const baseline = said(indicator.baseline)
  const target = said(indicator.target)
  const now = said(newest?.value)
  return { baseline, target, now, on: said(newest?.date), reached: isReached(numberOf(baseline), numberOf(target), numberOf(now)) }
}

/** A target below the baseline is reached from above: fewer absences. */
function isReached(baseline: number | undefined, target: number | undefined, now: number | undefined): boolean | undefined {
  if (target === undefined || now === undefined) return undefined
  return baseline !== undefined && target < baseline ? now <= target : now >= target
}
