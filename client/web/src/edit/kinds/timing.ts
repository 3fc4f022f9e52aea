// What dates and times say of things that are to be done.
import { clock } from '../../data/clock.svelte'

/** What a due date says about an action or a task. The word goes with a shape and a colour. */
export type Timing = 'done' | 'late' | 'soon' | 'on_time' | 'undated'
/** "Soon" starts a working week ahead. */
const SOON_DAYS = 7

export function timing(due: string, done: boolean, today: string): Timing {
  if (done) return 'done'
  if (!isDate(due)) return 'undated'
  if (due < today) return 'late'
  const days = (Date.parse(due) - Date.parse(today)) / 86_400_000
  return days <= SOON_DAYS ? 'soon' : 'on_time'
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text)

/** Whether what begins on one day ends on an earlier one; not where either is absent. */
export function endsBefore(from: string, to: string): boolean {
  return isDate(from) && isDate(to) && to < from
}

/** Today as documents write dates, by the calendar where this computer stands. */
export function today(now: Date = new Date(clock.now())): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

/** `HH:MM` plus minutes, over midnight if need be; an absent time stays absent. */
export function clockAfter(time: string, minutes: number): string {
  const match = /^(\d{2}):(\d{2})$/.exec(time)
  if (!match) return ''
  const total = (Number(match[1]) * 60 + Number(match[2]) + minutes) % 1440
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`
}
