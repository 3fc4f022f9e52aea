// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { splitBlock } from 'prosemirror-commands'
import { TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/rich/editor'
import { richAdapter } from '../src/rich/schema'
import { shown } from '../src/rich/sync'
import { Copy, DELAYS, inOrder, loadAutomerge, PATH, PHRASES, typeTogether, type Person } from './people'
import { richEditor } from './rich'

beforeAll(loadAutomerge)

let close: (() => void)[] = []
afterEach(() => {
  for (const one of close.splice(0)) one()
})

function editor(copy: Copy): EditorView {
  const view = richEditor(copy)
  close.push(() => view.destroy())
  return view
}

function choose(view: EditorView, anchor: number, head = anchor): void {
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, anchor, head)))
}
const type = (view: EditorView, text: string) => view.dispatch(view.state.tr.insertText(text))
const words = (view: EditorView) => view.state.doc.textBetween(0, view.state.doc.content.size, '\n')
const chosen = ({ state }: EditorView) => state.doc.textBetween(state.selection.from, state.selection.to)
const beforeCaret = ({ state }: EditorView) => state.doc.textBetween(0, state.selection.from, '\n')

/** Two people with the caret behind the last letter of `text`. */
function pair(text: string): { mine: EditorView; theirs: EditorView; exchange: () => void } {
  const first = Copy.of(text).another('aa')
  const second = first.another('bb')
  const [mine, theirs] = [editor(first), editor(second)]
  for (const view of [mine, theirs]) choose(view, view.state.doc.content.size - 1)
  return {
    mine,
    theirs,
    exchange: () => {
      const [toFirst, toSecond] = [second.since(A.getHeads(first.doc())), first.since(A.getHeads(second.doc()))]
      first.take(toFirst)
      second.take(toSecond)
    },
  }
}
describe('two people who write at the end of one rich text at once', () => {
  it.each(PHRASES)('get their phrases one after the other, however late letters come: %s, %s', (one, other) => {
    for (const before of ['', 'Күн тәртібі. '])
      for (const delay of DELAYS) {
        const first = Copy.of(before).another('aa')
        const copies = [first, first.another('bb')]
        const views = copies.map(editor)
        for (const view of views) choose(view, before.length + 1)
        const people = copies.map((copy, who) => ({
          copy,
          phrase: [one, other][who],
          type: (letter: string) => type(views[who] as EditorView, letter),
        })) as unknown as [Person, Person]
        typeTogether(people, delay)
        for (const [who, view] of views.entries()) {
          expect(inOrder(before, one, other), `after ${delay} ticks`).toContain(words(view))
          expect(beforeCaret(view).endsWith([one, other][who] as string)).toBe(true)
          expect(shown(richAdapter, copies[who] as Copy, PATH).eq(view.state.doc)).toBe(true)
        }
      }
  })

  it('keep each their own words when one of them takes theirs back, and back again', () => {
    // Whose words come first at one place is settled by the names of the two, so each is asked.
    for (const turned of [false, true]) {
      const { mine: first, theirs: second, exchange } = pair('Басы. ')
      const [mine, theirs] = turned ? [second, first] : [first, second]
      const both = (my: string, their: string) => {
        for (let at = 0; at < my.length; at += 1) {
          type(mine, my[at] ?? '')
          type(theirs, their[at] ?? '')
          exchange()
        }
      }
      both('бір', 'БІР')
      const inFront = words(mine) === 'Басы. бірБІР'
      expect(inFront || words(mine) === 'Басы. БІРбір').toBe(true)
      expect(inFront).toBe(turned)
      COMMANDS.undo(mine.state, mine.dispatch)
      exchange()
      expect(words(mine)).toBe('Басы. БІР')
      expect(beforeCaret(mine)).toBe(inFront ? 'Басы. ' : 'Басы. БІР')
      COMMANDS.redo(mine.state, mine.dispatch)
      exchange()
      expect(['Басы. бірБІР', 'Басы. БІРбір']).toContain(words(mine))
      expect(beforeCaret(mine).endsWith('бір')).toBe(true)
      both('үш', 'ҮШ')
      expect(['Басы. бірүшБІРҮШ', 'Басы. БІРҮШбірүш']).toContain(words(mine))
      expect(words(theirs)).toBe(words(mine))
    }
  })
})

describe('a caret in a rich text', () => {
  it('moves with the words around it when others write before it, and not when they write behind it', () => {
    const { mine, theirs, exchange } = pair('бір екі үш')
    choose(mine, 8)
    choose(theirs, 1)
    type(theirs, 'нөл ')
    exchange()
    expect(beforeCaret(mine)).toBe('нөл бір екі')
    choose(theirs, theirs.state.doc.content.size - 1)
    type(theirs, ' төрт')
    exchange()
    expect(beforeCaret(mine)).toBe('нөл бір екі')
    type(mine, '!')
    exchange()
    expect(words(theirs)).toBe('нөл бір екі! үш төрт')
  })

  it('stays in its words when others begin a paragraph behind it or make a heading of its own', () => {
    const { mine, theirs, exchange } = pair('бір екі')
    choose(mine, 4)
    splitBlock(theirs.state, theirs.dispatch)
    exchange()
    expect(words(mine)).toBe('бір екі\n')
    expect(beforeCaret(mine)).toBe('бір')
    choose(theirs, 2)
    COMMANDS.heading(theirs.state, theirs.dispatch)
    exchange()
    expect(mine.state.doc.firstChild?.type.name).toBe('heading')
    expect(beforeCaret(mine)).toBe('бір')
    choose(theirs, 4)
    splitBlock(theirs.state, theirs.dispatch)
    exchange()
    type(mine, '!')
    expect(words(mine)).toBe('бір!\n екі\n')
  })

  it('keeps the mark that is chosen for its next letter', () => {
    const { mine, theirs, exchange } = pair('бір ')
    COMMANDS.bold(mine.state, mine.dispatch)
    type(theirs, 'е')
    exchange()
    type(mine, 'к')
    const bold = mine.state.doc.rangeHasMark(5, 6, richAdapter.schema.mark('strong').type)
    expect([words(mine), bold]).toEqual(['бір ке', true])
  })

  it('that has chosen words chooses none that others put beside them', () => {
    const { mine, theirs, exchange } = pair('бір екі үш')
    for (const [anchor, head] of [[5, 8], [8, 5]] as const) {
      choose(mine, anchor, head)
      choose(theirs, 8)
      type(theirs, 'А')
      choose(theirs, 5)
      type(theirs, 'Ә')
      exchange()
      expect(chosen(mine)).toBe('екі')
      expect(mine.state.selection.anchor < mine.state.selection.head).toBe(anchor < head)
      COMMANDS.undo(theirs.state, theirs.dispatch)
      COMMANDS.undo(theirs.state, theirs.dispatch)
      exchange()
      expect(words(mine)).toBe('бір екі үш')
    }
  })
})
