// What a plan gives to the next one: its direction, its carried findings as judgements to begin with, and the goals that go on.
import * as A from '@automerge/automerge/slim'
import { endsBefore, oneOf, said, STATUSES, today, type Goal, type Plan } from '../../../edit/kinds'
import { blank } from '../../../edit/kinds/shape'
import { newId, ordered, type Id, type Placed } from '../../../edit/order'
import { setWord, textAt, word, writeText } from '../../../edit/paths'
import { setSpans } from '../../../edit/putback'
import { parseDate } from '../../../locale/dates'
import { reach } from '../measuring/reach'

/** A step of the seeding: one change each, so that none grows beyond what a node takes. */
export type Seed = (draft: Plan) => void

/** A goal with nothing to do, or with something undone, may go on. */
export function isDone(plan: Plan, goal: Id): boolean {
  const actions = Object.values(plan.actions).filter((action) => said(action.goal) === goal)
  return actions.length > 0 && actions.every((action) => oneOf(STATUSES, action.status) === 'done')
}

export function undone(plan: Plan): Placed<Goal>[] {
  return ordered(plan.goals).filter(({ id }) => !isDone(plan, id))
}

const YEAR_MS = 365.25 * 86_400_000

/** The same days as many years later as the period lasts: a school year is followed by a school year. Or why there is none. */
export function periodAfter(from: string, to: string): { from: string; to: string } | 'undated' | 'backwards' {
  const [first, last] = [parseDate(from), parseDate(to)]
  if (!first || !last) return 'undated'
  if (endsBefore(from, to)) return 'backwards'
  const years = Math.max(1, Math.round((last.getTime() - first.getTime()) / YEAR_MS))
  const later = (date: Date) => today(new Date(date.getFullYear() + years, date.getMonth(), date.getDate()))
  return { from: later(first), to: later(last) }
}

/** `words`: what a judgement is called whose finding was about no goal. */
export function seeds(old: Plan, oldId: string, going: ReadonlySet<Id>, words: string): Seed[] {
  return [head(old, oldId), judgements(old, words), ...priorities(old, going)]
}

function head(old: Plan, oldId: string): Seed {
  return (draft) => {
    setWord(draft, ['previous'], oldId)
    const period = periodAfter(said(old.period?.from), said(old.period?.to))
    if (typeof period === 'object') for (const [field, date] of Object.entries(period)) setWord(draft, ['period', field], date)
    for (const field of ['mission', 'values']) writeText(draft, [field], { at: 0, remove: textAt(draft, [field]).length, insert: textAt(old, [field]) })
    const vision = typeof old.vision === 'string' ? A.spans(old as unknown as A.Doc<unknown>, ['vision']) : []
    if (vision.length > 0) setSpans(draft, ['vision'], vision)
  }
}

function judgements(old: Plan, words: string): Seed {
  return (draft) => {
    draft.judgements ??= {}
    for (const { item } of ordered(old.findings)) {
      if (item.carry !== true || item.text.trim() === '') continue
      const asked = old.goals[said(item.goal)]?.title.trim() || words
      put(draft.judgements, 'judgements', { lens: word('own'), asked, evidence: item.text.trim() }, said(item.order))
    }
  }
}

/** Each goal in a step of its own, under the copy of its priority. */
function priorities(old: Plan, going: ReadonlySet<Id>): Seed[] {
  const copies = new Map<Id, Id>()
  return ordered(old.goals)
    .filter(({ id }) => going.has(id))
    .map((goal) => (draft) => {
      const above = said(goal.item.priority)
      const priority = old.priorities[above]
      if (priority && !copies.has(above)) copies.set(above, put(draft.priorities, 'priorities', { title: priority.title, reason: priority.reason }, said(priority.order)))
      const practices = Object.fromEntries(Object.entries(goal.item.practices ?? {}).map(([practice, on]) => [practice, on === true]))
      const id = put(draft.goals, 'goals', { priority: word(copies.get(above) ?? ''), title: goal.item.title, success: goal.item.success, practices }, said(goal.item.order))
      actions(draft, old, goal.id, id)
      indicators(draft, old, goal.id, id)
    })
}

/** What is not done goes on without its dates: whoever is responsible is asked anew. */
function actions(draft: Plan, old: Plan, from: Id, to: Id): void {
  for (const { item } of ordered(old.actions)) {
    if (said(item.goal) !== from || oneOf(STATUSES, item.status) === 'done') continue
    const texts = Object.fromEntries(['what', 'responsible', 'partners', 'resources', 'money', 'time_budget'].map((field) => [field, textAt(item, [field])]))
    put(draft.actions, 'actions', { ...texts, goal: word(to), person: word(said(item.person)), status: word(oneOf(STATUSES, item.status)) }, said(item.order))
  }
}

/** An indicator begins where it has come to. */
function indicators(draft: Plan, old: Plan, from: Id, to: Id): void {
  draft.indicators ??= {}
  for (const { id, item } of ordered(old.indicators)) {
    if (said(item.goal) !== from) continue
    const measures = ordered(old.measures).filter((measure) => said(measure.item.indicator) === id)
    const { now, baseline } = reach(item, measures)
    const texts = Object.fromEntries(['what', 'unit', 'method', 'source', 'measured_by', 'when'].map((field) => [field, textAt(item, [field])]))
    put(draft.indicators, 'indicators', { ...texts, goal: word(to), baseline: word(now || baseline), target: word(said(item.target)) }, said(item.order))
  }
}

function put(map: object, collection: string, given: Readonly<Record<string, unknown>>, order: string): Id {
  const id = newId()
  ;(map as Record<Id, unknown>)[id] = { ...blank('plan', collection, given), order: word(order) }
  return id
}
