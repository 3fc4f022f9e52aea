import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { blank } from '../src/edit/kinds/shape'
import { addItem, moveItem, ordered, removeItem, setPlain, setWord, textAt, valueAt, word, writeText } from '../src/edit/paths'
import { Steps, type Edit, type Step } from '../src/edit/steps'
import { differencesOf } from '../src/history/difference'
import { restoreAll, restoreField, restoreItem, type Restored } from '../src/history/restore'
import { richAdapter } from '../src/rich/schema'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const MAX_CHANGE_BYTES = 256 * 1024

/** A document open at a page, without a node. */
class Open {
  doc: A.Doc<unknown>
  info = { kind: 'plan' }
  readonly steps = new Steps()
  constructor() {
    this.doc = A.from<Record<string, unknown>>({ kind: word('plan'), schema: 2, title: 'Жоспар', vision: '', mission: '', period: { from: word(''), to: word('') }, priorities: {}, actions: {}, judgements: {} }, { actor: 'aa' })
    for (const id of ['a', 'b', 'c']) this.change((draft) => addItem(draft, ['actions'], id, blank('plan', 'actions', { what: `іс ${id}` }), this.actions, 9))
    this.change((draft) => addItem(draft, ['priorities'], 'p', blank('plan', 'priorities', { title: 'Оқу' }), [], 0))
    this.change((draft) => A.updateSpans(draft as A.Doc<unknown>, ['vision'], [block('heading'), { type: 'text', value: 'Пайым' }, block('paragraph'), { type: 'text', value: 'бір екі' }], richAdapter.updateSpansConfig()))
  }
  get actions() {
    return ordered(valueAt(this.doc, ['actions']) as Record<string, unknown>)
  }
  change = (edit: (draft: never) => void) => void this.write(edit as Edit)
  write = (edit: Edit): Step | undefined => {
    const before = A.getHeads(this.doc)
    this.doc = A.change(this.doc, edit as (draft: unknown) => void)
    return A.getHeads(this.doc).join() === before.join() ? undefined : { before, after: A.getHeads(this.doc) }
  }
  asOne = (act: () => void) => {
    const before = A.getHeads(this.doc)
    act()
    this.steps.record({ before, after: A.getHeads(this.doc) })
  }
  text = { doc: () => this.doc, change: (edit: Edit) => void this.write(edit), on: () => {}, off: () => {} }
  undo = () => this.steps.undo(() => this.doc, this.write)
  get restored(): Restored {
    return this as unknown as Restored
  }
}
const block = (type: string): A.Span => ({ type: 'block', value: { type: word(type), parents: [], attrs: {}, isEmbed: false } })
const plain = (doc: unknown) => JSON.parse(JSON.stringify(doc)) as Record<string, unknown>

function changedMuch(open: Open): void {
  open.change((draft) => {
    writeText(draft, ['title'], { at: 0, remove: 6, insert: 'Басқа' })
    setWord(draft, ['period', 'from'], '2026-09-01')
    setWord(draft, ['actions', 'b', 'status'], 'done')
    removeItem(draft, ['actions'], 'c')
    moveItem(draft, ['actions'], 'b', open.actions.filter(({ id }) => id === 'a'), 0)
    addItem(draft, ['actions'], 'd', blank('plan', 'actions', { what: 'іс d' }), [], 0)
    setPlain(draft, ['priorities', 'p', 'rests_on', 'j'], true)
    A.updateSpans(draft, ['vision'], [block('paragraph'), { type: 'text', value: 'Мүлдем басқа' }], richAdapter.updateSpansConfig())
  })
}

describe('restoring', () => {
  it('a moment brings back all of it as a new change, and Ctrl+Z takes that back', () => {
    const open = new Open()
    const heads = A.getHeads(open.doc)
    const then = plain(open.doc)
    changedMuch(open)
    const now = plain(open.doc)
    restoreAll(open.restored, A.view(open.doc, heads))
    expect(plain(open.doc)).toEqual(then)
    expect(A.spans(open.doc, ['vision'])).toHaveLength(4)
    expect(differencesOf('plan', A.view(open.doc, heads), open.doc)).toEqual([])
    expect(open.undo()).toBe(true)
    expect(plain(open.doc)).toEqual(now)
  })

  it('an item, or a field of one, brings back that and nothing else', () => {
    const open = new Open()
    const heads = A.getHeads(open.doc)
    changedMuch(open)
    const past = () => A.view(open.doc, heads)
    restoreItem(open.restored, 'actions', 'c', past())
    expect(textAt(open.doc, ['actions', 'c', 'what'])).toBe('іс c')
    restoreItem(open.restored, 'actions', 'd', past())
    expect(valueAt(open.doc, ['actions', 'd'])).toBeUndefined()
    expect(textAt(open.doc, ['actions', 'b', 'status'])).toBe('done')
    restoreField(open.restored, ['actions', 'b', 'status'], past())
    expect(textAt(open.doc, ['actions', 'b', 'status'])).toBe('planned')
    expect(textAt(open.doc, ['title'])).toBe('Басқа')
  })

  it('keeps what others write into the words meanwhile', () => {
    const open = new Open()
    const heads = A.getHeads(open.doc)
    open.change((draft) => writeText(draft, ['title'], { at: 6, remove: 0, insert: ' 2026' }))
    const other = A.change(A.clone(open.doc, { actor: 'bb' }), (draft: unknown) => writeText(draft, ['title'], { at: 0, remove: 0, insert: 'Мектеп: ' }))
    restoreField(open.restored, ['title'], A.view(open.doc, heads))
    expect(textAt(A.merge(open.doc, other), ['title'])).toBe('Мектеп: Жоспар')
  })

  it('words of a length that no change carries comes in several', () => {
    const open = new Open()
    const long = 'Ұзақ мәтін, көп сөз. '.repeat(5_000)
    for (let at = 0; at < long.length; at += 30_000) open.change((draft) => writeText(draft, ['mission'], { at, remove: 0, insert: long.slice(at, at + 30_000) }))
    open.change((draft) => addItem(draft, ['judgements'], 'j', blank('plan', 'judgements'), [], 0))
    for (let at = 0; at < 60_000; at += 30_000) open.change((draft) => writeText(draft, ['judgements', 'j', 'gaps'], { at, remove: 0, insert: long.slice(at, at + 30_000) }))
    const heads = A.getHeads(open.doc)
    for (let left = long.length; left > 0; left -= 30_000) open.change((draft) => writeText(draft, ['mission'], { at: 0, remove: Math.min(left, 30_000), insert: '' }))
    open.change((draft) => removeItem(draft, ['judgements'], 'j'))
    const before = A.getHeads(open.doc)
    restoreAll(open.restored, A.view(open.doc, heads))
    expect(textAt(open.doc, ['mission'])).toBe(long)
    expect(textAt(open.doc, ['judgements', 'j', 'gaps'])).toBe(long.slice(0, 60_000))
    for (const change of A.getChangesSince(open.doc, before)) expect(change.length).toBeLessThan(MAX_CHANGE_BYTES)
  })
})
