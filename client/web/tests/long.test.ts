// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { Fragment, Slice } from 'prosemirror-model'
import type { EditorView } from 'prosemirror-view'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Drift } from '../src/edit/drift'
import { textAt } from '../src/edit/paths'
import { LETTERS_IN_A_CHANGE } from '../src/edit/portions'
import { apply, type Splice } from '../src/edit/splice'
import { unwritten } from '../src/live/unwritten.svelte'
import Cell from '../src/parts/Cell.svelte'
import { richAdapter } from '../src/rich/schema'
import { shown, type LongWriting } from '../src/rich/sync'
import { LiveCopy } from './live.svelte'
import { Copy, loadAutomerge, PATH } from './people'
import { richEditor } from './rich'

beforeAll(loadAutomerge)

const SENTENCE = 'Мұғалімдер кеңесінде екі пікір айтылды. '
const LONG = SENTENCE.repeat(Math.ceil((3.5 * LETTERS_IN_A_CHANGE) / SENTENCE.length))
/** Long enough on any machine; what is waited for comes by itself. */
const WITHIN_MS = 60_000

const until = (holds: () => boolean): Promise<void> => vi.waitFor(() => expect(holds()).toBe(true), { timeout: WITHIN_MS, interval: 5 })

/** A report of two paragraphs, pasted where the caret stands. */
function pasteLong(view: EditorView): void {
  const { schema } = richAdapter
  const blocks = [LONG.slice(0, 50_000), LONG.slice(50_000)].map((text) => schema.node('paragraph', null, [schema.text(text)]))
  view.dispatch(view.state.tr.replaceSelection(new Slice(Fragment.from(blocks), 1, 1)))
}

/** Lets so many changes through; then `refuse` says what becomes of the next. */
function refusing(copy: Copy, after: number, refuse: () => void): Copy {
  const change = copy.change
  let left = after
  copy.change = (edit) => {
    left -= 1
    return left < 0 ? refuse() : change(edit)
  }
  return copy
}

describe('places counted by one writer', () => {
  it('are found again among what others put in and took out', () => {
    const drift = new Drift()
    const [alone, both] = [{ text: 'abcdef' }, { text: 'abcdef' }]
    const ours = (edit: Splice) => {
      both.text = apply(both.text, { ...edit, at: drift.now(edit.at) })
      alone.text = apply(alone.text, edit)
      drift.ours(edit)
    }
    const theirs = (edit: Splice) => {
      both.text = apply(both.text, edit)
      drift.theirs(edit)
    }
    ours({ at: 3, remove: 0, insert: '1' })
    theirs({ at: 0, remove: 0, insert: 'XY' })
    ours({ at: 4, remove: 0, insert: '2' })
    theirs({ at: both.text.length, remove: 0, insert: 'Z' })
    ours({ at: 5, remove: 0, insert: '3' })
    theirs({ at: 1, remove: 1, insert: '' })
    ours({ at: 6, remove: 0, insert: '4' })
    expect(alone.text).toBe('abc1234def')
    expect(both.text).toBe('Xabc1234defZ')
  })
})

describe('a long paste while another writes', () => {
  it('comes whole into a field, in portions with the words of the other around it', async () => {
    const mine = Copy.of('басы соңы').another('aa')
    const other = mine.another('bb')
    const target = document.body.appendChild(document.createElement('div'))
    const drawn = mount(Cell, { target, props: { live: new LiveCopy(mine).asDocument(), path: PATH, label: 'Өріс' } })
    flushSync()
    const field = target.querySelector('textarea') as HTMLTextAreaElement
    field.focus()
    field.setRangeText(LONG, 5, 5, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
    expect(textAt(mine.doc(), PATH).length).toBeLessThan(LONG.length)
    other.change((draft) => A.splice(draft as A.Doc<unknown>, PATH, 0, 0, 'АЛДЫНДА '))
    other.change((draft) => A.splice(draft as A.Doc<unknown>, PATH, 17, 0, ' СОҢЫНДА'))
    mine.take(other.since(A.getHeads(mine.another('cc').doc()).filter(() => false)))
    flushSync()
    const whole = `АЛДЫНДА басы ${LONG}соңы СОҢЫНДА`
    await until(() => textAt(mine.doc(), PATH).length === whole.length)
    await until(() => field.value.length === whole.length)
    expect(textAt(mine.doc(), PATH)).toBe(whole)
    expect(field.value).toBe(whole)
    void unmount(drawn)
  }, 120_000)

  it('comes whole into a rich text, and the editor shows both in the end', async () => {
    const mine = Copy.of('басы').another('aa')
    const other = mine.another('bb')
    const view = richEditor(mine)
    pasteLong(view)
    expect(textAt(mine.doc(), PATH).length).toBeLessThan(LONG.length)
    other.change((draft) => A.splice(draft as A.Doc<unknown>, PATH, 4, 0, ' СОҢЫНДА'))
    mine.take(other.since([]))
    await until(() => shown(richAdapter, mine, PATH).eq(view.state.doc) && view.state.doc.textContent.length >= LONG.length + 12)
    const text = view.state.doc.textContent
    expect(text.length).toBe(LONG.length + 'басы СОҢЫНДА'.length)
    expect(text).toContain('СОҢЫНДА')
    view.destroy()
  }, 120_000)
})

describe('a long paste that is not written to its end', () => {
  afterEach(() => (unwritten.title = undefined))
  const ways: [string, () => void][] = [
    ['fails', () => { throw new Error('no memory') }],
    ['may not be written any more', () => undefined],
  ]

  it.each(ways)('is told, and the editor shows what the document holds, when it %s', async (_, refuse) => {
    for (const after of [0, 3]) {
      const copy = refusing(Copy.of('басы').another('aa'), after, refuse)
      const told: Parameters<LongWriting>[0][] = []
      const view = richEditor(copy, undefined, (progress) => told.push(progress))
      pasteLong(view)
      await until(() => told.at(-1) === 'halted')
      expect(view.state.doc.eq(shown(richAdapter, copy, PATH))).toBe(true)
      expect(view.state.doc.textContent.length, `of ${LONG.length} letters after ${after} changes`).toBeLessThan(LONG.length)
      expect(view.state.doc.textContent).toContain('басы')
      expect(told.filter((each) => typeof each !== 'string')).toHaveLength(after)
      view.destroy()
    }
  })

  it.each(ways)('is told of a field too, which shows what the document holds, when it %s', async (_, refuse) => {
    const copy = refusing(Copy.of('басы').another('aa'), 2, refuse)
    const target = document.body.appendChild(document.createElement('div'))
    const drawn = mount(Cell, { target, props: { live: new LiveCopy(copy).asDocument(), path: PATH, label: 'Өріс' } })
    flushSync()
    const field = target.querySelector('textarea') as HTMLTextAreaElement
    field.focus()
    field.setRangeText(LONG, 4, 4, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await until(() => unwritten.title !== undefined)
    flushSync()
    expect(field.value).toBe(textAt(copy.doc(), PATH))
    expect(field.value.length).toBe('басы'.length + 2 * LETTERS_IN_A_CHANGE)
    void unmount(drawn)
  })

  it('is not told of one that comes whole', async () => {
    const copy = Copy.of('басы').another('aa')
    const told: Parameters<LongWriting>[0][] = []
    const view = richEditor(copy, undefined, (progress) => told.push(progress))
    pasteLong(view)
    await until(() => told.at(-1) === 'whole')
    expect(view.state.doc.textContent.length).toBe(LONG.length + 'басы'.length)
    view.destroy()
  })
})
