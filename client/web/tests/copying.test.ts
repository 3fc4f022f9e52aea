import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { asNew, asTemplate, copyInto } from '../src/edit/copying'
import { said } from '../src/edit/kinds'
import { blank } from '../src/edit/kinds/shape'
import { valueAt, word } from '../src/edit/paths'
import { LETTERS_IN_A_CHANGE } from '../src/edit/portions'
import { richAdapter } from '../src/rich/schema'
import { empty } from './empty'
import { Copy, loadAutomerge } from './people'

beforeAll(loadAutomerge)

/** MAX_CHANGE_BYTES of protocol/src/limits.rs: what the node refuses with all that follows. */
const MAX_CHANGE_BYTES = 256 * 1024
const [ID, OTHER] = ['00'.repeat(16), '11'.repeat(16)]

const PARAGRAPHS: A.Span[] = [
  { type: 'block', value: { type: word('heading'), parents: [], attrs: { level: 2 }, isEmbed: false } },
  { type: 'text', value: 'Көзқарас' },
  { type: 'block', value: { type: word('paragraph'), parents: [], attrs: {}, isEmbed: false } },
  { type: 'text', value: 'Әр оқушы ' },
  { type: 'text', value: 'өз ойын', marks: { strong: true } },
]

function plan(): Copy {
  const copy = empty('plan', { title: 'Бірлік жоспары', mission: 'Әр оқушы үйренеді', template: true })
  copy.change((draft) => {
    const doc = draft as Record<string, Record<string, unknown>>
    ;(doc['period'] as Record<string, unknown>)['from'] = word('2026-09-01')
    doc['priorities'] = { [ID]: blank('plan', 'priorities', { order: word('a0'), title: 'Оқу', rests_on: { [OTHER]: true } }) }
    doc['goals'] = { [ID]: blank('plan', 'goals', { order: word('a0'), priority: word(ID), title: 'Сұрақ қою', practices: { learning: true, community: false } }) }
    doc['actions'] = {
      [ID]: blank('plan', 'actions', { order: word('a0'), goal: word(ID), what: 'Ашық сабақ', due: word('2026-12-01'), status: word('done'), person: word('a/b') }),
      [OTHER]: blank('plan', 'actions', { order: word('a1'), what: 'Сауалнама' }),
    }
    A.updateSpans(draft as A.Doc<unknown>, ['vision'], PARAGRAPHS, richAdapter.updateSpansConfig())
  })
  return copy
}

const at = (copy: Copy, ...path: string[]): unknown => valueAt(copy.doc(), path)
const words = (copy: Copy, ...path: string[]): string => said(at(copy, ...path))
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a copy of a document', () => {
  it('says in every field what the document says, rich texts with their shape, and keeps the ids of items', () => {
    const [source, copy] = [plan(), empty('plan')]
    copyInto(copy, source.doc())
    expect(plain(copy.doc())).toEqual(plain(source.doc()))
    expect(A.spans(copy.doc(), ['vision'])).toEqual(A.spans(source.doc(), ['vision']))
    expect(A.isImmutableString(at(copy, 'actions', ID, 'status'))).toBe(true)
    expect(typeof at(copy, 'actions', ID, 'what')).toBe('string')
  })

  it('leaves out the fields, the sorts of fields and the items that it is told to', () => {
    const copy = empty('plan')
    copyInto(copy, plan().doc(), { out: ['title', 'goals', 'actions.status'], holding: ['date'], items: (collection, id) => collection !== 'actions' || id === ID })
    expect(words(copy, 'title')).toBe('')
    expect(at(copy, 'goals')).toEqual({})
    expect(Object.keys(at(copy, 'actions') as object)).toEqual([ID])
    expect([words(copy, 'actions', ID, 'what'), words(copy, 'actions', ID, 'due'), words(copy, 'actions', ID, 'status')]).toEqual(['Ашық сабақ', '', 'planned'])
    expect(words(copy, 'period', 'from')).toBe('')
    expect(words(copy, 'mission'), 'what was not named is copied').toBe('Әр оқушы үйренеді')
  })

  it('begins a new document from a template without its dates, its people, what is done, and its name', () => {
    const copy = empty('plan', { title: 'Жаңа жоспар' })
    copyInto(copy, plan().doc(), asNew('plan'))
    expect(words(copy, 'title')).toBe('Жаңа жоспар')
    expect(at(copy, 'template')).toBe(false)
    expect(words(copy, 'goals', ID, 'title')).toBe('Сұрақ қою')
    expect(words(copy, 'actions', ID, 'goal'), 'what names an item still does').toBe(ID)
    expect(['due', 'person'].map((field) => words(copy, 'actions', ID, field))).toEqual(['', ''])
    expect(words(copy, 'actions', ID, 'status')).toBe('planned')
  })

  it('makes of a meeting a template that has its agenda and nothing of what was said and settled there', () => {
    const meeting = empty('meeting', {
      date: word('2026-12-04'),
      agenda: { [ID]: blank('meeting', 'agenda', { order: word('a0'), title: 'Ашық сабақтар', minutes: 15, purpose: word('decide'), presenter: 'Айгүл', notes: 'Әркім ойын айтты' }) },
      decisions: { [ID]: blank('meeting', 'decisions', { order: word('a0'), text: 'Сабақты бірге дайындау' }) },
      tasks: { [ID]: blank('meeting', 'tasks', { order: word('a0'), what: 'Жоспарын жазу', responsible: 'Айгүл' }) },
    })
    const template = empty('meeting', { template: true })
    copyInto(template, meeting.doc(), asTemplate('meeting'))
    expect([words(template, 'agenda', ID, 'title'), at(template, 'agenda', ID, 'minutes'), words(template, 'agenda', ID, 'purpose')]).toEqual(['Ашық сабақтар', 15, 'decide'])
    expect(['presenter', 'notes'].map((field) => words(template, 'agenda', ID, field))).toEqual(['', ''])
    expect([at(template, 'decisions'), at(template, 'tasks'), words(template, 'date')]).toEqual([{}, {}, ''])
    expect(at(template, 'template')).toBe(true)

    const next = empty('meeting')
    template.change((draft) => A.splice(draft as A.Doc<unknown>, ['agenda', ID, 'notes'], 0, 0, 'Бірінші сөз жастарға'))
    copyInto(next, template.doc(), asNew('meeting'))
    expect(words(next, 'agenda', ID, 'notes'), 'what a template says in the place of notes').toBe('Бірінші сөз жастарға')
  })

  it('takes from a document of another kind nothing', () => {
    const copy = empty('meeting')
    const before = A.getHeads(copy.doc())
    copyInto(copy, plan().doc())
    expect(A.getHeads(copy.doc())).toEqual(before)
  })

  it('takes a document of an older schema and one with fields of the wrong type as it finds them', () => {
    const source = new Copy(A.from({ kind: word('plan'), schema: 1, title: 'Ескі', mission: 7, actions: { [ID]: { what: word('Сабақ'), order: word('a0'), due: 5 } } } as never))
    const copy = empty('plan')
    copyInto(copy, source.doc())
    expect([words(copy, 'title'), words(copy, 'mission'), words(copy, 'actions', ID, 'what'), words(copy, 'actions', ID, 'due')]).toEqual(['Ескі', '', 'Сабақ', ''])
    expect(at(copy, 'judgements')).toEqual({})
  })

  it('of hundreds of items and very long texts is written in changes that the node takes', () => {
    const source = plan()
    const long = 'Мұғалімдер кеңесі 🙂 '.repeat(Math.ceil((2 * LETTERS_IN_A_CHANGE) / 20))
    source.change((draft) => {
      const actions = (draft as Record<string, Record<string, unknown>>)['actions'] as Record<string, unknown>
      for (let n = 0; n < 500; n += 1) actions[n.toString(16).padStart(32, '2')] = blank('plan', 'actions', { order: word('a2'), what: `Іс-шара ${n}: пікір алмасу` })
      actions['33'.repeat(16)] = blank('plan', 'actions', { order: word('a3'), what: long })
    })
    source.change((draft) => A.splice(draft as A.Doc<unknown>, ['narrative'], 0, 0, long))
    const copy = empty('plan')
    copyInto(copy, source.doc())
    expect(plain(copy.doc())).toEqual(plain(source.doc()))
    const sizes = A.getAllChanges(copy.doc()).map((change) => change.length)
    expect(Math.max(...sizes)).toBeLessThan(MAX_CHANGE_BYTES)
  })
})
