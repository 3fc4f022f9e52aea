// The document kinds as the page meets them (docs/documents.md). Scalars arrive as ImmutableString; text objects as strings.
import type { ImmutableString } from '@automerge/automerge/slim'
import type { Id } from './order'

export type Scalar = ImmutableString | string
/** The newest schema this page knows; a document of a newer one is shown, not edited. */
export const KNOWN_SCHEMA = 1

export const STATUSES = ['planned', 'in_progress', 'done'] as const
export type Status = (typeof STATUSES)[number]
export const PURPOSES = ['inform', 'discuss', 'decide'] as const
export type Purpose = (typeof PURPOSES)[number]
export const PRACTICES = ['learning', 'self_and_others', 'improvement', 'community'] as const
export type Practice = (typeof PRACTICES)[number]

export interface Common {
  kind: Scalar
  schema: number
  title: string
  language: Scalar
}

export interface Priority {
  order: Scalar
  title: string
  reason: string
}
export interface Goal {
  order: Scalar
  priority: Scalar
  title: string
  success: string
  practices: Record<string, boolean>
}
export interface Action {
  order: Scalar
  goal: Scalar
  what: string
  responsible: string
  partners: string
  resources: string
  start: Scalar
  due: Scalar
  status: Scalar
}
export interface Plan extends Common {
  period: { from: Scalar; to: Scalar }
  mission: string
  values: string
  vision: string
  narrative: string
  priorities: Record<Id, Priority>
  goals: Record<Id, Goal>
  actions: Record<Id, Action>
}

export interface Attendant {
  order: Scalar
  name: string
  school: string
  present: boolean
}
export interface AgendaItem {
  order: Scalar
  title: string
  presenter: string
  school: string
  minutes: number
  purpose: Scalar
  notes: string
}
export interface Decision {
  order: Scalar
  text: string
  item: Scalar
}
export interface Task {
  order: Scalar
  what: string
  responsible: string
  due: Scalar
  done: boolean
  plan_action: Scalar
}
export interface Meeting extends Common {
  date: Scalar
  time: Scalar
  place: string
  host: string
  convenor: string
  attendance: Record<Id, Attendant>
  agenda: Record<Id, AgendaItem>
  decisions: Record<Id, Decision>
  tasks: Record<Id, Task>
  next_time: string
  reflection: string
}

/** A scalar or text as a string; anything else (a foreign program's mistake) as the empty string. */
export function said(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'val' in value) return String(value.val)
  return ''
}

/** Where an item stands under another one: the map of that one, and the field that names it. */
const STANDS_UNDER: Readonly<Record<string, { map: string; field: string }>> = {
  actions: { map: 'goals', field: 'goal' },
  goals: { map: 'priorities', field: 'priority' },
}

/** The place of what an item of `map` stands under; nothing for one that stands by itself. */
export function placeAbove(map: string, item: Readonly<Record<string, unknown>>): { path: [string]; id: Id } | undefined {
  const above = STANDS_UNDER[map]
  const id = above && said(item[above.field])
  return id ? { path: [above.map], id } : undefined
}

/** One of a closed list; a word this page does not know falls to the first. */
export function oneOf<T extends string>(list: readonly T[], value: unknown): T {
  const word = said(value)
  return list.find((each) => each === word) ?? (list[0] as T)
}

/** The fields of items that are rich texts, also while they have no shape yet (docs/documents.md). */
export const RICH_IN_ITEMS: readonly string[] = ['notes']

/** An agenda item takes at most a day (docs/documents.md). */
export const MINUTES_LIMIT = 1440

export function minutesOf(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) ? Math.min(MINUTES_LIMIT, Math.max(0, Math.round(number))) : 0
}

/** What a due date says about an action or a task. The word goes with a shape and a colour. */
export type Timing = 'done' | 'late' | 'soon' | 'on_time' | 'undated'
/** "Soon" starts a working week ahead. */
const SOON_DAYS = 7

export function timing(due: string, done: boolean, today: string): Timing {
  if (done) return 'done'
  if (!/^\d{4}-\d{2}-\d{2}$/.test(due)) return 'undated'
  if (due < today) return 'late'
  const days = (Date.parse(due) - Date.parse(today)) / 86_400_000
  return days <= SOON_DAYS ? 'soon' : 'on_time'
}

/** Today as documents write dates, by this computer's calendar. */
export function today(now: Date = new Date()): string {
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
