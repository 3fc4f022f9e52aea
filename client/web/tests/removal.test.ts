import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as A from '@automerge/automerge/slim'
import { beforeAll, expect, it } from 'vitest'
import { undo } from '../src/data/undo.svelte'
import { keep, type KeptItem } from '../src/edit/kept'
import type { Common } from '../src/edit/kinds'
import { addItem, word } from '../src/edit/paths'
import { putBack } from '../src/edit/putback'
import { removeWithUndo } from '../src/edit/removal'
import type { LiveDocument } from '../src/live/document.svelte'

beforeAll(async () => {
  await A.initializeWasm(readFileSync(createRequire(import.meta.url).resolve('@automerge/automerge/automerge.wasm')))
})

/** As much of a live document as removing needs. */
function open() {
  const start = A.change(A.from<Record<string, unknown>>({ agenda: {} }), (draft) => addItem(draft, ['agenda'], 'a', { title: 'item a' }, [], 0))
  const live = {
    doc: start,
    change(edit: (draft: unknown) => void) {
      live.doc = A.change(live.doc, (draft) => edit(draft))
    },
  }
  return live
}
const title = ({ doc }: { doc: unknown }) => (doc as { agenda: Record<string, { title: string }> }).agenda['a']?.title

it('what was removed can be put back, for as long as nobody else has put it back', () => {
  const live = open()
  const kept = keep(live.doc, { path: ['agenda'], id: 'a' }) as KeptItem
  const remove = () => removeWithUndo(live as unknown as LiveDocument<Common>, ['agenda'], 'a', 'Removed: item a')
  remove()
  expect(undo.offer?.words).toBe('Removed: item a')
  undo.take()
  expect(title(live)).toBe('item a')
  remove()
  expect(undo.offer).toBeDefined()
  live.change((draft) => putBack(draft, { ...kept, fields: { ...kept.fields, title: 'theirs' } }))
  expect(undo.offer).toBeUndefined()
  undo.take()
  expect(title(live)).toBe('theirs')
})

it('the files that stand at what is removed go and come with it, and no others', () => {
  const live = open()
  live.doc = A.change(live.doc, (draft) => {
    draft['files'] = { mine: { at: word('agenda/a'), order: word('a0'), name: 'photo.jpg' }, other: { at: word('agenda/b'), order: word('a0'), name: 'other.jpg' } }
  })
  const files = () => Object.keys((live.doc as { files?: object }).files ?? {}).sort()
  removeWithUndo(live as unknown as LiveDocument<Common>, ['agenda'], 'a', 'Removed: item a')
  expect([title(live), files()]).toEqual([undefined, ['other']])
  undo.take()
  expect([title(live), files()]).toEqual(['item a', ['mine', 'other']])
})
