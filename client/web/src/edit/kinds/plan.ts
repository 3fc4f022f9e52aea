// The school development plan.
import type { Id } from '../order'
import type { Kind } from '../../data/types'
import { said, type Common, type Scalar, type Shared } from './common'

export const STEPS = ['self_evaluation', 'priorities', 'plan', 'process', 'report'] as const
export type Step = (typeof STEPS)[number]
export const STATUSES = ['planned', 'in_progress', 'done'] as const
export type Status = (typeof STATUSES)[number]
export const PRACTICES = ['learning', 'self_and_others', 'improvement', 'community'] as const
export type Practice = (typeof PRACTICES)[number]
export const LENSES = ['factors', 'organisation', 'engagement', 'own'] as const
export type Lens = (typeof LENSES)[number]
export const AUDIENCES = ['staff', 'parents', 'pupils'] as const
export type Audience = (typeof AUDIENCES)[number]
export const ANSWERS = ['', 'accepted', 'other_date'] as const
export type Answer = (typeof ANSWERS)[number]
export const IMPACTS = ['instrumental', 'conceptual', 'capacity'] as const
export type ImpactKind = (typeof IMPACTS)[number]
/** The best rating of a judgement and the best answer of a questionnaire. */
export const RATING_MAX = 4

export interface Priority {
  order: Scalar
  title: string
  reason: string
  /** Keys of judgements. */
  rests_on?: Record<Id, boolean>
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
  person?: Scalar
  money?: string
  time_budget?: string
  answer?: Scalar
  offered_due?: Scalar
  answer_note?: string
}
export interface Judgement {
  order: Scalar
  lens: Scalar
  question: Scalar
  asked: string
  rating: number
  strengths: string
  gaps: string
  evidence: string
  focus: boolean
}
export interface Survey {
  order: Scalar
  title: string
  audience: Scalar
  until: Scalar
  open: boolean
}
export interface SurveyQuestion {
  order: Scalar
  survey: Scalar
  text: string
}
export interface Tally {
  order: Scalar
  question: Scalar
  source: Scalar
  counted: Scalar
  rated_1: number
  rated_2: number
  rated_3: number
  rated_4: number
}
export interface Indicator {
  order: Scalar
  goal: Scalar
  what: string
  unit: string
  baseline: Scalar
  target: Scalar
  method: string
  source: string
  measured_by: string
  when: string
  due: Scalar
}
export interface Measure {
  order: Scalar
  indicator: Scalar
  date: Scalar
  value: Scalar
  note: string
}
export interface Impact {
  order: Scalar
  impact: Scalar
  goal: Scalar
  what: string
  evidence: string
  look_again: Scalar
  seen: string
}
export interface Finding {
  order: Scalar
  goal: Scalar
  text: string
  carry: boolean
}
export interface Signature {
  by: string
  on: Scalar
  protocol: string
}
/** What came with schema 2 is absent in a document from before, until its node lets it grow. */
export interface Plan extends Common {
  period: { from: Scalar; to: Scalar }
  mission: string
  values: string
  vision: string
  narrative: string
  priorities: Record<Id, Priority>
  goals: Record<Id, Goal>
  actions: Record<Id, Action>
  step?: Scalar
  previous?: Scalar
  judgements?: Record<Id, Judgement>
  surveys?: Record<Id, Survey>
  survey_questions?: Record<Id, SurveyQuestion>
  tallies?: Record<Id, Tally>
  indicators?: Record<Id, Indicator>
  measures?: Record<Id, Measure>
  worked?: string
  not_worked?: string
  impacts?: Record<Id, Impact>
  report?: string
  findings?: Record<Id, Finding>
  agreed?: Signature
  approved?: Signature
  summary?: string
  shared?: Record<Id, Shared>
}

/** Marks, in a plan's `shared`, that it is the copy which a school gives to a network: it is written from the school's own plan. */
export const COPY = 'copy'

export function isSharedPlan(kind: Kind, doc: unknown): boolean {
  const { shared } = (doc ?? {}) as { shared?: unknown }
  return kind === 'plan' && typeof shared === 'object' && shared !== null && Object.values(shared).some((item: { part?: unknown } | null) => said(item?.part) === COPY)
}
