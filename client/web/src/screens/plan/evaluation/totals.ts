// What people answered in a questionnaire: totals only, added up over every count on paper and the answers by link.
import { RATING_MAX, oneOf, type Tally } from '../../../edit/kinds'
import type { Placed } from '../../../edit/order'

export const RATED = ['rated_1', 'rated_2', 'rated_3', 'rated_4'] as const
/** As the schema bounds it. */
export const COUNT_MAX = 100_000
export const QUESTIONS_MAX = 10

export function countOf(value: unknown): number {
  const count = Math.trunc(Number(value))
  return Number.isFinite(count) ? Math.min(Math.max(count, 0), COUNT_MAX) : 0
}

/** So many answers by link are shown at the least: of fewer, whoever knows who had the link could tell who said what. */
export const SHOWN_FROM = 3

const sumOf = (item: Tally): number => RATED.reduce((sum, field) => sum + countOf(item[field]), 0)

/** How many have answered by link, where they are too few to be shown; else nothing. */
export function tooFew({ item }: Placed<Tally>): number {
  const sum = oneOf(['paper', 'link'], item.source) === 'link' ? sumOf(item) : 0
  return sum < SHOWN_FROM ? sum : 0
}

export interface Totals {
  /** How many answered 1, 2, 3, 4. */
  rated: number[]
  answered: number
}

export function totals(tallies: readonly Placed<Tally>[]): Totals {
  const shown = tallies.filter((tally) => tooFew(tally) === 0)
  const rated = RATED.map((field) => shown.reduce((sum, { item }) => sum + countOf(item[field]), 0))
  return { rated, answered: rated.reduce((sum, count) => sum + count, 0) }
}

/** The middle of the answers between 1 and 4; undefined while nobody has answered. */
export function average({ rated, answered }: Totals): number | undefined {
  if (answered === 0) return undefined
  return rated.reduce((sum, count, at) => sum + count * Math.min(at + 1, RATING_MAX), 0) / answered
}
