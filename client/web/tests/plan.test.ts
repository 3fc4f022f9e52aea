import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { decimalFrom, decimalShown, numberOf } from '../src/edit/decimals'
import { Gathered } from '../src/edit/gathered'
import { blank } from '../src/edit/kinds/shape'
import type { Action, Indicator, Judgement, Measure, Plan, Tally } from '../src/edit/kinds'
import type { Placed } from '../src/edit/order'
import { setWord, word } from '../src/edit/paths'
import { questionnaireToken } from '../src/route'
import { viewOf } from '../src/screens/plan/cycle/view'
import { judged } from '../src/screens/plan/evaluation/lenses'
import { SHOWN_FROM, average, countOf, tooFew, totals } from '../src/screens/plan/evaluation/totals'
import { accept, askAgain, offer, standing, takeOver } from '../src/screens/plan/implementation/answering'
import { courseOf } from '../src/screens/plan/implementation/course'
import { placeAmong } from '../src/screens/plan/implementation/placing'
import { draw } from '../src/screens/plan/measuring/curve'
import { reach } from '../src/screens/plan/measuring/reach'
import { barOf, lineOf, scaleOf, ticks } from '../src/screens/plan/pictures/timeline'
import { isDone, periodAfter, seeds, undone } from '../src/screens/plan/report/next'
import { restOn } from '../src/screens/plan/priorities/resting'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const placed = <T>(id: string, item: object): Placed<T> => ({ id, item: item as T })
const ids = (list: readonly Placed<unknown>[] | undefined) => (list ?? []).map(({ id }) => id)

/** A plan with items as the page makes them; `order` follows the order in which they are given. */
function plan(items: Record<string, Record<string, object>>, fields: object = {}): A.Doc<Plan> {
  const collections = ['priorities', 'goals', 'actions', 'judgements', 'indicators', 'measures', 'findings']
  const made = collections.map((collection) => {
    const given = Object.entries(items[collection] ?? {})
    return [collection, Object.fromEntries(given.map(([id, item], at) => [id, { ...blank('plan', collection, { ...item }), order: word(`a${at}`) }]))]
  })
  const root = { kind: word('plan'), schema: 2, title: '', mission: '', values: '', vision: '', previous: word(''), period: { from: word(''), to: word('') }, ...Object.fromEntries(made), ...fields }
  return A.from(root as unknown as Record<string, unknown>) as unknown as A.Doc<Plan>
}

describe('items gathered under what they stand', () => {
  const action = (goal: string) => ({ goal: word(goal) })
  const gathered = () => new Gathered<Action>((item) => String(item.goal))

  it('keep the lists in which nothing has changed, so that a letter in one action is no work for the others', () => {
    const before = plan({ actions: { one: action('g'), two: action('g'), other: action('h') } })
    const after = A.change(before, (draft) => A.splice(draft, ['actions', 'one', 'what'], 0, 0, 'Visit'))
    const lists = gathered()
    const first = lists.take(before.actions)
    const [g, h] = [first.get('g'), first.get('h')]
    const second = lists.take(after.actions)
    expect(second.get('h')).toBe(h)
    expect(second.get('g')).not.toBe(g)
    expect(second.get('g')?.[0]?.item.what).toBe('Visit')
    expect(second.get('g')?.[1]).toBe(g?.[1])
  })

  it('follow an item to its new place and its new goal, and let a removed one go', () => {
    const lists = gathered()
    const before = plan({ actions: { one: action('g'), two: action('g') } })
    expect(ids(lists.take(before.actions).get('g'))).toEqual(['one', 'two'])
    const moved = A.change(before, (draft) => void (draft.actions['one']!.order = word('a5')))
    expect(ids(lists.take(moved.actions).get('g'))).toEqual(['two', 'one'])
    const under = A.change(moved, (draft) => void (draft.actions['one']!.goal = word('h')))
    expect(ids(lists.take(under.actions).get('h'))).toEqual(['one'])
    const removed = A.change(under, (draft) => void delete draft.actions['one'])
    expect(lists.take(removed.actions).get('h')).toBeUndefined()
    expect(lists.take(undefined).size, 'a map that is missing is empty').toBe(0)
  })
})

describe('a number', () => {
  it('is typed with a comma or a point and kept with a point', () => {
    expect(decimalFrom('12,5')).toBe('12.5')
    expect(decimalFrom(' 1 200.50 ')).toBe('1200.50')
    expect(decimalFrom('−3')).toBe('-3')
    expect(decimalFrom('')).toBe('')
  })
  it('is no number with letters, two points or more digits than a node keeps', () => {
    for (const typed of ['a', '1.2.3', '1,', ',5', '--1', '1e5', '1234567890123456']) expect(decimalFrom(typed), typed).toBeUndefined()
  })
  it('is shown as the language writes it, and what is none as it stands', () => {
    expect(decimalShown('12.5', 'kk')).toBe('12,5')
    expect(decimalShown('12.5', 'en')).toBe('12.5')
    expect(decimalShown('about 12.5', 'ru')).toBe('about 12.5')
    expect(numberOf('')).toBeUndefined()
  })
})

describe('judgements', () => {
  const judgement = (lens: string, question: string) => ({ lens: word(lens), question: word(question), asked: '' })
  it('of two people who picked one question apart stand together, where it was first picked', () => {
    const list = [placed<Judgement>('1', judgement('factors', 'data')), placed<Judgement>('2', judgement('own', '')), placed<Judgement>('3', judgement('factors', 'data')), placed<Judgement>('4', judgement('own', ''))]
    expect(judged(list).map(({ judgements }) => ids(judgements))).toEqual([['1', '3'], ['2'], ['4']])
  })
  it('on a question of one lens are not those on a like-named one of another, and an unknown question stands by itself', () => {
    const list = [placed<Judgement>('1', judgement('factors', 'culture')), placed<Judgement>('2', judgement('organisation', 'culture')), placed<Judgement>('3', judgement('factors', 'of-tomorrow'))]
    expect(judged(list).map(({ question }) => question)).toEqual(['culture', 'culture', ''])
  })
  it('are what a priority rests on, also one from before there was such a set', () => {
    const before = A.change(plan({ priorities: { p: {} } }), (draft) => void delete draft.priorities['p']!.rests_on)
    const resting = A.change(before, (draft) => restOn(draft, 'p', 'j', 'rests'))
    expect(resting.priorities['p']?.rests_on).toEqual({ j: true })
    expect(A.change(resting, (draft) => restOn(draft, 'p', 'j', 'not')).priorities['p']?.rests_on).toEqual({})
  })
})

describe('a questionnaire', () => {
  it('does not show answers by link while they are so few that one could tell who said what; paper is counted by hand', () => {
    const by = (source: string, count: number) => placed<Tally>(source, { source: word(source), rated_1: 0, rated_2: 0, rated_3: 0, rated_4: count })
    const [few, enough, paper] = [by('link', SHOWN_FROM - 1), by('link', SHOWN_FROM), by('paper', 1)]
    expect([few, enough, paper].map(tooFew)).toEqual([SHOWN_FROM - 1, 0, 0])
    expect(totals([few, paper])).toEqual({ rated: [0, 0, 0, 1], answered: 1 })
    expect(totals([enough, paper]).answered).toBe(SHOWN_FROM + 1)
  })

  it('adds up what was counted on paper and by link, and takes nonsense for nothing', () => {
    const sum = totals([placed<Tally>('1', { rated_1: 1, rated_2: 0, rated_3: 2, rated_4: 1 }), placed<Tally>('2', { rated_1: -4, rated_2: 'x', rated_3: 1, rated_4: 0 })])
    expect(sum).toEqual({ rated: [1, 0, 3, 1], answered: 5 })
    expect(average(sum)).toBe((1 + 9 + 4) / 5)
    expect(average(totals([])), 'nobody has answered').toBeUndefined()
    expect(countOf(1e9)).toBe(100_000)
  })
  it('is found by its address, and no other page is taken for one', () => {
    expect(questionnaireToken('/q/abc-1')).toBe('abc-1')
    for (const path of ['/q/', '/q', '/q/a/b', '/documents/q', '/q/%E0%A4%A']) expect(questionnaireToken(path)).toBeUndefined()
  })
})

describe('whoever is responsible for an action', () => {
  const asked = () => plan({ actions: { a: { person: word('s/p'), due: word('2026-12-01') } } })
  const after = (doc: A.Doc<Plan>, step: (draft: Plan) => void) => A.change(A.clone(doc), step)

  it('accepts its date, or offers another that takes its place only when it is taken over', () => {
    const doc = asked()
    expect(standing(doc.actions['a']!)).toBe('asked')
    expect(standing(after(doc, (draft) => accept(draft, 'a')).actions['a']!)).toBe('accepted')
    const offered = after(doc, (draft) => offer(draft, 'a', '2027-01-20'))
    expect([standing(offered.actions['a']!), String(offered.actions['a']!.due)]).toEqual(['other_date', '2026-12-01'])
    const taken = after(offered, (draft) => takeOver(draft, 'a'))
    expect([standing(taken.actions['a']!), String(taken.actions['a']!.due)]).toEqual(['accepted', '2027-01-20'])
  })
  it('is asked again when the old date stays, and nobody is where nobody is named', () => {
    const left = after(after(asked(), (draft) => offer(draft, 'a', '2027-01-20')), (draft) => askAgain(draft, 'a'))
    expect([standing(left.actions['a']!), String(left.actions['a']!.due)]).toEqual(['asked', '2026-12-01'])
    expect(standing(plan({ actions: { a: { answer: word('accepted') } } }).actions['a']!)).toBe('nobody')
  })
  it('is asked again when the date is another than they accepted, also where it was changed at the same time elsewhere', () => {
    const due = (date: string) => (draft: Plan) => setWord(draft, ['actions', 'a', 'due'], date)
    const accepted = after(asked(), (draft) => accept(draft, 'a'))
    const moved = after(accepted, due('2026-12-20'))
    expect([standing(moved.actions['a']!), String(moved.actions['a']!.offered_due)]).toEqual(['was_accepted', '2026-12-01'])
    expect(standing(after(moved, (draft) => accept(draft, 'a')).actions['a']!)).toBe('accepted')
    expect(standing(after(moved, due('2026-12-01')).actions['a']!), 'the date that was accepted').toBe('accepted')
    const doc = asked()
    expect(standing(A.merge(after(doc, (draft) => accept(draft, 'a')), after(doc, due('2026-12-20'))).actions['a']!)).toBe('was_accepted')
    const undated = after(asked(), (draft) => (due('')(draft), accept(draft, 'a')))
    expect([standing(undated.actions['a']!), standing(after(undated, due('2026-12-20')).actions['a']!)]).toEqual(['accepted', 'was_accepted'])
  })
  it('answers for themselves: whoever was named instead, also at the same time, is asked', () => {
    const name = (draft: Plan) => (setWord(draft, ['actions', 'a', 'person'], 's/q'), askAgain(draft, 'a'))
    const doc = asked()
    expect(standing(after(after(doc, (draft) => accept(draft, 'a')), name).actions['a']!)).toBe('asked')
    for (const [first, second] of [[name, (draft: Plan) => accept(draft, 'a')], [(draft: Plan) => accept(draft, 'a'), name]] as const) {
      const merged = A.merge(after(doc, first), after(doc, second))
      expect([standing(merged.actions['a']!), String(merged.actions['a']!.person)]).toEqual(['asked', 's/q'])
      expect(standing(after(merged, (draft) => accept(draft, 'a')).actions['a']!), 'and may accept').toBe('accepted')
    }
    const old = A.from({ actions: { a: { person: word('s/p'), due: word('2026-12-01') } } } as unknown as Record<string, unknown>) as unknown as A.Doc<Plan>
    expect(standing(after(old, (draft) => accept(draft, 'a')).actions['a']!), 'an action of the first schema too').toBe('accepted')
    const twice = A.merge(after(doc, (draft) => accept(draft, 'a')), after(doc, (draft) => accept(draft, 'a')))
    expect(standing(twice.actions['a']!), 'two who say the same agree').toBe('accepted')
  })
})

describe('the course of actions', () => {
  const action = (status: string, due: string) => ({ status: word(status), due: word(due), start: word(''), what: status })
  const list = [placed<Action>('1', action('done', '2026-01-01')), placed<Action>('2', action('in_progress', '2026-01-01')), placed<Action>('3', action('planned', '2027-01-01'))]

  it('counts what is done, under way and late; what is done is never late', () => {
    expect(courseOf(list, '2026-11-27')).toEqual({ of: 3, done: 1, doing: 1, late: 1 })
  })
  it('is drawn between the first and the last day, and not at all without days', () => {
    const lines = list.map((each) => lineOf(each, '2026-11-27'))
    const scale = scaleOf(lines, undefined)
    expect(scale && ticks(scale).map(({ month }) => month)).toEqual([1, 3, 5, 7, 9, 11])
    expect(scaleOf([lineOf(placed<Action>('4', action('planned', 'soon')), '2026-11-27')], undefined)).toBeUndefined()
  })
  it('draws no bar backwards: what is due before it begins stands at its due day', () => {
    const dated = (start: string, due: string) => lineOf(placed<Action>('1', { ...action('planned', due), start: word(start) }), '2026-11-27')
    const scale = { from: Date.UTC(2026, 0, 1) / 86_400_000, to: Date.UTC(2026, 0, 101) / 86_400_000 }
    expect(barOf(scale, dated('2026-01-11', '2026-01-31'))).toEqual({ x: 10, width: 20 })
    expect(barOf(scale, dated('2026-01-31', '2026-01-11'))).toEqual({ x: 10, width: 0.8 })
    expect(barOf(scale, dated('2026-01-31', ''))).toEqual({ x: 30, width: 0.8 })
    expect(barOf(scale, dated('', ''))).toBeUndefined()
  })
  it('keeps a place among siblings when all goals share one order', () => {
    const all = ['x', 'a', 'y', 'b'].map((id) => placed(id, {}))
    const siblings = ['a', 'b'].map((id) => placed(id, {}))
    expect(placeAmong(all, siblings, 0)).toBe(1)
    expect(placeAmong(all, siblings, 1)).toBe(3)
    expect(placeAmong(all, siblings, 2)).toBe(4)
    expect(placeAmong(all, [], 0)).toBe(0)
  })
})

describe('an indicator', () => {
  const indicator = (baseline: string, target: string) => ({ baseline: word(baseline), target: word(target), due: word('') }) as unknown as Indicator
  const measure = (id: string, date: string, value: string) => placed<Measure>(id, { date: word(date), value: word(value) })

  it('stands where its newest measure stands, whatever the order in which they were written', () => {
    const at = reach(indicator('10', '20'), [measure('1', '2027-03-01', '21'), measure('2', '2026-12-01', '12')])
    expect([at.now, at.reached]).toEqual(['21', true])
  })
  it('whose target is below its baseline is reached from above', () => {
    expect(reach(indicator('30', '10'), [measure('1', '2027-03-01', '12')]).reached).toBe(false)
    expect(reach(indicator('30', '10'), [measure('1', '2027-03-01', '9.5')]).reached).toBe(true)
    expect(reach(indicator('30', ''), [measure('1', '2027-03-01', '9')]).reached, 'without a target there is nothing to reach').toBeUndefined()
  })
  it('is drawn from its baseline through what was measured, and not before the first measure', () => {
    const drawn = draw(indicator('10', '20'), [measure('1', '2026-12-01', '15'), measure('2', 'soon', '16'), measure('3', '2027-02-01', 'many')], undefined)
    expect(drawn?.points.length).toBe(1)
    expect(drawn?.target).toBeLessThan(drawn?.points[0]?.y ?? 0)
    expect(draw(indicator('10', '20'), [], undefined)).toBeUndefined()
  })
})

describe('the next cycle', () => {
  const old = () =>
    A.change(
      plan(
        {
          priorities: { p: { title: 'Learning', reason: 'Visits' }, q: { title: 'Families' } },
          goals: { g: { priority: word('p'), title: 'Visit each other', practices: { learning: true, self_and_others: false, improvement: false, community: false } }, done: { priority: word('q'), title: 'Meet' }, left: { title: 'Not now' } },
          actions: { a: { goal: word('g'), what: 'Plan visits', status: word('in_progress'), due: word('2026-12-01'), person: word('s/p'), answer: word('accepted') }, b: { goal: word('g'), what: 'Begin', status: word('done') }, c: { goal: word('done'), status: word('done') } },
          indicators: { i: { goal: word('g'), what: 'Visits', baseline: word('1'), target: word('9') } },
          measures: { m: { indicator: word('i'), date: word('2027-01-01'), value: word('4') } },
          findings: { f: { goal: word('g'), text: 'It needs an hour', carry: true }, h: { text: 'In general', carry: true }, n: { text: 'Stays here' } },
        },
        { mission: 'Every pupil learns.', vision: 'Calm', period: { from: word('2026-09-01'), to: word('2027-06-25') } },
      ),
      () => undefined,
    )
  const next = () => seeds(old(), 'OLD', new Set(['g']), 'From the report').reduce((doc, seed) => A.change(doc, (draft) => seed(draft)), plan({}))

  it('begins with the direction, the period after and a way back', () => {
    const doc = next()
    expect([String(doc.previous), doc.mission, doc.vision.includes('Calm')]).toEqual(['OLD', 'Every pupil learns.', true])
    expect([String(doc.period.from), String(doc.period.to)]).toEqual(['2027-09-01', '2028-06-25'])
    expect(periodAfter('2026-09-01', '2029-08-31')).toEqual({ from: '2029-09-01', to: '2032-08-31' })
    expect(periodAfter('', '2027-08-31')).toBe('undated')
    expect(periodAfter('2027-08-31', '2026-09-01')).toBe('backwards')
  })
  it('has no period where there is none after it', () => {
    const doc = seeds(plan({ period: { from: word('2027-08-31'), to: word('2026-09-01') } }), 'OLD', new Set(), '').reduce((draft, seed) => A.change(draft, (each) => seed(each)), plan({}))
    expect([String(doc.previous), String(doc.period.from), String(doc.period.to)]).toEqual(['OLD', '', ''])
  })
  it('takes the carried findings as judgements, and no others', () => {
    const judgements = Object.values(next().judgements ?? {}).map(({ asked, evidence }) => [asked, evidence])
    expect(judgements).toEqual([['Visit each other', 'It needs an hour'], ['From the report', 'In general']])
  })
  it('takes the goals that go on with what is not done, without dates and answers, and leaves the others', () => {
    const doc = next()
    const goals = Object.entries(doc.goals)
    expect(goals.map(([, goal]) => [goal.title, goal.practices['learning']])).toEqual([['Visit each other', true]])
    const priority = doc.priorities[String(goals[0]?.[1].priority)]
    expect([priority?.title, Object.keys(doc.priorities).length]).toEqual(['Learning', 1])
    const actions = Object.values(doc.actions)
    expect(actions.map(({ what, due, answer, person, goal }) => [what, String(due), String(answer), String(person), String(goal) === goals[0]?.[0]])).toEqual([['Plan visits', '', '', 's/p', true]])
    expect(Object.values(doc.indicators ?? {}).map(({ what, baseline, target }) => [what, String(baseline), String(target)])).toEqual([['Visits', '4', '9']])
    expect(Object.keys(doc.measures ?? {})).toEqual([])
  })
  it('offers what is not done, and a goal without actions too', () => {
    expect(isDone(old(), 'done')).toBe(true)
    expect(ids(undone(old()))).toEqual(['g', 'left'])
  })
})

describe('the address of a step', () => {
  it('shows that step, none the whole, and a place on the page changes nothing', () => {
    expect(viewOf('#step-report')).toBe('report')
    expect(viewOf('')).toBe('whole')
    expect(viewOf('#whole')).toBe('whole')
    expect(viewOf('#priorities')).toBeUndefined()
    expect(viewOf('#step-nonsense')).toBeUndefined()
  })
})
