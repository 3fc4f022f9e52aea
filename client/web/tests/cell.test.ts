// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { textAt } from '../src/edit/paths'
import { t } from '../src/locale/locale.svelte'
import { named } from '../src/locale/named'
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

describe('a field of one line', () => {
  const REPORT = 'Мұғалімдер кеңесінде екі пікір айтылды. '.repeat(5_000)
  function field(lines: 'one' | 'many', text = 'Кеңес'): { copy: Copy; area: HTMLTextAreaElement; told: () => Element | null } {
    const copy = Copy.of(text).another('aa')
    const target = document.body.appendChild(document.createElement('div'))
    const drawn = mount(Cell, { target, props: { live: new LiveCopy(copy).asDocument(), path: PATH, label: 'Тақырып', lines } })
    flushSync()
    close.push(() => void unmount(drawn))
    return { copy, area: target.querySelector('textarea') as HTMLTextAreaElement, told: () => target.querySelector('[data-testid="line-too-long"]') }
  }
  /** As a browser pastes: it tells what it is about to put in, and puts it in if nobody minds. */
  function paste(area: HTMLTextAreaElement, text: string, tells: 'before' | 'not before' = 'before'): void {
    area.setSelectionRange(area.value.length, area.value.length)
    const asked = new InputEvent('beforeinput', { bubbles: true, cancelable: true, inputType: 'insertFromPaste', data: tells === 'before' ? text : null })
    if (area.dispatchEvent(asked)) {
      area.setRangeText(text, area.value.length, area.value.length, 'end')
      area.dispatchEvent(new Event('input', { bubbles: true }))
    }
    flushSync()
  }

  it.each(['before', 'not before'] as const)('refuses a report at once, says so, and keeps its title, where the browser tells what it puts in %s', (tells) => {
    const { copy, area, told } = field('one')
    const heads = A.getHeads(copy.doc())
    paste(area, REPORT, tells)
    expect([area.value, textAt(copy.doc(), PATH)]).toEqual(['Кеңес', 'Кеңес'])
    expect(A.getHeads(copy.doc()), 'nothing was written, not even in part').toEqual(heads)
    expect(told()?.getAttribute('role')).toBe('alert')
    paste(area, ' туралы', tells)
    expect(textAt(copy.doc(), PATH)).toBe('Кеңес туралы')
    expect(told()).toBeNull()
  })

  it('that is longer already, as a foreign program left it, can be made shorter', () => {
    const long = REPORT.slice(0, 5_000)
    const { copy, area, told } = field('one', long)
    area.setRangeText('', 100, 5_000 - 2_500, 'end')
    area.dispatchEvent(new Event('input', { bubbles: true }))
    flushSync()
    expect([told(), textAt(copy.doc(), PATH)]).toEqual([null, long.slice(0, 100) + long.slice(2_500)])
    paste(area, '!')
    expect(told()).not.toBeNull()
    expect(textAt(copy.doc(), PATH)).toBe(long.slice(0, 100) + long.slice(2_500))
  })

  it('is none that takes long text', () => {
    const { area, told } = field('many')
    paste(area, 'Екі пікір айтылды. '.repeat(200))
    expect([area.value.length, told()]).toEqual([5 + 200 * 19, null])
  })
})

it('a name in lists and labels is the beginning of long words', () => {
  expect([named('  Кеңес '), named(' ')]).toEqual(['Кеңес', t('untitled')])
  expect(named('Екі пікір. '.repeat(10_000)).length).toBeLessThan(250)
})
