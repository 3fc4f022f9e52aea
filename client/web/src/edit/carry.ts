// Action items that go from one meeting to the next until they are closed. Each names the one that it was carried from, so that the older meeting shows
// where it went and how it stands there. An item is carried under an id of its own and with what is named here, unlike in a copy (copying.ts), in which
// all that a kind has keeps its id.
import * as A from '@automerge/automerge/slim'
import { writeRich, type Into } from './copying'
import { wordsOf } from './kept'
import { said, type Meeting, type Task } from './kinds'
import { blank } from './kinds/shape'
import { newId, ordered, type Id, type Placed } from './order'
import { addItem, setWord, word, writeText } from './paths'

/** A meeting as plain JSON; any of it may be missing. */
export type PlainMeeting = Partial<Meeting>
export interface MeetingAt {
  id: string
  content: PlainMeeting | undefined
}
/** An action item where it was carried to last. */
export interface Carried {
  document: string
  task: Id
  done: boolean
}

/** How far a row of meetings is followed: years of them, and an end to a circle that a foreign program wrote. */
const ROW_LIMIT = 60

export const reference = (document: string, task: Id): string => `${document}/${task}`

/** `<document>/<item>` apart; nothing for anything else. */
export function referred(value: unknown): { document: string; item: Id } | undefined {
  const match = /^([^/]+)\/([^/]+)$/.exec(said(value))
  return match ? { document: match[1] as string, item: match[2] as string } : undefined
}

/** The meetings that were prepared from `id`, and from those in turn, nearest first. */
export function later<T extends { id: string }>(id: string, all: readonly T[], previousOf: (each: T) => string): T[] {
  const found: T[] = []
  const seen = new Set([id])
  let from = [id]
  while (from.length > 0 && found.length < ROW_LIMIT) {
    const next = all.filter((each) => !seen.has(each.id) && from.includes(previousOf(each)))
    for (const each of next) seen.add(each.id)
    found.push(...next)
    from = next.map((each) => each.id)
  }
  return found.slice(0, ROW_LIMIT)
}

/** What the meetings carry, by the reference that each item was carried from. */
export type Carrying = ReadonlyMap<string, readonly Carried[]>

export function carrying(meetings: readonly MeetingAt[]): Carrying {
  const found = new Map<string, Carried[]>()
  for (const { id: document, content } of meetings)
    for (const { id: task, item } of ordered<Task>(content?.tasks)) {
      const from = said(item.carried_from)
      if (from === '') continue
      const carried = { document, task, done: item.done === true }
      const others = found.get(from)
      if (others) others.push(carried)
      else found.set(from, [carried])
    }
  return found
}

/** Where an action item stands now: in the newest of the meetings after it that carry it. Two schools may have prepared the next meeting apart;
 * what is closed in one of them is closed. */
export function carriedTo(from: string, by: Carrying): Carried | undefined {
  const seen = new Set([from])
  let newest: Carried | undefined
  for (const each of seen) {
    const next = by.get(each) ?? []
    const closed = next.find(({ done }) => done)
    if (closed) return closed
    newest = next[next.length - 1] ?? newest
    // A set that grows is walked to its end: each once, so that a circle ends.
    for (const { document, task } of next) seen.add(reference(document, task))
  }
  return newest
}

/** Action items of `previous` that are open there and that `here` does not carry. */
export function leftOpen(previous: MeetingAt, here: PlainMeeting): Placed<Task>[] {
  const carried = new Set(ordered<Task>(here.tasks).map(({ item }) => said(item.carried_from)))
  return ordered<Task>(previous.content?.tasks).filter(({ id, item }) => item.done !== true && !carried.has(reference(previous.id, id)))
}

/** The fields of an action item that comes from another meeting. */
export function carriedTask(task: Partial<Task>, from: string): Record<string, unknown> {
  return {
    what: said(task.what),
    responsible: said(task.responsible),
    due: word(said(task.due)),
    plan_action: word(said(task.plan_action)),
    person: word(said(task.person)),
    carried_from: word(from),
  }
}

export interface Next {
  id: string
  date: string
  time: string
  /** Action items of the old meeting that are still open. */
  open: readonly Placed<Task>[]
  /** What the first items of the new agenda are called. */
  words: { tasks: string; prepared: string; ahead: string }
}

const MINUTES_FOR_TASKS = 15
const MINUTES_FOR_PREPARED = 15
const MINUTES_FOR_AHEAD = 10

/** Fills a new meeting from the one before it: who is expected, what is still to be done, and with what one begins. Whoever hosts is left open. */
export function prepare(into: Into, old: A.Doc<Meeting>, next: Next): void {
  let notes = ''
  into.change((draft) => (notes = begin(draft as Meeting, old, next)))
  if (notes !== '') writeRich(into, ['agenda', notes, 'notes'], A.spans(old, ['next_time']))
}

/** Gives the agenda item whose notes are to say what was to be prepared; empty where nothing was. */
function begin(draft: Meeting, old: A.Doc<Meeting>, next: Next): Id {
  setWord(draft, ['date'], next.date)
  setWord(draft, ['time'], next.time)
  setWord(draft, ['form'], said(old.form) || 'meeting')
  setWord(draft, ['previous'], next.id)
  for (const field of ['place', 'convenor', 'group'] as const) writeText(draft, [field], { at: 0, remove: 0, insert: said(old[field]) })
  for (const { item } of ordered(old.attendance))
    append(draft, 'attendance', { name: said(item.name), school: said(item.school), person: word(said(item.person)) })
  for (const { id, item } of next.open) append(draft, 'tasks', carriedTask(item, reference(next.id, id)))
  append(draft, 'agenda', { title: next.words.tasks, minutes: MINUTES_FOR_TASKS, purpose: word('discuss') })
  const prepared = wordsOf(said(old.next_time)) === '' ? '' : append(draft, 'agenda', { title: next.words.prepared, minutes: MINUTES_FOR_PREPARED, purpose: word('discuss') })
  append(draft, 'agenda', { title: next.words.ahead, minutes: MINUTES_FOR_AHEAD, purpose: word('discuss') })
  return prepared
}

/** Adds an item at the end of a collection of a new document. */
export function append(draft: Meeting, collection: 'attendance' | 'agenda' | 'tasks', given: Readonly<Record<string, unknown>>): Id {
  const id = newId()
  const shown: Placed<unknown>[] = ordered<unknown>(draft[collection] as Record<Id, unknown>)
  addItem(draft, [collection], id, blank('meeting', collection, given), shown, shown.length)
  return id
}
