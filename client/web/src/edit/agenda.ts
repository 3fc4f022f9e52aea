// The time of an agenda: when each item begins, and how long all take together.
import { clockAfter, minutesOf, type AgendaItem } from './kinds'
import type { Placed } from './order'

export interface Schedule {
  /** Per item, `HH:MM` or empty where the meeting has no time yet. */
  starts: string[]
  total: number
  ends: string
}

export function schedule(agenda: Placed<AgendaItem>[], time: string): Schedule {
  let total = 0
  const starts = agenda.map(({ item }) => {
    const start = clockAfter(time, total)
    total += minutesOf(item.minutes)
    return start
  })
  return { starts, total, ends: clockAfter(time, total) }
}
