import { beforeEach, expect, it, vi } from 'vitest'
import type { DocumentInfo } from '../src/data/types'
import type { Common } from '../src/edit/kinds'
import type { LiveDocument } from '../src/live/document.svelte'

const { opened, givenBack, made } = vi.hoisted(() => ({ opened: [] as string[], givenBack: [] as string[], made: [] as unknown[] }))
const home = (id: string) => ({ id, writable: id !== 'theirs', doc: {}, change: (edit: (draft: object) => void) => edit({}) })
vi.mock('../src/live/shelf', () => ({
  take: (id: string) => (opened.push(id), Promise.resolve(home(id))),
  giveBack: (id: string) => void givenBack.push(id),
}))
vi.mock('../src/data/api', async (original) => ({
  ...(await original<object>()),
  api: { createDocument: (wanted: unknown) => (made.push(wanted), Promise.resolve({ id: 'made' })), documents: () => Promise.resolve(listed), spaces: () => Promise.resolve([]) },
}))

const { Companions } = await import('../src/companion/companions.svelte')
const { listing } = await import('../src/data/listing.svelte')

let listed: DocumentInfo[] = []
const companion = (id: string): DocumentInfo => ({ id, kind: 'companion', space: 'network', state: 'here', title: 'plan' }) as DocumentInfo
const plan = { id: 'plan', doc: {}, signature: 'Қызғалдақ', info: { id: 'plan', kind: 'plan', space: 'network' } } as unknown as LiveDocument<Common>

beforeEach(() => {
  for (const list of [opened, givenBack, made]) list.length = 0
  listed = []
})

it('companions are opened once each, in the order of their ids, signed as the document, and given back', async () => {
  listing.documents = listed = [companion('b'), companion('a')]
  const companions = new Companions(plan)
  companions.follow()
  companions.follow()
  await vi.waitFor(() => expect(companions.all.map(({ id }) => id)).toEqual(['a', 'b']))
  expect([...opened].sort()).toEqual(['a', 'b'])
  expect(companions.all.map(({ signature }) => signature)).toEqual(['Қызғалдақ', 'Қызғалдақ'])
  companions.stop()
  expect(givenBack).toEqual(['a', 'b'])
})

it('new words go into the first that may be written, and one is made only where there is none', async () => {
  listing.documents = listed = [companion('theirs'), companion('ours')]
  expect((await new Companions(plan).forWords()).id).toBe('ours')
  expect(made).toEqual([])
  listing.documents = listed = [companion('theirs')]
  expect((await new Companions(plan).forWords()).id).toBe('made')
  expect(made).toMatchObject([{ kind: 'companion', title: 'plan', space: 'network', write_rule: 'everyone' }])
})
