import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { calendar, covers, datedIn, schoolYear } from '../src/edit/calendar'
import { said, type Year } from '../src/edit/kinds'
import { word } from '../src/edit/paths'
import { ordered } from '../src/edit/order'
import { TEMPLATES } from '../src/screens/year/templates'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const TODAY = '2026-11-27'
const event = (date: string, time = '', order = 'a0') => ({ order, phase: '', form: 'meeting', title: date, date, time, place: '', host: '', meeting: '' })
const year = (given: object): Partial<Year> => ({ from: '2026-09-01', to: '2027-06-30', ...given })

describe('a year plan', () => {
  it('shows the months from its first to its last, and a school year where it names none', () => {
    expect(calendar(year({}), TODAY).months.map(({ key }) => key)).toEqual(['2026-09', '2026-10', '2026-11', '2026-12', '2027-01', '2027-02', '2027-03', '2027-04', '2027-05', '2027-06'])
    expect(calendar({}, '2026-07-02').months[0]?.key, 'in July one plans the year that comes').toBe('2026-09')
    expect(schoolYear('2026-06-30')).toEqual({ from: '2025-09-01', to: '2026-06-30' })
  })

  it('has the days of a month in weeks from Monday', () => {
    const [september] = calendar(year({}), TODAY).months
    expect(september?.weeks[0], '1 September 2026 is a Tuesday').toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(september?.weeks.flat().filter((day) => day > 0)).toHaveLength(30)
    const leap = calendar(year({ from: '2028-02-01', to: '2028-02-29' }), TODAY).months[0]
    expect(leap?.weeks.flat().at(-1) === 29 || leap?.weeks.flat().includes(29)).toBe(true)
    expect(leap && datedIn(leap, 3)).toBe('2028-02-03')
  })

  it('has what is on by day and time, and hides nothing that has no day or lies elsewhere', () => {
    const { months, undated, outside } = calendar(
      year({ events: { a: event('2026-12-04', '16:00'), b: event('2026-12-04', '09:00'), c: event(''), d: event('2031-01-01'), e: event('soon'), f: event('2026-12-01') } }),
      TODAY,
    )
    expect(months.find(({ key }) => key === '2026-12')?.events.map(({ id }) => id)).toEqual(['f', 'b', 'a'])
    expect(undated.map(({ id }) => id).sort()).toEqual(['c', 'e'])
    expect(outside.map(({ id }) => id)).toEqual(['d'])
  })

  it('is no longer than two school years, whatever dates a foreign program wrote', () => {
    expect(calendar(year({ from: '0001-01-01', to: '9999-12-31' }), TODAY).months).toHaveLength(24)
    expect(calendar(year({ from: '2026-09-01', to: '2020-01-01' }), TODAY).months).toHaveLength(1)
    expect(calendar(year({ from: 'x', to: '<script>' }), TODAY).months).toHaveLength(10)
  })

  it('knows which phases a month and a day belong to', () => {
    const phase = (from: string, to: string) => ({ order: 'a0', title: '', note: '', from, to })
    const { months } = calendar(year({ phases: { a: phase('2026-09-15', '2026-11-10'), b: phase('2026-11-11', '') } }), TODAY)
    expect(months.slice(0, 4).map(({ phases }) => phases)).toEqual([[0], [0], [0, 1], []])
    expect([covers(phase('2026-09-15', '2026-11-10') as never, '2026-09-14'), covers(phase('2026-09-15', '2026-11-10') as never, '2026-11-10')]).toEqual([false, true])
    expect(covers(phase('2026-11-11', '') as never, '2026-11-11')).toBe(true)
  })

  it('can begin with the year of six sessions, three meetings, two visits and one conference', () => {
    const start = A.from({ kind: word('year'), schema: 1, from: word(''), to: word(''), phases: {}, events: {} } as never) as A.Doc<Year>
    const begun = A.change(start, (draft) => TEMPLATES[0]?.apply(draft, (id) => id))
    const forms = ordered(begun.events).map(({ item }) => said(item.form))
    expect(['session', 'meeting', 'visit', 'conference'].map((form) => forms.filter((each) => each === form).length)).toEqual([6, 3, 2, 1])
    const { outside, undated, months } = calendar(begun, TODAY)
    expect([outside, undated]).toEqual([[], []])
    expect(months.flatMap(({ events }) => events)).toHaveLength(12)
    expect(new Set(ordered(begun.events).map(({ item }) => said(item.phase)))).toEqual(new Set(Object.keys(begun.phases)))
  })
})
