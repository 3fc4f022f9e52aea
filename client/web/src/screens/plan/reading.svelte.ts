// The plan as its page reads it: items in their order, under what they stand. Each list is made anew only when something in it changes.
import { Gathered } from '../../edit/gathered'
import { said, today, type Action, type Finding, type Goal, type Impact, type Indicator, type Judgement, type Measure, type Plan, type Priority, type Survey, type SurveyQuestion, type Tally } from '../../edit/kinds'
import type { Id, Placed } from '../../edit/order'
import type { LiveDocument } from '../../live/document.svelte'
import { t } from '../../locale/locale.svelte'
import { courseOf, together, type Course } from './implementation/course'

/** A priority with its goals; the last has no id and holds the goals that stand under none. */
export interface Group {
  id: Id | ''
  number: string
  title: string
  goals: Placed<Goal>[]
}

const NONE: never[] = []

export class Reading {
  readonly live: LiveDocument<Plan>
  readonly #priorities = new Gathered<Priority>()
  readonly #goals = new Gathered<Goal>()
  readonly #goalsOf = new Gathered<Goal>((goal) => said(goal.priority))
  readonly #actions = new Gathered<Action>((action) => said(action.goal))
  readonly #judgements = new Gathered<Judgement>()
  readonly #surveys = new Gathered<Survey>()
  readonly #questions = new Gathered<SurveyQuestion>((question) => said(question.survey))
  readonly #tallies = new Gathered<Tally>((tally) => said(tally.question))
  readonly #indicators = new Gathered<Indicator>((indicator) => said(indicator.goal))
  readonly #measures = new Gathered<Measure>((measure) => said(measure.indicator))
  readonly #impacts = new Gathered<Impact>()
  readonly #findings = new Gathered<Finding>((finding) => said(finding.goal))

  constructor(live: LiveDocument<Plan>) {
    this.live = live
  }

  readonly priorities = $derived.by(() => this.#priorities.take(this.live.doc.priorities).get('') ?? NONE)
  readonly goals = $derived.by(() => this.#goals.take(this.live.doc.goals).get('') ?? NONE)
  readonly judgements = $derived.by(() => this.#judgements.take(this.live.doc.judgements).get('') ?? NONE)
  readonly surveys = $derived.by(() => this.#surveys.take(this.live.doc.surveys).get('') ?? NONE)
  readonly impacts = $derived.by(() => this.#impacts.take(this.live.doc.impacts).get('') ?? NONE)
  readonly goalsOf = $derived.by(() => this.#goalsOf.take(this.live.doc.goals))
  readonly actionsOf = $derived.by(() => this.#actions.take(this.live.doc.actions))
  readonly questionsOf = $derived.by(() => this.#questions.take(this.live.doc.survey_questions))
  readonly talliesOf = $derived.by(() => this.#tallies.take(this.live.doc.tallies))
  readonly indicatorsOf = $derived.by(() => this.#indicators.take(this.live.doc.indicators))
  readonly measuresOf = $derived.by(() => this.#measures.take(this.live.doc.measures))
  readonly findingsOf = $derived.by(() => this.#findings.take(this.live.doc.findings))

  // A goal may name a priority that somebody removed at the same time: it is shown without one, never hidden.
  readonly groups: Group[] = $derived.by(() => {
    const known = new Set(this.priorities.map(({ id }) => id))
    const under = this.priorities.map(({ id, item }, index) => ({ id, number: `${index + 1}`, title: item.title, goals: this.goalsOf.get(id) ?? NONE }))
    return [...under, { id: '', number: '', title: '', goals: this.goals.filter(({ item }) => !known.has(said(item.priority))) }]
  })
  /** The number of each goal, as people read it aloud: 2.1. */
  readonly numbers = $derived.by(
    () => new Map(this.groups.flatMap((group) => group.goals.map(({ id }, index) => [id, group.number === '' ? `${index + 1}` : `${group.number}.${index + 1}`] as const))),
  )
  /** Goals as the page shows them, one after the other. */
  readonly inOrder = $derived.by(() => this.groups.flatMap((group) => group.goals))
  readonly strayActions = $derived.by(() => {
    const known = new Set(this.goals.map(({ id }) => id))
    return [...this.actionsOf].filter(([goal]) => !known.has(goal)).flatMap(([, actions]) => actions)
  })
  readonly actionCount = $derived.by(() => [...this.actionsOf.values()].reduce((sum, actions) => sum + actions.length, 0))
  readonly today = today()

  course(goal: Id): Course {
    return courseOf(this.actionsOf.get(goal) ?? NONE, this.today)
  }

  readonly whole = $derived.by(() => together([...this.actionsOf.values()].map((actions) => courseOf(actions, this.today))))

  readonly #names = $derived.by(() => new Map(this.inOrder.map(({ id, item }) => [id, `${this.numbers.get(id) ?? ''} ${item.title.trim() || t('untitled')}`])))

  /** Its number and title; of a goal that is removed, that it has none. */
  nameOfGoal(id: Id): string {
    return this.#names.get(id) ?? t('untitled')
  }
}
