// The meetings of a year plan's space that stand in none of its rows: the calendar shows them, and a row can be joined to one of its day.
import type { DocumentInfo } from '../../data/types'
import { said, type Year, type YearEvent } from '../../edit/kinds'
import type { Placed } from '../../edit/order'
import { parseDate } from '../../locale/dates'
import { isTemplate } from '../documents/rooms'
import { dateOf } from '../meeting/facts'

export interface DatedMeeting {
  id: string
  title: string
  date: string
  time: string
  place: string
}

/** In order of time. */
export function unplanned(documents: readonly DocumentInfo[], space: string, school: string | undefined, events: Partial<Year>['events']): DatedMeeting[] {
  const planned = new Set(Object.values(events ?? {}).map(({ meeting }) => said(meeting)))
  return documents
    .filter((each) => each.kind === 'meeting' && each.space === space && each.state === 'here' && parseDate(dateOf(each)) && !planned.has(each.id) && !isTemplate(each, school))
    .map((each) => ({ id: each.id, title: each.title, date: dateOf(each), time: each.facts?.time ?? '', place: each.facts?.place ?? '' }))
    .sort((a, b) => compare(whenOf(a), whenOf(b)))
}

const whenOf = ({ date, time }: { date: unknown; time: unknown }): string => `${said(date)} ${said(time)}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export type Entry = { event: Placed<YearEvent> } | { meeting: DatedMeeting }

/** What is on in a month (`YYYY-MM`), planned or not, in order of time. */
export function entriesOf(month: string, events: readonly Placed<YearEvent>[], meetings: readonly DatedMeeting[]): Entry[] {
  const all: Entry[] = [...events.map((event) => ({ event })), ...meetings.filter(({ date }) => date.startsWith(month)).map((meeting) => ({ meeting }))]
  const at = (entry: Entry): string => whenOf('event' in entry ? entry.event.item : entry.meeting)
  return all.sort((a, b) => compare(at(a), at(b)))
}
