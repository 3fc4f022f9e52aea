import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { blank } from '../src/edit/kinds/shape'
import { addItem, moveItem, ordered, removeItem, setPlain, setWord, textAt, word, writeText } from '../src/edit/paths'
import { Steps, type Edit, type Step } from '../src/edit/steps'
import { richAdapter } from '../src/rich/schema'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

type Meeting = { agenda: Record<string, { order: unknown; title: string; minutes: number; notes: string }>; date: unknown; host: string }

/** A person at a meeting, and what Ctrl+Z takes back for them. */
class Person {
  doc: A.Doc<unknown>
  readonly steps = new Steps()
  constructor(doc: A.Doc<unknown>) {
    this.doc = doc
  }
  write = (edit: Edit): Step | undefined => {
    const before = A.getHeads(this.doc)
    this.doc = A.change(this.doc, edit as (draft: unknown) => void)
    const after = A.getHeads(this.doc)
    return before.join() === after.join() ? undefined : { before, after }
  }
  change(edit: Edit): void {
    const step = this.write(edit)
    if (step) this.steps.record(step)
  }
  add(id: string, title: string): void {
    this.change((draft) => addItem(draft, ['agenda'], id, blank('meeting', 'agenda', { title }), ordered(this.meeting.agenda), 99))
  }
  undo = () => this.steps.undo(() => this.doc, this.write)
  redo = () => this.steps.redo(() => this.doc, this.write)
  get meeting(): Meeting {
    return this.doc as Meeting
  }
  get titles(): string[] {
    return ordered(this.meeting.agenda).map(({ item }) => item.title)
  }
  hear(other: Person): void {
    this.doc = A.merge(this.doc, A.clone(other.doc))
  }
}

function two(): [Person, Person] {
  const start = A.from<Record<string, unknown>>({ kind: word('meeting'), schema: 2, date: word('2026-12-01'), host: 'Көктем', agenda: {} }, { actor: 'aa' })
  return [new Person(start), new Person(A.clone(start, { actor: 'bb' }))]
}

describe('Ctrl+Z outside a text', () => {
  it('takes back adding, moving, setting and removing, one after the other, and does them again', () => {
    const [me] = two()
    me.add('x', 'бір')
    me.add('y', 'екі')
    me.change((draft) => moveItem(draft, ['agenda'], 'y', ordered(me.meeting.agenda).slice(0, 1), 0))
    me.change((draft) => setPlain(draft, ['agenda', 'x', 'minutes'], 20))
    me.change((draft) => removeItem(draft, ['agenda'], 'x'))
    const seen = [me.titles]
    for (let count = 0; count < 5; count += 1) {
      expect(me.undo()).toBe(true)
      seen.push(me.titles)
      if (count === 0) expect(me.meeting.agenda['x']?.minutes).toBe(20)
      if (count === 1) expect(me.meeting.agenda['x']?.minutes).toBe(0)
    }
    expect(seen).toEqual([['екі'], ['екі', 'бір'], ['екі', 'бір'], ['бір', 'екі'], ['бір'], []])
    expect(me.undo()).toBe(false)
    for (let count = 0; count < 5; count += 1) expect(me.redo()).toBe(true)
    expect(me.redo()).toBe(false)
    expect(me.titles).toEqual(['екі'])
  })

  it('leaves what others did: their items, and the value that they set after', () => {
    const [me, other] = two()
    me.change((draft) => setWord(draft, ['date'], '2026-12-12'))
    me.add('x', 'менікі')
    other.hear(me)
    other.add('y', 'THEIRS')
    other.change((draft) => setWord(draft, ['date'], '2026-12-24'))
    me.hear(other)
    expect(me.undo()).toBe(true)
    expect(me.titles).toEqual(['THEIRS'])
    expect(me.undo()).toBe(false)
    expect(String(me.meeting.date)).toBe('2026-12-24')
  })

  it('puts a removed item back with the words and the shape that it had', () => {
    const [me] = two()
    me.add('x', 'бір')
    me.write((draft) =>
      A.updateSpans(draft as A.Doc<unknown>, ['agenda', 'x', 'notes'], [{ type: 'block', value: { type: word('heading'), parents: [], attrs: { level: 2 }, isEmbed: false } }, { type: 'text', value: 'Айтылды' }], richAdapter.updateSpansConfig()),
    )
    me.change((draft) => removeItem(draft, ['agenda'], 'x'))
    me.undo()
    expect(A.spans(me.doc, ['agenda', 'x', 'notes']).map((span) => span.type)).toEqual(['block', 'text'])
  })

  it('takes its own words out of a text and leaves those that others put beside them', () => {
    const [me, other] = two()
    me.change((draft) => writeText(draft, ['host'], { at: 6, remove: 0, insert: ' мектебі' }))
    other.hear(me)
    other.change((draft) => writeText(draft, ['host'], { at: 0, remove: 0, insert: '«НОВЫЙ» ' }))
    me.hear(other)
    me.undo()
    expect(textAt(me.doc, ['host'])).toBe('«НОВЫЙ» Көктем')
  })

  it('has nothing to do again once something new was done', () => {
    const [me] = two()
    me.add('x', 'бір')
    me.undo()
    me.add('y', 'екі')
    expect(me.redo()).toBe(false)
  })
})
