import * as A from '@automerge/automerge/slim'
import { beforeAll, expect, it, vi } from 'vitest'
import type { Common } from '../src/edit/kinds'
import { History } from '../src/history/history.svelte'
import type { LiveDocument } from '../src/live/document.svelte'
import { loadAutomerge } from './people'

beforeAll(loadAutomerge)

type Plan = { mission: string; tallies: Record<string, { rated_4: number }> }
const MIDNIGHT_S = 1_790_035_200
const actor = (tab: string) => `${'aa'.repeat(8)}${tab.repeat(8)}00`

it('a change of a node is of answers by what it touches: the totals, and nothing else', async () => {
  let doc = A.change(A.init<Plan>({ actor: actor('01') }), { time: MIDNIGHT_S - 3600, message: 'Ольга' }, (draft) => void Object.assign(draft, { mission: 'Бірге', tallies: {} }))
  const write = (by: string, time: number, edit: (draft: Plan) => void) => (doc = A.change(A.clone(doc, { actor: by }), { time }, edit))
  write(actor('02'), MIDNIGHT_S, (draft) => void (draft.tallies['t'] = { rated_4: 1 }))
  write(actor('02'), MIDNIGHT_S, (draft) => void ((draft.tallies['t'] as { rated_4: number }).rated_4 = 2))
  write(actor('03'), MIDNIGHT_S, (draft) => void (draft.mission = 'Қатар'))
  const history = new History({ doc } as unknown as LiveDocument<Common>)
  history.follow()
  await vi.waitFor(() => expect(history.moments?.map(({ is, changes }) => `${is} ${changes}`)).toEqual(['written 1', 'answers 2', 'written 1']))
  history.stop()
})
