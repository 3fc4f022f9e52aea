// What waits for a person, read from what the list says of documents (their facts): nothing is opened for it.
import type { Asking, Day, DocumentInfo, Duty, Facts, Me, UnixMs } from '../../data/types'
import { parseDate } from '../../locale/dates'
import { namedIn } from '../../locale/fold'
import { isTemplate } from '../documents/rooms'

interface Known {
  document: DocumentInfo
  facts: Facts
}
export interface Task {
  document: DocumentInfo
  duty: Duty
}
export interface Ahead {
  document: DocumentInfo
  day: Day
}
export interface Asked {
  document: DocumentInfo
  asking: Asking
  until: string
}

/** Templates are nobody's work, and of a document that is coming nothing is known yet. */
function known(documents: readonly DocumentInfo[], me: Me): Known[] {
  return documents.flatMap((document) => (document.facts && !isTemplate(document, me.school.id) && document.state === 'here' ? [{ document, facts: document.facts }] : []))
}

/** Whether a duty is the person's: they were chosen, or nobody was and the words hold their whole name. */
export function isMine({ person, who }: Duty, me: Me): boolean {
  return person === '' ? namedIn(who, me.person.name) : person === me.reference
}

/** Undated ones come last; `YYYY-MM-DD` compares as text. */
const byDate = (a: string, b: string): number => Number(a === '') - Number(b === '') || (a < b ? -1 : a > b ? 1 : 0)
const dated = (date: string): string => (parseDate(date) ? date : '')

/** What the person is to do, in all plans and meetings; overdue first, since it was due first. What a later meeting has carried over is told
 * as it stands there. */
export function tasksOf(documents: readonly DocumentInfo[], me: Me): Task[] {
  const all = known(documents, me)
  const carried = new Set(all.flatMap(({ facts }) => facts.carried ?? []))
  return all
    .flatMap(({ document, facts }) => facts.duties.map((duty) => ({ document, duty })))
    .filter(({ document, duty }) => isMine(duty, me) && !carried.has(`${document.id}/${duty.id}`))
    .sort((a, b) => byDate(dated(a.duty.due), dated(b.duty.due)))
}

/** The meeting that comes next, from today on. */
export function nextMeeting(documents: readonly DocumentInfo[], me: Me, today: string): Known | undefined {
  return known(documents, me)
    .filter(({ document, facts }) => document.kind === 'meeting' && dated(facts.date) >= today)
    .sort((a, b) => byDate(a.facts.date, b.facts.date) || byDate(a.facts.time, b.facts.time))[0]
}

/** The days of year plans from today on; a day whose meeting is `but` is shown as that meeting. */
export function daysAhead(documents: readonly DocumentInfo[], me: Me, today: string, but: string | undefined, limit: number): Ahead[] {
  return known(documents, me)
    .flatMap(({ document, facts }) => facts.days.map((day) => ({ document, day })))
    .filter(({ day }) => dated(day.date) >= today && (day.meeting === '' || day.meeting !== but))
    .sort((a, b) => byDate(a.day.date, b.day.date) || byDate(a.day.time, b.day.time))
    .slice(0, limit)
}

/** Requests for feedback to the person or to their school that they have not answered, longest waiting first. */
export function askedOf(documents: readonly DocumentInfo[], me: Me): Asked[] {
  const asks = ({ asking, person }: Facts): boolean => {
    if (!asking || asking.closed || (person !== '' && person === me.reference)) return false
    if (me.reference !== undefined && asking.answered.includes(me.reference)) return false
    return asking.asked.some((each) => each === me.school.id || (each !== '' && each === me.reference))
  }
  return known(documents, me)
    .flatMap(({ document, facts }) => (facts.asking && asks(facts) ? [{ document, asking: facts.asking, until: facts.until }] : []))
    .sort((a, b) => a.asking.asked_ms - b.asking.asked_ms)
}

/** Whole days that a request has waited; a clock that is ahead makes none of them negative. */
export function daysWaited(asked: UnixMs, now: UnixMs): number {
  return asked > 0 ? Math.max(0, Math.floor((now - asked) / 86_400_000)) : 0
}
