// What is said of one school to which something has not come yet: from what the node knows, and no more.
import type { SchoolStatus } from './types'

/** What keeps news at home wherever it is to go: said once for all schools. */
const OURS = new Set(['own_stopped', 'own_retired', 'own_out', 'disk_full', 'line_cut', 'by_hand', 'used_up', 'no_network'])

/** What is known to the page of why something waits, and of what helps; words that a newer node says are left out. */
const BLOCKERS = new Set([...OURS, 'no_computers', 'no_address', 'resting', 'unreachable'])
const TODOS = new Set(['see_standing', 'free_disk', 'open_line', 'send_now', 'raise_limit', 'join_network', 'check_line', 'carry', 'call', 'add_computer', 'wait'])

/** The reason that is ours, if the first of these waits for it; then all of them do. */
export function ourReason(schools: readonly SchoolStatus[]): { why: string; help: string | undefined } | undefined {
  const first = schools.find((school) => school.blocker !== null && OURS.has(school.blocker.kind))
  return first?.blocker ? { why: first.blocker.kind, help: known(first.todo) } : undefined
}

/** `some`: guests are not told which. */
export type Going = 'lan' | 'direct' | 'relay' | 'others' | 'some'

/** By which road it goes there now. `heard`: schools whose people are known to be here: one that comes by way of a third is reached as well. */
export function going(school: SchoolStatus, heard: ReadonlySet<string>): Going | undefined {
  if (school.blocker && OURS.has(school.blocker.kind)) return undefined
  if (school.connected) {
    const kind = school.road?.kind
    return kind === 'lan' || kind === 'direct' || kind === 'relay' ? kind : 'some'
  }
  return heard.has(school.id) ? 'others' : undefined
}

/** Whether schools that have it will pass it on to some that we do not reach. */
export function isPassedOn(schools: readonly SchoolStatus[], heard: ReadonlySet<string>): boolean {
  const waits = (school: SchoolStatus) => !school.has_latest && whyOf(school) !== undefined && whyOf(school) !== 'no_computers' && going(school, heard) === undefined
  return schools.some((school) => school.has_latest) && schools.some(waits)
}

/** What keeps it from going to this school alone. */
export function whyOf(school: SchoolStatus): string | undefined {
  const kind = school.blocker?.kind
  return kind !== undefined && BLOCKERS.has(kind) && !OURS.has(kind) ? kind : undefined
}

/** What helps with this school alone. */
export function helpOf(school: SchoolStatus): string | undefined {
  return whyOf(school) && known(school.todo)
}

function known(todo: string | null): string | undefined {
  return todo !== null && TODOS.has(todo) ? todo : undefined
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A length of time in one unit. */
export function span(ms: number): { unit: 'minutes' | 'hours' | 'days'; count: number } {
  const long = Math.abs(ms)
  if (long < HOUR_MS) return { unit: 'minutes', count: Math.max(1, Math.round(long / MINUTE_MS)) }
  return long < 2 * DAY_MS ? { unit: 'hours', count: Math.round(long / HOUR_MS) } : { unit: 'days', count: Math.round(long / DAY_MS) }
}
