import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import { beforeAll, describe, expect, it } from 'vitest'
import { addItem, moveItem, ordered, removeItem, setWord, textAt, word, writeText } from '../src/edit/paths'
import { Unsent } from '../src/away/unsent'
import { wordsBeyond } from '../src/live/acknowledged'
import { Handle } from '../src/live/handle'

const OURS = 'aabbccddeeff00110000000000000001'

beforeAll(async () => {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
})

interface Doc {
  title: string
  status: A.ImmutableString
  items: Record<string, { order: A.ImmutableString; name: string }>
}

/** Always the same change: with the time of the clock in it, two beginnings would differ where a second passes between them. */
function fresh(): A.Doc<Doc> {
  const empty = A.init<Doc>({ actor: '00000000000000000000000000000009' })
  return A.change(empty, { time: 0 }, (draft) => void Object.assign(draft, { title: 'жоспар', status: new A.ImmutableString('planned'), items: {} }))
}

describe('the actor that the node gives', () => {
  it('writes every change of a document that a tab holds, from the first', () => {
    const handle = new Handle('document', A.load<Doc>(A.save(fresh()), { actor: OURS }))
    handle.change((doc) => writeText(doc, ['title'], { at: 6, remove: 0, insert: 'ы' }))
    handle.change((doc) => setWord(doc, ['status'], 'done'))
    expect(A.getActorId(handle.doc())).toBe(OURS)
    const actors = A.getChangesMetaSince(handle.doc(), []).map((change) => change.actor)
    expect(actors.slice(-2)).toEqual([OURS, OURS])
    expect(handle.doc().title).toBe('жоспары')
  })

  it('stays the writer after changes of others have come in', () => {
    const start = fresh()
    const theirs = A.change(A.clone(start, { actor: '000000000000000000000000000000ff' }), (doc) => A.splice(doc, ['title'], 0, 0, 'біздің '))
    let ours = A.change(A.clone(start, { actor: OURS }), (doc) => A.splice(doc, ['title'], 6, 0, 'ы'))
    ours = A.merge(ours, theirs)
    ours = A.change(ours, (doc) => A.splice(doc, ['title'], 0, 0, '!'))
    expect(A.getActorId(ours)).toBe(OURS)
    expect(ours.title).toBe('!біздің жоспары')
  })
})

/** How many changes of `actor` the node has not confirmed, by its heads. */
function unconfirmed(doc: A.Doc<Doc>, actor: string, nodeHeads: string[]): number {
  const unsent = new Unsent(undefined, 'document', () => {})
  unsent.begin(actor, () => doc, () => '')
  return unsent.count(doc, nodeHeads)
}

describe('what the node has confirmed', () => {
  it('is nothing of ours until its heads contain our changes, and all of it once they do', () => {
    const start = A.clone(fresh(), { actor: OURS })
    const one = A.change(start, (doc) => A.splice(doc, ['title'], 0, 0, 'a'))
    const two = A.change(one, (doc) => A.splice(doc, ['title'], 0, 0, 'b'))
    expect(unconfirmed(two, OURS, A.getHeads(start))).toBe(2)
    expect(unconfirmed(two, OURS, A.getHeads(one))).toBe(1)
    expect(unconfirmed(two, OURS, A.getHeads(two))).toBe(0)
  })

  it('leaves over exactly the words that it has not got', () => {
    const start = A.clone(fresh(), { actor: OURS })
    const one = A.change(start, (doc) => A.splice(doc, ['title'], 6, 0, ' бір'))
    const two = A.change(one, (doc) => A.splice(doc, ['title'], 10, 0, ' екі'))
    expect(wordsBeyond(two, A.getHeads(start))).toBe('бір екі')
    expect(wordsBeyond(two, A.getHeads(one))).toBe('екі')
    expect(wordsBeyond(two, A.getHeads(two))).toBe('')
  })

  it('does not count what others wrote, and skips heads we have not got', () => {
    const start = A.clone(fresh(), { actor: OURS })
    const mine = A.change(start, (doc) => A.splice(doc, ['title'], 0, 0, 'a'))
    const theirs = A.change(A.clone(start, { actor: 'ff' }), (doc) => A.splice(doc, ['title'], 0, 0, 'z'))
    const merged = A.merge(A.clone(mine, { actor: OURS }), theirs)
    expect(unconfirmed(merged, OURS, A.getHeads(mine))).toBe(0)
    expect(unconfirmed(merged, OURS, A.getHeads(theirs))).toBe(1)
    expect(unconfirmed(mine, OURS, [...A.getHeads(start), ...A.getHeads(theirs)])).toBe(1)
  })
})

describe('edits of a document', () => {
  it('write text objects as text and closed lists as scalars', () => {
    const doc = A.change(fresh(), (draft) => {
      setWord(draft, ['status'], 'done')
      addItem(draft, ['items'], 'x', { name: '', due: word('') }, [], 0)
      writeText(draft, ['items', 'x', 'name'], { at: 0, remove: 0, insert: 'Сабақ' })
    })
    expect(doc.status).toBeInstanceOf(A.ImmutableString)
    expect(doc.items['x']?.order).toBeInstanceOf(A.ImmutableString)
    expect(doc.items['x']?.name).toBe('Сабақ')
  })

  it('make no change where the value is the same', () => {
    const doc = fresh()
    expect(A.getHeads(A.change(doc, (draft) => setWord(draft, ['status'], 'planned')))).toEqual(A.getHeads(doc))
  })

  it('merge with a move by somebody else', () => {
    let base = A.change(fresh(), (draft) => {
      for (const [index, id] of ['a', 'b', 'c'].entries()) addItem(draft, ['items'], id, { name: id }, ordered(draft.items), index)
    })
    base = A.clone(base)
    const mover = A.change(A.clone(base), (draft) => moveItem(draft, ['items'], 'c', ordered(base.items).filter(({ id }) => id !== 'c'), 0))
    const writer = A.change(A.clone(base), (draft) => writeText(draft, ['items', 'c', 'name'], { at: 1, remove: 0, insert: '!' }))
    const both = A.merge(mover, writer)
    expect(ordered(both.items).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
    expect(both.items['c']?.name).toBe('c!')
  })

  it('are quiet where somebody has removed the item a moment ago', () => {
    const doc = A.change(fresh(), (draft) => {
      addItem(draft, ['items'], 'x', { name: 'x' }, [], 0)
      removeItem(draft, ['items'], 'x')
      writeText(draft, ['items', 'x', 'name'], { at: 0, remove: 0, insert: 'late' })
      setWord(draft, ['items', 'x', 'due'], '2026-01-01')
    })
    expect(textAt(doc, ['items', 'x', 'name'])).toBe('')
    expect(doc.items).toEqual({})
  })
})
