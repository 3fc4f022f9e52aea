// A meeting, and the year plan that meetings stand in.
import type { Id } from '../order'
import type { Common, Scalar } from './common'

export const PURPOSES = ['inform', 'discuss', 'decide'] as const
export type Purpose = (typeof PURPOSES)[number]
export const FORMS = ['meeting', 'session', 'visit', 'conference'] as const
export type Form = (typeof FORMS)[number]

export interface Attendant {
  order: Scalar
  name: string
  school: string
  present: boolean
  person?: Scalar
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
  person?: Scalar
  carried_from?: Scalar
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
  form?: Scalar
  group?: string
  previous?: Scalar
}

export interface Phase {
  order: Scalar
  title: string
  from: Scalar
  to: Scalar
  note: string
}
export interface YearEvent {
  order: Scalar
  phase: Scalar
  form: Scalar
  title: string
  date: Scalar
  time: Scalar
  place: string
  host: string
  meeting: Scalar
}
export interface Year extends Common {
  from: Scalar
  to: Scalar
  aim: string
  phases: Record<Id, Phase>
  events: Record<Id, YearEvent>
}

/** An agenda item takes at most a day (docs/documents.md). */
export const MINUTES_LIMIT = 1440

export function minutesOf(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) ? Math.min(MINUTES_LIMIT, Math.max(0, Math.round(number))) : 0
}
