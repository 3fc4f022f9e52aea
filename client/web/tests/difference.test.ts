import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { blank } from '../src/edit/kinds/shape'
import { addItem, moveItem, ordered, removeItem, setPlain, setWord, word, writeText } from '../src/edit/paths'
import { countOf, differencesOf, type Part } from '../src/history/difference'
import { compareRich } from '../src/history/richwords'
import { compare, nearChanges, wordsIn } from '../src/history/words'
import { richAdapter } from '../src/rich/schema'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

const shown = (before: string, after: string) =>
  compare(wordsIn(before), wordsIn(after), (each) => each).map(({ state, of }) => ({ same: of.join(''), removed: `[-${of.join('')}-]`, added: `[+${of.join('')}+]` })[state]).join('')

describe('words', () => {
  it('that went and came are told apart from those that stay', () => {
    expect(shown('Мұғалімдер сабаққа қатысады.', 'Барлық мұғалімдер сабаққа екі рет қатысады!')).toBe(
      '[-Мұғалімдер -][+Барлық мұғалімдер +]сабаққа [+екі рет +]қатысады[-.-][+!+]',
    )
    expect(shown('', 'жаңа')).toBe('[+жаңа+]')
    expect(shown('ескі', '')).toBe('[-ескі-]')
    expect(shown('бір', 'бір')).toBe('бір')
  })

  it('put together again are both texts, whatever became of them', () => {
    const letters = 'аб вг'
    let seed = 7
    const random = (most: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most
    for (let round = 0; round < 300; round += 1) {
      const text = () => Array.from({ length: random(24) }, () => letters[random(5)]).join('')
      const [before, after] = [text(), text()]
      const pieces = compare([...before], [...after], (each) => each)
      const side = (left: string) => pieces.filter(({ state }) => state !== left).flatMap(({ of }) => of).join('')
      expect([side('added'), side('removed')]).toEqual([before, after])
    }
  })

  it('of two texts with nothing in common are gone and come, quickly', () => {
    const [a, b] = ['а', 'б'].map((letter) => Array.from({ length: 20_000 }, (_, index) => `${letter}${index}`))
    const began = performance.now()
    expect(compare(a as string[], b as string[], (each) => each).map(({ state }) => state)).toEqual(['removed', 'added'])
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  it('far from every change are left out', () => {
    const words = Array.from({ length: 100 }, (_, index) => `w${index}`)
    const pieces = nearChanges(compare(words, [...words.slice(0, 50), 'new', ...words.slice(50)], (each) => each), 3)
    expect(pieces.map((piece) => piece?.of.join(' '))).toEqual([undefined, 'w47 w48 w49', 'new', 'w50 w51 w52', undefined])
  })
})

const block = (type: string): A.Span => ({ type: 'block', value: { type: word(type), parents: [], attrs: {}, isEmbed: false } })
const text = (value: string, marks?: A.MarkSet): A.Span => ({ type: 'text', value, ...(marks ? { marks } : {}) })

describe('a rich text', () => {
  it('shows its blocks, which came, went or became another kind, and its words in them', () => {
    const blocks = compareRich(
      [block('paragraph'), text('бір екі'), block('paragraph'), text('үш')],
      [block('heading'), text('бір екі'), block('paragraph'), text('үш'), block('unordered-list-item'), text('төрт')],
    )
    expect(blocks.map(({ state, type, runs }) => `${state} ${type}: ${runs.map((run) => `${run.state} ${run.text}`).join(', ')}`)).toEqual([
      'turned heading: same бір екі',
      'same paragraph: same үш',
      'added unordered-list-item: added төрт',
    ])
  })

  it('shows a word that was made bold as changed', () => {
    const [only] = compareRich([text('бір екі')], [text('бір '), text('екі', { strong: true })])
    expect(only?.runs).toEqual([
      { state: 'same', text: 'бір ', marks: [] },
      { state: 'removed', text: 'екі', marks: [] },
      { state: 'added', text: 'екі', marks: ['strong'] },
    ])
  })
})

describe('the difference of two states', () => {
  function plan(): A.Doc<unknown> {
    let doc: A.Doc<unknown> = A.from<Record<string, unknown>>({ kind: word('plan'), schema: 2, title: 'Жоспар', vision: '', period: { from: word(''), to: word('') }, actions: {}, goals: {} })
    for (const id of ['a', 'b', 'c'])
      doc = A.change(doc, (draft) => addItem(draft, ['actions'], id, blank('plan', 'actions', { what: `іс ${id}` }), ordered((doc as { actions: Record<string, unknown> }).actions), 9))
    return doc
  }
  const say = (parts: Part[]) =>
    parts.flatMap(({ field, fields, items }) => [
      ...fields.map(({ path, contents }) => `${field.name}: ${path.join('.')} ${contents.is}`),
      ...items.map(({ id, state, moved, fields }) => `${id} ${state}${moved ? ` ${moved.from}>${moved.to}` : ''} ${fields.map((each) => each.field.name).join()}`.trim()),
    ])

  it('names each field, and each item that came, went, moved or was changed within', () => {
    const before = plan()
    const heads = A.getHeads(before)
    const after = A.change(before, (draft: unknown) => {
      writeText(draft, ['title'], { at: 6, remove: 0, insert: ' 2027' })
      A.updateSpans(draft as A.Doc<unknown>, ['vision'], [block('heading'), text('Пайым')], richAdapter.updateSpansConfig())
      setWord(draft, ['period', 'from'], '2026-09-01')
      setWord(draft, ['actions', 'b', 'status'], 'done')
      removeItem(draft, ['actions'], 'c')
      addItem(draft, ['actions'], 'd', blank('plan', 'actions', { what: 'іс d' }), [], 0)
    })
    const old = A.view(after, heads)
    expect(say(differencesOf('plan', old, after))).toEqual(['title: title words', 'period: period.from value', 'vision: vision rich', 'd added what', 'b kept status', 'c removed what'])
    expect(countOf(differencesOf('plan', old, after))).toBe(6)
    expect(differencesOf('plan', after, after)).toEqual([])
  })

  it('names as moved only what changed its place among those that stayed', () => {
    const before = plan()
    const heads = A.getHeads(before)
    const others = ordered((before as { actions: Record<string, unknown> }).actions).filter(({ id }) => id !== 'c')
    const after = A.change(before, (draft: unknown) => moveItem(draft, ['actions'], 'c', others, 0))
    expect(say(differencesOf('plan', A.view(after, heads), after))).toEqual(['c kept 3>1'])
  })

  it('reads what an older schema lacks as empty', () => {
    const before = plan()
    const heads = A.getHeads(before)
    const after = A.change(before, (draft) => Object.assign(draft as object, { judgements: {}, worked: '', template: false, step: word('self_evaluation') }))
    expect(differencesOf('plan', A.view(after, heads), after)).toEqual([])
    const more = A.change(after, (draft: unknown) => {
      addItem(draft, ['judgements'], 'j', blank('plan', 'judgements', { asked: 'Неге?' }), [], 0)
      setPlain(draft, ['judgements', 'j', 'rating'], 3)
    })
    expect(say(differencesOf('plan', A.view(more, heads), more))).toEqual(['j added asked,rating'])
  })
})
