import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { Copies } from '../src/data/copies'
import { fromText, keep, nameOf, toText, type KeptItem } from '../src/edit/kept'
import { addItem, moveItem, ordered, removeItem, textAt, word, writeText } from '../src/edit/paths'
import { lost, putBack } from '../src/edit/putback'
import { Handle } from '../src/live/handle'
import { Sitting } from '../src/live/sitting'
import { browser, copiesIn } from './browser'

const OURS = 'aabbccddeeff00110000000000000001'
const THEIRS = '000000000000000000000000000000ff'

interface Doc {
  title: string
  agenda: Record<string, { order: A.ImmutableString; title: string; minutes: number; notes: string }>
}

beforeAll(async () => {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
})

const NOW = Date.parse('2026-11-01')

interface Tab {
  handle: Handle<Doc>
  sitting: Sitting
}

/** A tab that opens `start` in a browser where the person may have written before. */
function openTab(start: A.Doc<Doc>, keeping: Storage, actor = OURS): Tab {
  const handle = new Handle('document', A.load<Doc>(A.save(start), { actor }))
  const sitting = new Sitting(new Copies(keeping, 'person', 'document'))
  sitting.resume(handle.doc(), NOW)
  handle.on('change', (step) => sitting.take(step, actor, NOW))
  return { handle, sitting }
}

/** A document of two items open in a tab, and the copy another school holds. */
function open(): Tab & { theirs: A.Doc<Doc>; keeping: Storage } {
  const start = A.change(A.from({ kind: word('meeting'), title: 'Жиналыс', agenda: {} } as never, { actor: '09' }) as unknown as A.Doc<Doc>, (draft) => {
    for (const [index, id] of ['a', 'b'].entries())
      addItem(draft, ['agenda'], id, { title: `item ${id}`, minutes: 10, notes: '' }, ordered(draft.agenda), index)
  })
  const keeping = browser()
  return { ...openTab(start, keeping), theirs: A.clone(start, { actor: THEIRS }), keeping }
}

/** The same person in the same browser, later: the former tab is gone. */
const reopen = ({ handle, sitting, keeping }: Tab & { keeping: Storage }, doc: A.Doc<Doc> = handle.doc()): Tab => {
  sitting.save(handle.doc(), NOW)
  return openTab(doc, keeping, 'aabbccddeeff00110000000000000002')
}

const receive = (handle: Handle<Doc>, theirs: A.Doc<Doc>) => handle.update((doc) => A.merge(doc, theirs))
const write = (handle: Handle<Doc>, path: A.Prop[], insert: string) => handle.change((draft) => writeText(draft, path, { at: 0, remove: 0, insert }))
const without = (doc: A.Doc<Doc>, id: string) => A.change(doc, (draft) => removeItem(draft, ['agenda'], id))
const place = (id: string) => ({ path: ['agenda'], id })
const names = ({ removed }: Sitting) => removed.map(nameOf)
const pressPutBack = ({ handle, sitting }: Tab) => {
  const kept = sitting.removed[0] as KeptItem
  handle.change((draft) => putBack(draft, kept))
  sitting.letBe(kept)
}
/** Another school removes an item and puts it back at once, with the words it had there. */
const removedAndPutBack = (doc: A.Doc<Doc>, id: string) => {
  const kept = keep(doc, place(id)) as KeptItem
  return A.change(without(doc, id), (draft) => putBack(draft, kept))
}

describe('an item that others remove', () => {
  it('is told of where this tab has written in it, with the words of this tab', () => {
    const { handle, theirs, sitting } = open()
    const gone = without(theirs, 'a')
    write(handle, ['agenda', 'a', 'title'], 'our new ')
    receive(handle, gone)
    expect(handle.doc().agenda['a']).toBeUndefined()
    expect(names(sitting)).toEqual(['our new item a'])
  })

  it('is not told of where this tab has not written, has only moved it, or removes it itself', () => {
    const { handle, theirs, sitting } = open()
    write(handle, ['title'], 'I ')
    handle.change((draft) => moveItem(draft, ['agenda'], 'a', ordered(draft.agenda).filter(({ id }) => id !== 'a'), 1))
    receive(handle, without(theirs, 'a'))
    write(handle, ['agenda', 'b', 'title'], 'mine: ')
    handle.change((draft) => removeItem(draft, ['agenda'], 'b'))
    expect(handle.doc().agenda).toEqual({})
    expect(names(sitting)).toEqual([])
  })

  it('goes without a word where it says nothing', () => {
    const { handle, sitting } = open()
    handle.change((draft) => addItem(draft, ['agenda'], 'c', { title: '', minutes: 10, notes: '' }, ordered(draft.agenda), 2))
    receive(handle, without(A.clone(handle.doc(), { actor: THEIRS }), 'c'))
    expect(names(sitting)).toEqual([])
  })

  it('can be put back as it was, and all schools then have it', () => {
    const { handle, theirs, sitting } = open()
    write(handle, ['agenda', 'a', 'title'], 'our ')
    const gone = without(theirs, 'a')
    receive(handle, gone)
    const kept = sitting.removed[0] as KeptItem
    expect(lost(handle.doc(), kept)).toBe(true)
    pressPutBack({ handle, sitting })
    expect(lost(handle.doc(), kept)).toBe(false)
    expect(sitting.removed).toEqual([])
    const both = A.merge(A.clone(gone), handle.doc())
    expect(ordered(both.agenda).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(both.agenda['a']).toMatchObject({ title: 'our item a', minutes: 10 })
    expect(both.agenda['a']?.order).toBeInstanceOf(A.ImmutableString)
    write(handle, ['agenda', 'a', 'title'], 'again ')
    expect(textAt(handle.doc(), ['agenda', 'a', 'title'])).toBe('again our item a')
  })
})

describe('an item kept to be put back', () => {
  const notes = ['agenda', 'a', 'notes']

  it('keeps the shape of its texts, also where somebody else removed it', () => {
    const { handle, theirs, sitting } = open()
    handle.change((draft) => {
      A.splitBlock(draft as never, notes, 0, { type: word('heading'), parents: [], attrs: { level: 2 }, isEmbed: false } as never)
      A.splice(draft as never, notes, 1, 0, 'Said at length')
      A.mark(draft as never, notes, { start: 1, end: 5, expand: 'both' }, 'strong', true)
    })
    const before = A.spans(handle.doc(), notes)
    receive(handle, without(theirs, 'a'))
    pressPutBack({ handle, sitting })
    expect(A.spans(handle.doc(), notes)).toEqual(before)
    const kept = keep(handle.doc(), place('a')) as KeptItem
    handle.change((draft) => removeItem(draft, ['agenda'], 'a'))
    handle.change((draft) => putBack(draft, kept))
    expect(A.spans(handle.doc(), notes)).toEqual(before)
  })

  it('leaves alone what stands in its place, and is called by its first words', () => {
    const { handle } = open()
    const kept = keep(handle.doc(), place('a')) as KeptItem
    write(handle, ['agenda', 'a', 'title'], 'newer ')
    handle.change((draft) => putBack(draft, kept))
    expect(handle.doc().agenda['a']?.title).toBe('newer item a')
    expect(nameOf({ ...kept, fields: { order: word('a0'), title: ' ', notes: '\uFFFCSaid' } })).toBe('Said')
    expect(keep(handle.doc(), place('none'))).toBeUndefined()
  })
})

describe('a removed item whose writer has left the page', () => {
  it('is told of when they open the document again', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    const later = reopen(tab, A.merge(A.clone(tab.handle.doc()), without(tab.theirs, 'a')))
    expect(names(later.sitting)).toEqual(['item a'])
    pressPutBack(later)
    expect(later.handle.doc().agenda['a']).toMatchObject({ title: 'item a', notes: 'ALPHA', minutes: 10 })
    expect(later.handle.doc().agenda['a']?.order).toBeInstanceOf(A.ImmutableString)
  })

  it('is told of when it was removed in a later sitting, without a word written in that one', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    const later = reopen(tab)
    expect(names(later.sitting)).toEqual([])
    receive(later.handle, without(tab.theirs, 'a'))
    expect(names(later.sitting)).toEqual(['item a'])
  })

  it('is told of until they decide, however often they come back', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    receive(tab.handle, without(tab.theirs, 'a'))
    const later = reopen(tab)
    expect(names(later.sitting)).toEqual(['item a'])
    expect(names(reopen({ ...tab, ...later }).sitting)).toEqual(['item a'])
    later.sitting.letBe(later.sitting.removed[0] as KeptItem)
    expect(names(reopen({ ...tab, ...later }).sitting)).toEqual([])
    expect(copiesIn(tab.keeping)).toBe(0)
  })

  it('is theirs to remove without being asked later', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    tab.sitting.save(tab.handle.doc(), NOW)
    expect(copiesIn(tab.keeping)).toBe(1)
    tab.handle.change((draft) => removeItem(draft, ['agenda'], 'a'))
    expect(names(reopen(tab).sitting)).toEqual([])
    expect(copiesIn(tab.keeping)).toBe(0)
  })

  it('was removed by nobody where the node has refused it', () => {
    const tab = open()
    const confirmed = A.clone(tab.handle.doc())
    tab.handle.change((draft) => addItem(draft, ['agenda'], 'c', { title: 'refused', minutes: 10, notes: '' }, ordered(draft.agenda), 2))
    tab.sitting.save(tab.handle.doc(), NOW)
    expect(copiesIn(tab.keeping)).toBe(1)
    tab.sitting.refused(confirmed, OURS)
    expect(names(reopen(tab, confirmed).sitting)).toEqual([])
  })
})

describe('an item that comes back with other words', () => {
  it('is offered on, and putting back brings the words into it without taking any away', () => {
    const tab = open()
    const { handle, sitting } = tab
    write(handle, ['agenda', 'a', 'notes'], 'ALPHA')
    const gone = without(tab.theirs, 'a')
    receive(handle, gone)
    const back = A.change(gone, (draft) => putBack(draft, keep(tab.theirs, place('a')) as KeptItem))
    const theirs = A.change(back, (draft) => {
      writeText(draft, ['agenda', 'a', 'notes'], { at: 0, remove: 0, insert: 'BETA' })
      writeText(draft, ['agenda', 'a', 'title'], { at: 0, remove: 0, insert: 'their ' })
    })
    receive(handle, theirs)
    expect(handle.doc().agenda['a']?.notes).toBe('BETA')
    expect(names(sitting)).toEqual(['item a'])
    expect(names(reopen(tab).sitting)).toEqual(['item a'])
    pressPutBack(tab)
    expect(A.spans(handle.doc(), ['agenda', 'a', 'notes']).map((span) => span.value)).toEqual(['BETA', expect.objectContaining({ parents: [] }), 'ALPHA'])
    expect(handle.doc().agenda['a']?.title, 'what only they wrote stays').toBe('their item a')
    expect(names(sitting)).toEqual([])
    expect(names(reopen(tab).sitting)).toEqual([])
  })

  it('is noticed where its removal and its coming back are heard of at once, also after coming back to the page', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    tab.sitting.save(tab.handle.doc(), NOW)
    const before = A.clone(tab.handle.doc())
    const theirs = removedAndPutBack(tab.theirs, 'a')
    receive(tab.handle, theirs)
    expect(names(tab.sitting)).toEqual(['item a'])
    expect(names(openTab(A.merge(before, theirs), tab.keeping).sitting)).toEqual(['item a'])
  })

  it('is not spoken of where the words stand in it, and is theirs again when it is removed once more', () => {
    const tab = open()
    const { handle, sitting } = tab
    write(handle, ['agenda', 'a', 'notes'], 'ALPHA')
    const seen = A.clone(handle.doc(), { actor: THEIRS })
    const gone = without(seen, 'a')
    receive(handle, gone)
    expect(names(sitting)).toEqual(['item a'])
    const back = A.change(gone, (draft) => putBack(draft, keep(seen, place('a')) as KeptItem))
    receive(handle, back)
    expect(names(sitting)).toEqual([])
    expect(names(reopen(tab).sitting)).toEqual([])
    receive(handle, without(back, 'a'))
    expect(names(sitting)).toEqual(['item a'])
  })

  it('is not spoken of where others have changed the words in the item itself', () => {
    const tab = open()
    write(tab.handle, ['agenda', 'a', 'notes'], 'ALPHA')
    const seen = A.clone(tab.handle.doc(), { actor: THEIRS })
    receive(tab.handle, A.change(seen, (draft) => writeText(draft, ['agenda', 'a', 'notes'], { at: 0, remove: 5, insert: 'other' })))
    expect(names(tab.sitting)).toEqual([])
    expect(names(reopen(tab).sitting)).toEqual([])
  })

  it('keeps both: words that add to what stands there go where they were, other words stand below, values are set', () => {
    const { handle, theirs } = open()
    const put = (written: string[], fields: Record<string, unknown>) => {
      const kept = keep(handle.doc(), place('a'), written) as KeptItem
      handle.change((draft) => putBack(draft, { ...kept, object: 'earlier', fields: { ...kept.fields, ...fields } }))
      return handle.doc().agenda['a']
    }
    receive(handle, theirs)
    expect(put(['title', 'minutes'], { title: 'our item a', minutes: 25 })).toMatchObject({ title: 'our item a', minutes: 25 })
    expect(put(['title'], { title: 'another item' })?.title).toBe('our item a\nanother item')
    expect(put(['title'], { title: 'item a' })?.title, 'what stands there already').toBe('our item a\nanother item')
  })
})

/** A plan of one priority, one goal and two actions, open in a tab, and the copy another school holds. */
function openPlan(): Tab & { theirs: A.Doc<Doc>; keeping: Storage } {
  const start = A.change(A.from({ title: 'Жоспар', priorities: {}, goals: {}, actions: {} } as never, { actor: '09' }) as unknown as A.Doc<Doc>, (draft) => {
    addItem(draft, ['priorities'], 'p', { title: 'priority', reason: 'because' }, [], 0)
    addItem(draft, ['goals'], 'g', { priority: word('p'), title: 'goal', success: 'criterion' }, [], 0)
    for (const id of ['a', 'b']) addItem(draft, ['actions'], id, { goal: word('g'), what: `action ${id}`, status: word('planned') }, [], 0)
  })
  const keeping = browser()
  return { ...openTab(start, keeping), theirs: A.clone(start, { actor: THEIRS }), keeping }
}

type Plan = Record<'priorities' | 'goals' | 'actions', Record<string, Record<string, unknown>>>
const planOf = ({ handle }: Tab) => handle.doc() as unknown as Plan
const withoutAny = (doc: A.Doc<Doc>, ...places: [string, string][]) =>
  A.change(doc, (draft) => {
    for (const [map, id] of places) removeItem(draft, [map], id)
  })

describe('an item that others remove from above what the person wrote', () => {
  it('is told of as if they had written in it, and comes back with all it had', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    receive(tab.handle, withoutAny(tab.theirs, ['goals', 'g']))
    expect(names(tab.sitting)).toEqual(['goal'])
    expect(tab.sitting.removed[0]?.written).toEqual([])
    pressPutBack(tab)
    expect(planOf(tab).goals['g']).toMatchObject({ title: 'goal', success: 'criterion' })
    expect(textAt(tab.handle.doc(), ['goals', 'g', 'priority'])).toBe('p')
    expect(planOf(tab).actions['a']?.['what']).toBe('our action a')
    expect(names(tab.sitting)).toEqual([])
  })

  it('is told of however far above it stood, each by itself, also after coming back to the page', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    const gone = withoutAny(tab.theirs, ['goals', 'g'], ['priorities', 'p'])
    const later = reopen(tab, A.merge(A.clone(tab.handle.doc()), gone))
    expect(names(later.sitting).sort()).toEqual(['goal', 'priority'])
    receive(tab.handle, gone)
    expect(names(tab.sitting).sort()).toEqual(['goal', 'priority'])
    const again = reopen(tab)
    pressPutBack(again)
    pressPutBack(again)
    expect(planOf(again)).toMatchObject({ goals: { g: { title: 'goal' } }, priorities: { p: { title: 'priority', reason: 'because' } } })
    expect(names(reopen({ ...tab, ...again }).sitting)).toEqual([])
  })

  it('is kept as it stood last, with what others wrote in it meanwhile', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    tab.sitting.save(tab.handle.doc(), NOW)
    const renamed = A.change(tab.theirs, (draft) => writeText(draft, ['goals', 'g', 'title'], { at: 0, remove: 0, insert: 'their ' }))
    receive(tab.handle, renamed)
    const later = reopen(tab, A.merge(A.clone(tab.handle.doc()), withoutAny(renamed, ['goals', 'g'])))
    expect(names(later.sitting)).toEqual(['their goal'])
  })

  it('is told of together with what stood under it, where both are removed', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    const gone = withoutAny(tab.theirs, ['actions', 'a'])
    receive(tab.handle, gone)
    receive(tab.handle, withoutAny(gone, ['goals', 'g']))
    expect(names(tab.sitting)).toEqual(['our action a', 'goal'])
  })

  it('is told of without a name of its own, for the words are under it', () => {
    const tab = openPlan()
    const nameless = A.change(tab.theirs, (draft) => {
      for (const [field, remove] of [['title', 4], ['success', 9]] as const) writeText(draft, ['goals', 'g', field], { at: 0, remove, insert: '' })
    })
    receive(tab.handle, nameless)
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    receive(tab.handle, withoutAny(nameless, ['goals', 'g']))
    expect(names(tab.sitting)).toEqual([''])
  })

  it('is not told of where they wrote under it no longer, wrote elsewhere, or removed it themselves', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    tab.handle.change((draft) => removeItem(draft, ['actions'], 'a'))
    receive(tab.handle, withoutAny(tab.theirs, ['goals', 'g']))
    expect(names(tab.sitting)).toEqual([])
    expect(copiesIn(tab.keeping)).toBe(0)

    const other = openPlan()
    write(other.handle, ['priorities', 'p', 'title'], 'our ')
    receive(other.handle, withoutAny(other.theirs, ['goals', 'g']))
    expect(names(other.sitting)).toEqual([])

    const own = openPlan()
    write(own.handle, ['actions', 'a', 'what'], 'our ')
    own.handle.change((draft) => removeItem(draft, ['goals'], 'g'))
    expect(names(own.sitting)).toEqual([])
    expect(names(reopen(own).sitting)).toEqual([])
  })

  it('is not spoken of once somebody has put it back', () => {
    const tab = openPlan()
    write(tab.handle, ['actions', 'a', 'what'], 'our ')
    const gone = withoutAny(tab.theirs, ['goals', 'g'])
    receive(tab.handle, gone)
    const back = A.change(gone, (draft) => putBack(draft, keep(tab.theirs, { path: ['goals'], id: 'g' }) as KeptItem))
    receive(tab.handle, back)
    expect(names(tab.sitting)).toEqual([])
    receive(tab.handle, withoutAny(back, ['goals', 'g']))
    expect(names(tab.sitting), 'and again when it goes once more').toEqual(['goal'])
  })
})

describe('a kept item as one string', () => {
  it('comes back as it was, with scalars and shapes; anything else comes back as nothing', () => {
    const { handle } = open()
    handle.change((draft) => {
      A.splitBlock(draft as never, ['agenda', 'a', 'notes'], 0, { type: word('heading'), parents: [], attrs: { level: 2 }, isEmbed: false } as never)
    })
    const kept = keep(handle.doc(), place('a'), ['notes']) as KeptItem
    expect(fromText(toText(kept))).toEqual(kept)
    for (const text of ['', 'null', '[]', '{"id":1}', toText({ ...kept, written: [1] as never }), toText(kept).slice(1)]) expect(fromText(text)).toBeUndefined()
  })
})
