// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { TextSelection } from 'prosemirror-state'
import { beforeAll, expect, it } from 'vitest'
import { showOthers, spotOf } from '../src/rich/carets'
import { richAdapter } from '../src/rich/schema'
import type { Other } from '../src/live/others.svelte'
import { Copy, loadAutomerge, PATH } from './people'
import { richEditor } from './rich'

beforeAll(loadAutomerge)

const other = (spot: { from: string; to: string }): Other => ({ ...spot, tab: 't', field: 'text', name: 'Айгүл', school: '3'.repeat(64) })

it('a caret told by one is drawn by the other at its letter, also after words were put before it', () => {
  const first = Copy.of('бір екі үш').another('aa')
  const second = first.another('bb')
  const [mine, theirs] = [richEditor(first), richEditor(second)]
  for (const place of [1, 5, 8, mine.state.doc.content.size - 1]) {
    mine.dispatch(mine.state.tr.setSelection(TextSelection.create(mine.state.doc, place)))
    const spot = spotOf(richAdapter, first.doc(), PATH, mine.state)
    expect(spot).toBeDefined()
    showOthers(richAdapter, theirs, second.doc(), PATH, [other(spot as { from: string; to: string })])
    const caret = theirs.dom.querySelector('.caret')
    expect((caret as HTMLElement).dataset['name']).toBe('Айгүл')
    expect(theirs.posAtDOM(caret as Element, 0)).toBe(place)
  }
  mine.dispatch(mine.state.tr.setSelection(TextSelection.create(mine.state.doc, 5, 8)))
  const chosen = spotOf(richAdapter, first.doc(), PATH, mine.state) as { from: string; to: string }
  theirs.dispatch(theirs.state.tr.insertText('нөл ', 1))
  showOthers(richAdapter, theirs, second.doc(), PATH, [other(chosen)])
  expect(theirs.dom.querySelector('.chosen')?.textContent).toBe('екі')
  showOthers(richAdapter, theirs, second.doc(), PATH, [])
  expect(theirs.dom.querySelector('.caret')).toBeNull()
})

it('a cursor that leads nowhere is not drawn, and a name is shown as text', () => {
  const copy = Copy.of('бір').another('aa')
  const view = richEditor(copy)
  showOthers(richAdapter, view, copy.doc(), PATH, [other({ from: '99@ff', to: 'nonsense' })])
  expect(view.dom.querySelector('.caret')).toBeNull()
  const spot = A.getCursor(copy.doc(), PATH, 1)
  showOthers(richAdapter, view, copy.doc(), PATH, [{ ...other({ from: spot, to: spot }), name: '<img src=x onerror=alert(1)>' }])
  expect(view.dom.querySelector('img')).toBeNull()
  expect(view.dom.querySelector<HTMLElement>('.caret')?.dataset['name']).toBe('<img src=x onerror=alert(1)>')
})
