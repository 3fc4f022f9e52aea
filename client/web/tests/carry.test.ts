import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { attending, lineOf } from '../src/edit/attending'
import { carriedTo as carriedIn, carrying, later, leftOpen, prepare, referred, type MeetingAt } from '../src/edit/carry'
import { said, type Meeting, type Task } from '../src/edit/kinds'
import { blank } from '../src/edit/kinds/shape'
import { ordered, type Placed } from '../src/edit/order'
import { word } from '../src/edit/paths'
import { TEMPLATES } from '../src/screens/meeting/templates'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const task = (what: string, given: object = {}) => ({ ...blank('meeting', 'tasks', { what, ...given }), order: word('a0') })
const TEXTS = { title: '', place: '', host: '', convenor: '', group: '', next_time: '', reflection: '' }
const LISTS = { attendance: {}, agenda: {}, decisions: {}, tasks: {} }

function meeting(given: object = {}): A.Doc<Meeting> {
  return A.from({ kind: word('meeting'), schema: 2, date: word(''), time: word(''), form: word('meeting'), previous: word(''), ...TEXTS, ...LISTS, ...given } as never) as A.Doc<Meeting>
}
const carriedTo = (from: string, meetings: MeetingAt[]) => carriedIn(from, carrying(meetings))
const plain = (id: string, tasks: object): MeetingAt => ({ id, content: { tasks } as never })

const WORDS = { tasks: 'Action items', prepared: 'Prepared', ahead: 'Ahead' }

/** The meeting after `old`, and how many bytes each of its changes took. */
function prepared(old: A.Doc<Meeting>, open: Placed<Task>[], sizes: number[] = []): A.Doc<Meeting> {
  let doc = meeting()
  const change = (edit: (draft: object) => void) => {
    const before = A.getHeads(doc)
    doc = A.change(doc, edit)
    sizes.push(...A.getChangesSince(doc, before).map(({ length }) => length))
  }
  prepare({ doc: () => doc, change }, old, { id: 'old', date: '2026-12-18', time: '15:00', open, words: WORDS })
  return doc
}

describe('action items from meeting to meeting', () => {
  it('are carried while open, and the next meeting begins with them', () => {
    const old = meeting({
      place: 'Бірлік',
      host: 'Бірлік',
      convenor: 'Айгүл',
      time: word('15:00'),
      next_time: 'Read the plan of the neighbours',
      attendance: { p: { order: word('a0'), name: 'Marat', school: 'Tulpar', present: true, person: word('s/p') } },
      tasks: { open: task('Write the letter', { responsible: 'Olga', due: word('2026-12-01'), plan_action: word('plan/action') }), shut: task('Done', { done: true }) },
    })
    const open = leftOpen({ id: 'old', content: old }, meeting())
    const next = prepared(old, open)
    expect([said(next.previous), said(next.date), said(next.time), next.place, next.convenor]).toEqual(['old', '2026-12-18', '15:00', 'Бірлік', 'Айгүл'])
    expect(next.host, 'schools host in turn').toBe('')
    expect(ordered(next.tasks).map(({ item }) => [item.what, item.responsible, said(item.due), said(item.plan_action), said(item.carried_from), item.done])).toEqual([
      ['Write the letter', 'Olga', '2026-12-01', 'plan/action', 'old/open', false],
    ])
    expect(ordered(next.attendance).map(({ item }) => [item.name, said(item.person), item.present])).toEqual([['Marat', 's/p', false]])
    expect(ordered(next.agenda).map(({ item }) => item.title)).toEqual(['Action items', 'Prepared', 'Ahead'])
    expect(ordered(next.agenda)[1]?.item.notes).toContain('Read the plan of the neighbours')
    expect(leftOpen({ id: 'old', content: old }, next), 'nothing is left behind').toEqual([])
  })

  it('come with all that was to be prepared, however long, in changes that a node takes', () => {
    const long = Array.from({ length: 40_000 }, (_, at) => `${(at * 7919) % 1_000_003} `).join('')
    const sizes: number[] = []
    const next = prepared(meeting({ next_time: long }), [], sizes)
    expect(ordered(next.agenda)[1]?.item.notes).toContain(long)
    expect(Math.max(...sizes)).toBeLessThan(64 * 1024)
  })

  it('stand as in the newest meeting that carries them, also over several', () => {
    const second = plain('second', { b: task('x', { carried_from: word('first/a') }) })
    const third = (done: boolean) => plain('third', { c: task('x', { carried_from: word('second/b'), done }) })
    expect(carriedTo('first/a', [second, third(false)])).toEqual({ document: 'third', task: 'c', done: false })
    expect(carriedTo('first/a', [second, third(true)])).toEqual({ document: 'third', task: 'c', done: true })
    expect(carriedTo('first/other', [second, third(true)])).toBeUndefined()
  })

  it('are closed where one of two meetings that were prepared apart has closed them', () => {
    const carried = (id: string, done: boolean) => plain(id, { b: task('x', { carried_from: word('first/a'), done }) })
    expect(carriedTo('first/a', [carried('here', true), carried('there', false)])).toEqual({ document: 'here', task: 'b', done: true })
  })

  it('are followed to an end where a foreign program wrote a circle', () => {
    const circle = plain('second', { a: task('x', { carried_from: word('second/a') }), b: task('x', { carried_from: word('first/a') }) })
    expect(carriedTo('second/a', [circle])?.document).toBe('second')
    const all = [{ id: 'a', previous: 'b' }, { id: 'b', previous: 'a' }, { id: 'c', previous: 'b' }]
    expect(later('a', all, (each) => each.previous).map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('name a document and an item, and anything else names nothing', () => {
    expect(referred('doc/item')).toEqual({ document: 'doc', item: 'item' })
    for (const wrong of ['', 'doc', 'doc/', '/item', 'a/b/c', 7, null]) expect(referred(wrong)).toBeUndefined()
  })
})

describe('who is at a meeting', () => {
  const me = { person: { id: 'p', name: 'Marat Ospanov', login: 'marat', role: 'director', language: 'en' }, school: { id: 's', name: 'Tulpar' }, actor: '', reference: 's/p' } as const
  const line = (name: string, school: string, person = '') => ({ id: name, item: { order: word('a0'), name, school, present: false, person: word(person) } })

  it('is found by who they are, else by name and school', () => {
    const who = attending(me)
    expect(who.person).toBe('s/p')
    expect(lineOf([line('M. Ospanov', 'T.', 's/p'), line('Marat Ospanov', 'Tulpar')], who)?.id).toBe('M. Ospanov')
    expect(lineOf([line('marat  ospanov ', '')], who)?.id).toBe('marat  ospanov ')
    expect(lineOf([line('Marat Ospanov', 'Tulpar', 's/another')], who), 'a namesake is somebody else').toBeUndefined()
    expect(lineOf([line('Marat Ospanov', 'Rodnik')], attending(me))).toBeUndefined()
  })
})

it('the agendas to begin with are made of whole items', () => {
  for (const { apply } of TEMPLATES) {
    const begun = A.change(meeting(), (draft) => apply(draft, (id) => id))
    expect(ordered(begun.agenda).length).toBeGreaterThan(4)
    for (const { item } of ordered(begun.agenda)) expect([item.presenter, item.notes, item.minutes > 0, item.title !== '']).toEqual(['', '', true, true])
  }
})
