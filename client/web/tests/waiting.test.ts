import { NO_FACTS } from './nofacts'
import { describe, expect, it } from 'vitest'
import type { Asking, Day, DocumentInfo, Duty, Facts, Kind, Me } from '../src/data/types'
import { askedOf, daysAhead, daysWaited, nextMeeting, tasksOf } from '../src/screens/home/waiting'

const TODAY = '2026-11-27'
const me: Me = {
  person: { id: 'p1', name: 'Айгүл Сәрсенова', login: 'aigul', role: 'director', language: 'kk' },
  school: { id: 's1', name: 'Бірлік' },
  reference: 's1/p1',
  actor: '00',
}

let number = 0
function document(kind: Kind, facts: Partial<Facts> | undefined, given: Partial<DocumentInfo> = {}): DocumentInfo {
  number += 1
  const info: DocumentInfo = {
    facts: NO_FACTS,
    id: `d${number}`, space: 'x', state: 'here', kind, title: `${kind} ${number}`, owner: me.school, write_rule: 'owner', can_write: true,
    changed_at: number, reached: 1, of: 1, waiting: 0, ...given,
  }
  return facts ? { ...info, facts: { ...NO_FACTS, ...facts } } : info
}
const duty = (given: Partial<Duty>): Duty => ({ place: 'actions', id: 'a', what: 'Сабақ', who: '', person: '', due: '', answer: '', offered_due: '', ...given })
const day = (given: Partial<Day>): Day => ({ id: 'e', title: 'Сессия', date: '', time: '', form: 'session', meeting: '', ...given })
const asking = (given: Partial<Asking>): Asking => ({ asker: 'Ольга', asked_ms: 0, closed: false, answers: 0, asked: [], answered: [], ...given })

describe('what a person is to do', () => {
  it('is what they were chosen for, and what names them where nobody was chosen', () => {
    const duties = [
      duty({ id: 'chosen', person: 's1/p1' }),
      duty({ id: 'named', who: 'Сәрсенова Айгүл' }),
      duty({ id: 'other', person: 's1/p2', who: 'Айгүл Сәрсенова' }),
      duty({ id: 'half', who: 'Айгүл' }),
    ]
    expect(tasksOf([document('plan', { duties })], me).map((task) => task.duty.id)).toEqual(['chosen', 'named'])
  })

  it('stands in order of dates, over all documents, with the undated last', () => {
    const of = (id: string, due: string) => duty({ id, due, person: 's1/p1' })
    const documents = [
      document('plan', { duties: [of('undated', ''), of('late', '2026-10-01'), of('scribbled', 'күзде')] }),
      document('meeting', { duties: [of('soon', '2026-12-01'), of('later still', '2026-09-01')] }),
    ]
    expect(tasksOf(documents, me).map((task) => task.duty.id)).toEqual(['later still', 'late', 'soon', 'undated', 'scribbled'])
  })

  it('is told once where a later meeting has carried it over, and not at all where it is done there', () => {
    const mine = (id: string) => duty({ place: 'tasks', id, person: 's1/p1' })
    const old = document('meeting', { duties: [mine('done since'), mine('open'), mine('left')] })
    const next = document('meeting', { duties: [mine('open there')], carried: [`${old.id}/open`, `${old.id}/done since`] })
    expect(tasksOf([old, next], me).map((task) => task.duty.id)).toEqual(['left', 'open there'])
  })

  it('does not come from templates, nor from documents of which nothing is known', () => {
    const duties = [duty({ person: 's1/p1' })]
    expect(tasksOf([document('plan', { duties, template: true }), document('plan', undefined), document('plan', { duties }, { state: 'coming' })], me)).toEqual([])
    expect(tasksOf([document('plan', { duties })], me)).toHaveLength(1)
    const theirs = document('meeting', { duties, template: true }, { owner: { id: 's2', name: 'Тұлпар' } })
    expect(tasksOf([theirs], me), 'what another school keeps as its template').toHaveLength(1)
  })
})

describe('what comes next', () => {
  it('is the earliest meeting from today on', () => {
    const [past, late, early, today] = [
      document('meeting', { date: '2026-11-26' }),
      document('meeting', { date: TODAY, time: '15:00' }),
      document('meeting', { date: TODAY, time: '09:00' }),
      document('meeting', { date: '2026-12-04' }),
    ]
    expect(nextMeeting([past, today, late, early], me, TODAY)?.document.id).toBe(early.id)
    expect(nextMeeting([past, document('meeting', { date: '' }), document('plan', { date: '2026-12-01' })], me, TODAY)).toBeUndefined()
  })

  it('is in the year plan from today on, in order, and not twice', () => {
    const days = [day({ id: '3', date: '2027-01-10' }), day({ id: 'past', date: '2026-09-01' }), day({ id: 'm', date: '2026-12-04', meeting: 'd9' }), day({ id: '2', date: TODAY })]
    expect(daysAhead([document('year', { days })], me, TODAY, 'd9', 5).map((each) => each.day.id)).toEqual(['2', '3'])
    expect(daysAhead([document('year', { days })], me, TODAY, undefined, 2).map((each) => each.day.id)).toEqual(['2', 'm'])
  })
})

describe('requests for feedback', () => {
  it('are those to the person or to their school, until they have answered or it is closed', () => {
    const documents = [
      document('feedback', { asking: asking({ asked: ['s1'], asked_ms: 200 }) }),
      document('feedback', { asking: asking({ asked: ['s2/p7', 's1/p1'], asked_ms: 100 }) }),
      document('feedback', { asking: asking({ asked: ['s1'], answered: ['s1/p1'] }) }),
      document('feedback', { asking: asking({ asked: ['s1/p1'], closed: true }) }),
      document('feedback', { asking: asking({ asked: ['s2'] }) }),
      document('feedback', { person: 's1/p1', asking: asking({ asked: ['s1'] }) }),
    ]
    expect(askedOf(documents, me).map((each) => each.asking.asked_ms)).toEqual([100, 200])
  })

  it('have waited whole days, and never less than none', () => {
    expect(daysWaited(1_000, 1_000 + 3.5 * 86_400_000)).toBe(3)
    expect(daysWaited(5_000, 1_000)).toBe(0)
  })
})
