import { describe, expect, it } from 'vitest'
import { errorFrom } from '../src/data/api'
import { whoIsHere } from '../src/data/presence'
import { safety, waitingSchools, type Outward } from '../src/data/safety'
import type { DocumentStatus } from '../src/data/types'
import { schedule } from '../src/edit/agenda'
import { clockAfter, minutesOf, oneOf, timing, today, STATUSES } from '../src/edit/kinds'
import { compareNames } from '../src/locale/collate'
import { daysAgo, parseDate } from '../src/locale/dates'
import { parseRoute } from '../src/route'
import { safeHref } from '../src/rich/schema'
import { schoolStatus } from './schoolstatus'

const status = (over: Partial<DocumentStatus>): DocumentStatus => ({
  saved_here: true,
  published: true,
  schools: [],
  reached: 3,
  of: 5,
  readers: { space: { id: 's', name: 'n', private: false }, schools: 5 },
  ...over,
})

const school = (id: string, connected: boolean, last_contact: number | null, has_latest = false) => schoolStatus({ id, has_latest, last_contact, connected })

describe('the line of safety', () => {
  it('says saved only when the node has confirmed', () => {
    expect(safety('saved', status({}), 'open').here).toBe('yes')
    expect(safety('sending', status({}), 'open').here).toBe('waiting')
    expect(safety('held', status({}), 'open').here).toBe('held')
  })

  it('never says that all schools have what the node itself has not', () => {
    expect(safety('saved', status({ reached: 5 }), 'open').schools).toEqual({ mark: 'yes', reached: 5, of: 5 })
    expect(safety('sending', status({ reached: 5 }), 'open').schools).toEqual({ mark: 'waiting', reached: 0, of: 5 })
    expect(safety('saved', status({ reached: 5 }), 'open', false).schools, 'told before the words came').toEqual({ mark: 'waiting', reached: 1, of: 5 })
    expect(safety('held', status({ reached: 5 }), 'open').schools?.mark).toBe('waiting')
  })

  it('has no third mark for what stays at one school or is not known yet', () => {
    expect(safety('saved', undefined, 'open').schools).toBeUndefined()
    expect(safety('saved', status({ readers: { space: { id: 's', name: 'n', private: true }, schools: 1 } }), 'open').schools).toBeUndefined()
  })

  it('gives what was last known as that, once the node cannot be asked, and never as true now', () => {
    expect(safety('saved', status({ reached: 5 }), 'unknown').schools).toEqual({ mark: 'unknown', reached: 5, of: 5 })
    expect(safety('saved', status({ reached: 5 }), 'cut').schools?.mark).toBe('yes')
    expect(safety('held', status({ reached: 5 }), 'unknown').schools).toEqual({ mark: 'waiting', reached: 0, of: 5 })
  })

  it('names the school longest unseen first, and one of unknown contact after those known to be away', () => {
    const list = waitingSchools(status({ schools: [school('a', true, 9), school('b', false, 5), school('c', false, null), school('d', false, 1, true), school('e', false, 3)] }))
    expect(list.map(({ id }) => id)).toEqual(['e', 'b', 'c', 'a'])
  })
})

describe('who is here', () => {
  const own = { id: 'own', name: 'Тұлпар' }
  const me = { person: { id: 'p', name: 'Айгүл', login: 'a', role: 'teacher', language: 'kk' }, school: own, reference: '', actor: '' } as const
  const person = (name: string, here: boolean) => ({ name, here, school: here ? own : { id: 'other', name: 'Родник' } })
  const present = [person('Айгүл', true), person('Айгүл', true), person('Бота', true), person('Яна', false)]
  const names = (outward: Outward) => whoIsHere(present, me, outward).map(({ name }) => name)

  it('is everybody once while the line is open, and only our own school while it is cut', () => {
    expect(names('open')).toEqual(['Айгүл', 'Бота', 'Яна'])
    expect(names('cut')).toEqual(['Айгүл', 'Бота'])
    expect(names('asking')).toEqual(['Айгүл', 'Бота'])
  })

  it('is only who sits at this tab once the node is lost', () => {
    expect(names('unknown')).toEqual(['Айгүл'])
    expect(whoIsHere(present, undefined, 'unknown')).toEqual([])
  })
})

describe('an agenda', () => {
  const item = (minutes: unknown) => ({ id: String(minutes), item: { minutes } as never })
  it('adds its minutes up and tells when each item begins', () => {
    expect(schedule([item(10), item(35), item(15)], '15:30')).toEqual({ starts: ['15:30', '15:40', '16:15'], total: 60, ends: '16:30' })
  })
  it('has no clock where the meeting has no time, and takes nonsense for nothing', () => {
    expect(schedule([item(10), item('x')], '')).toEqual({ starts: ['', ''], total: 10, ends: '' })
    expect(minutesOf(-5)).toBe(0)
    expect(minutesOf(99999)).toBe(1440)
    expect(clockAfter('23:50', 20)).toBe('00:10')
  })
})

describe('dates', () => {
  it('are late, soon or on time by the calendar, and never late when done', () => {
    expect(timing('2026-11-21', false, '2026-11-22')).toBe('late')
    expect(timing('2026-11-22', false, '2026-11-22')).toBe('soon')
    expect(timing('2026-12-30', false, '2026-11-22')).toBe('on_time')
    expect(timing('2026-11-21', true, '2026-11-22')).toBe('done')
    expect(timing('soonish', false, '2026-11-22')).toBe('undated')
  })
  it('count days by midnight, not by 24 hours', () => {
    expect(daysAgo(new Date(2026, 10, 21, 23, 59).getTime(), new Date(2026, 10, 22, 0, 1).getTime())).toBe(1)
  })
  it('that do not exist are none', () => {
    expect(parseDate('2026-02-30')).toBeUndefined()
    expect(parseDate('2026-02-28')?.getDate()).toBe(28)
    expect(today(new Date(2026, 0, 5))).toBe('2026-01-05')
  })
})

describe('names', () => {
  it('sort by the Kazakh alphabet', () => {
    const names = ['Яна', 'Іңкәр', 'Әлия', 'Ұлан', 'Бота', 'Қанат', 'Кәмила', 'Ғани', 'Гүлім', 'Айша', 'Өмір', 'Оспан', 'Үміт', 'Нұр', 'Ңәм', 'Һәм', 'Хан']
    expect([...names].sort((a, b) => compareNames(a, b, 'kk'))).toEqual([
      'Айша', 'Әлия', 'Бота', 'Гүлім', 'Ғани', 'Кәмила', 'Қанат', 'Нұр', 'Ңәм', 'Оспан', 'Өмір', 'Ұлан', 'Үміт', 'Хан', 'Һәм', 'Іңкәр', 'Яна',
    ])
  })
})

describe('what comes from outside', () => {
  it('becomes one of the words we know', () => {
    expect(oneOf(STATUSES, 'done')).toBe('done')
    expect(oneOf(STATUSES, { val: 'in_progress' })).toBe('in_progress')
    expect(oneOf(STATUSES, 'postponed')).toBe('planned')
  })
  it('as an error keeps its code, and without one gets a sentence all the same', () => {
    expect(errorFrom(409, { error: { code: 'spent_invitation', args: { n: 1, deep: {} } } })).toMatchObject({ code: 'spent_invitation', args: { n: 1, status: 409 } })
    expect(errorFrom(502, '<html>')).toMatchObject({ code: 'unexpected_answer', args: { status: 502 } })
  })
  it('as a link may not run a script', () => {
    expect(safeHref('javascript:alert(1)')).toBeUndefined()
    expect(safeHref(' JaVaScRiPt:alert(1)')).toBeUndefined()
    expect(safeHref('data:text/html,x')).toBeUndefined()
    expect(safeHref('https://example.kz/a')).toBe('https://example.kz/a')
  })
  it('as an address opens the room it names or none', () => {
    expect(parseRoute('/')).toEqual({ screen: 'home' })
    expect(parseRoute('/meetings')).toEqual({ screen: 'room', room: 'meetings' })
    expect(parseRoute('/documents')).toEqual({ screen: 'room', room: 'documents' })
    expect(parseRoute('/documents/abc')).toEqual({ screen: 'document', id: 'abc', part: 'sheet' })
    expect(parseRoute('/documents/abc/history')).toEqual({ screen: 'document', id: 'abc', part: 'history' })
    expect(parseRoute('/documents/abc/history/x').screen).toBe('nowhere')
    expect(parseRoute('/documents/a/b').screen).toBe('nowhere')
    expect(parseRoute('/documents/%E0%A4%A').screen).toBe('nowhere')
    expect(parseRoute('/nonsense').screen).toBe('nowhere')
  })
})
