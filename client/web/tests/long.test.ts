// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { Fragment, Slice } from 'prosemirror-model'
import { flushSync, mount, unmount } from 'svelte'
import { beforeAll, describe, expect, it } from 'vitest'
import { Drift } from '../src/edit/drift'
import { textAt } from '../src/edit/paths'
import { LETTERS_IN_A_CHANGE } from '../src/edit/portions'
import { apply, type Splice } from '../src/edit/splice'
import Cell from '../src/parts/Cell.svelte'
import { richAdapter } from '../src/rich/schema'
import { shown } from '../src/rich/sync'
import { LiveCopy } from './live.svelte'
import { Copy, loadAutomerge, PATH } from './people'
import { richEditor } from './rich'

beforeAll(loadAutomerge)

const SENTENCE = 'Мұғалімдер кеңесінде екі пікір айтылды. '
const LONG = SENTENCE.repeat(Math.ceil((3.5 * LETTERS_IN_A_CHANGE) / SENTENCE.length))
/** Long enough on any machine; what is waited for comes by itself. */
const WITHIN_MS = 60_000

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + WITHIN_MS
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(holds()).toBe(true)
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
    const { schema } = richAdapter
    const blocks = [LONG.slice(0, 50_000), LONG.slice(50_000)].map((text) => schema.node('paragraph', null, [schema.text(text)]))
    view.dispatch(view.state.tr.replaceSelection(new Slice(Fragment.from(blocks), 1, 1)))
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
