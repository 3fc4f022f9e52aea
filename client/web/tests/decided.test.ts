import * as A from '@automerge/automerge/slim'
import { beforeAll, expect, it } from 'vitest'
import { Copies } from '../src/data/copies'
import { blank } from '../src/edit/kinds/shape'
import { addItem, removeItem, word } from '../src/edit/paths'
import { putBack } from '../src/edit/putback'
import { Handle } from '../src/live/handle'
import { Sitting } from '../src/live/sitting'
import { browser } from './browser'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

interface Doc {
  agenda: Record<string, { title: string }>
  decisions: Record<string, { text: string }>
}
const NOW = Date.parse('2026-11-01')

it('whoever wrote a decision is told that its agenda item was removed elsewhere, and can put the item back', () => {
  const start = A.change(A.from({ kind: word('meeting'), agenda: {}, decisions: {} } as never, { actor: '09' }), (draft) =>
    addItem(draft, ['agenda'], 'a', blank('meeting', 'agenda', { title: 'Exchange of teachers' }), [], 0),
  ) as unknown as A.Doc<Doc>
  const ours = 'aabbccddeeff00110000000000000001'
  const handle = new Handle('document', A.load<Doc>(A.save(start), { actor: ours }))
  const sitting = new Sitting(new Copies(browser(), 'person', 'document'))
  sitting.resume(handle.doc(), NOW)
  handle.on('change', (step) => sitting.take(step, ours, NOW))

  handle.change((draft) => addItem(draft, ['decisions'], 'd', blank('meeting', 'decisions', { text: 'Twice a term', item: word('a') }), [], 0))
  const theirs = A.change(A.clone(handle.doc(), { actor: 'ff' }), (draft) => removeItem(draft, ['agenda'], 'a'))
  handle.update((doc) => A.merge(doc, theirs))

  const [told] = sitting.removed
  expect([told?.path, told?.id, told?.fields['title']]).toEqual([['agenda'], 'a', 'Exchange of teachers'])
  handle.change((draft) => told && putBack(draft, told))
  expect(sitting.removed).toEqual([])
  expect(handle.doc().agenda['a']?.title).toBe('Exchange of teachers')
  expect(handle.doc().decisions['d']?.text).toBe('Twice a term')
})
