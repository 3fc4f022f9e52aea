import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import { Repo, type DocHandle } from '@automerge/automerge-repo/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { keep, nameOf, putBack, type KeptItem } from '../src/edit/kept'
import { addItem, moveItem, ordered, removeItem, textAt, word, writeText } from '../src/edit/paths'
import { withActor } from '../src/live/acknowledged'
import { Sitting, missing } from '../src/live/sitting'

const OURS = 'aabbccddeeff00110000000000000001'
const THEIRS = '000000000000000000000000000000ff'

interface Doc {
  title: string
  agenda: Record<string, { order: A.ImmutableString; title: string; minutes: number; notes: string }>
}

beforeAll(async () => {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
})

/** A document of two items open in a tab, the copy another school holds, and what the tab is told of removals. */
function open(): { handle: DocHandle<Doc>; theirs: A.Doc<Doc>; told: KeptItem[] } {
  const start = A.change(A.from({ title: 'Жиналыс', agenda: {} } as never, { actor: '09' }) as unknown as A.Doc<Doc>, (draft) => {
    for (const [index, id] of ['a', 'b'].entries())
      addItem(draft, ['agenda'], id, { title: `item ${id}`, minutes: 10, notes: '' }, ordered(draft.agenda), index)
  })
  const handle = new Repo({ network: [] }).import<Doc>(A.save(start))
  handle.update((doc) => withActor(doc, OURS))
  const told: KeptItem[] = []
  const sitting = new Sitting()
  handle.on('change', (step) => told.push(...sitting.take(step, OURS)))
  return { handle, theirs: A.clone(handle.doc(), { actor: THEIRS }), told }
}

const receive = (handle: DocHandle<Doc>, theirs: A.Doc<Doc>) => handle.update((doc) => A.merge(doc, theirs))
const write = (handle: DocHandle<Doc>, path: A.Prop[], insert: string) => handle.change((draft) => writeText(draft, path, { at: 0, remove: 0, insert }))
const without = (doc: A.Doc<Doc>, id: string) => A.change(doc, (draft) => removeItem(draft, ['agenda'], id))

describe('an item that others remove', () => {
  it('is told of where this tab has written in it, with the words of this tab', () => {
    const { handle, theirs, told } = open()
    const gone = without(theirs, 'a')
    write(handle, ['agenda', 'a', 'title'], 'our new ')
    receive(handle, gone)
    expect(handle.doc().agenda['a']).toBeUndefined()
    expect(told.map(nameOf)).toEqual(['our new item a'])
  })

  it('is not told of where this tab has not written, has only moved it, or removes it itself', () => {
    const { handle, theirs, told } = open()
    write(handle, ['title'], 'I ')
    handle.change((draft) => moveItem(draft, ['agenda'], 'a', ordered(draft.agenda).filter(({ id }) => id !== 'a'), 1))
    receive(handle, without(theirs, 'a'))
    write(handle, ['agenda', 'b', 'title'], 'mine: ')
    handle.change((draft) => removeItem(draft, ['agenda'], 'b'))
    expect(handle.doc().agenda).toEqual({})
    expect(told).toEqual([])
  })

  it('goes without a word where it says nothing', () => {
    const { handle, told } = open()
    handle.change((draft) => addItem(draft, ['agenda'], 'c', { title: '', minutes: 10, notes: '' }, ordered(draft.agenda), 2))
    receive(handle, without(A.clone(handle.doc(), { actor: THEIRS }), 'c'))
    expect(told).toEqual([])
  })

  it('can be put back as it was, and all schools then have it', () => {
    const { handle, theirs, told } = open()
    write(handle, ['agenda', 'a', 'title'], 'our ')
    const gone = without(theirs, 'a')
    receive(handle, gone)
    handle.change((draft) => putBack(draft, told[0] as KeptItem))
    expect(missing(handle.doc(), told[0] as KeptItem)).toBe(false)
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
    const { handle, theirs, told } = open()
    handle.change((draft) => {
      A.splitBlock(draft as never, notes, 0, { type: word('heading'), parents: [], attrs: { level: 2 }, isEmbed: false } as never)
      A.splice(draft as never, notes, 1, 0, 'Said at length')
      A.mark(draft as never, notes, { start: 1, end: 5, expand: 'both' }, 'strong', true)
    })
    const before = A.spans(handle.doc(), notes)
    receive(handle, without(theirs, 'a'))
    handle.change((draft) => putBack(draft, told[0] as KeptItem))
    expect(A.spans(handle.doc(), notes)).toEqual(before)
    const kept = keep(handle.doc(), ['agenda'], 'a') as KeptItem
    handle.change((draft) => removeItem(draft, ['agenda'], 'a'))
    handle.change((draft) => putBack(draft, kept))
    expect(A.spans(handle.doc(), notes)).toEqual(before)
  })

  it('leaves alone what stands in its place, and is called by its first words', () => {
    const { handle } = open()
    const kept = keep(handle.doc(), ['agenda'], 'a') as KeptItem
    write(handle, ['agenda', 'a', 'title'], 'newer ')
    handle.change((draft) => putBack(draft, kept))
    expect(handle.doc().agenda['a']?.title).toBe('newer item a')
    expect(nameOf({ ...kept, fields: { order: word('a0'), title: ' ', notes: '\uFFFCSaid' } })).toBe('Said')
    expect(keep(handle.doc(), ['agenda'], 'none')).toBeUndefined()
  })
})
