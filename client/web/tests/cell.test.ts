// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { textAt } from '../src/edit/paths'
import Cell from '../src/parts/Cell.svelte'
import { LiveCopy } from './live.svelte'
import { Copy, DELAYS, inOrder, loadAutomerge, PATH, PHRASES, typeTogether, type Person } from './people'

beforeAll(loadAutomerge)

let close: (() => void)[] = []
afterEach(() => {
  for (const one of close.splice(0)) one()
})

describe('two people who write in one cell at once', () => {
  function cell(copy: Copy): HTMLTextAreaElement {
    const live = new LiveCopy(copy)
    const target = document.body.appendChild(document.createElement('div'))
    const drawn = mount(Cell, { target, props: { live: live.asDocument(), path: PATH, label: 'Тақырып' } })
    flushSync()
    close.push(() => void unmount(drawn))
    return target.querySelector('textarea') as HTMLTextAreaElement
  }
  function typeIn(field: HTMLTextAreaElement, letter: string): void {
    field.setRangeText(letter, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
    flushSync()
  }

  it.each(PHRASES)('get their phrases one after the other, however late letters come: %s, %s', (one, other) => {
    for (const before of ['', 'Жоспар '])
      for (const delay of DELAYS) {
        const first = Copy.of(before).another('aa')
        const copies = [first, first.another('bb')]
        const fields = copies.map(cell)
        const places = fields.map(() => before.length)
        const people = copies.map((copy, who) => ({
          copy: {
            doc: copy.doc,
            since: (heads: A.Heads) => copy.since(heads),
            // One window has one field with the focus; each of the two is given it for its own turn.
            take: (changes: Uint8Array[]) => inTurn(who, () => copy.take(changes)),
          },
          phrase: [one, other][who],
          type: (letter: string) => inTurn(who, (field) => typeIn(field, letter)),
        })) as unknown as [Person, Person]
        const inTurn = (who: number, act: (field: HTMLTextAreaElement) => void) => {
          const field = fields[who] as HTMLTextAreaElement
          field.focus()
          field.setSelectionRange(places[who] as number, places[who] as number)
          act(field)
          flushSync()
          places[who] = field.selectionStart
        }
        typeTogether(people, delay)
        for (const [who, field] of fields.entries()) {
          expect(inOrder(before, one, other), `after ${delay} ticks`).toContain(field.value)
          expect(field.value.slice(0, places[who]).endsWith([one, other][who] as string)).toBe(true)
          expect(textAt((copies[who] as Copy).doc(), PATH)).toBe(field.value)
        }
      }
  })

  it('keep what the one typed before the words that the other is replacing', () => {
    const first = Copy.of('бір екі').another('aa')
    const second = first.another('bb')
    const field = cell(first)
    field.focus()
    field.setSelectionRange(4, 7)
    second.change((draft) => A.splice(draft as A.Doc<unknown>, PATH, 4, 0, 'жиырма '))
    first.take(second.since(A.getHeads(first.doc())))
    flushSync()
    expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('екі')
    typeIn(field, 'үш')
    expect(textAt(first.doc(), PATH)).toBe('бір жиырма үш')
  })
})
