import 'fake-indexeddb/auto'
import { beforeEach, expect, it } from 'vitest'
import { forget, forgetSeats } from '../src/away/forgetting'
import { seatsHere, setKeepsHere, setLanguageToTell, setPersonHere, setSeatHere } from '../src/away/here'
import { storeOf } from '../src/away/store'
import { Copies } from '../src/data/copies'
import { LastHere } from '../src/data/lasthere'
import { NOTHING_SENT, UnfinishedFiles } from '../src/files/unfinished'
import { Visits } from '../src/history/visits'
import { browser, forbidden } from './browser'

const keysOf = (keeping: Storage): string[] => Array.from({ length: keeping.length }, (_, index) => keeping.key(index) ?? '').sort()
const databases = async (): Promise<string[]> => (await indexedDB.databases()).map(({ name }) => name ?? '').sort()

/** All that a browser keeps of somebody who has written. */
async function left(keeping: Storage, person: string): Promise<void> {
  new Copies(keeping, person, 'meeting').keep('item', 'words', 1_000)
  new Visits(keeping, person).leave('meeting', ['a'.repeat(64)], 1_000)
  new LastHere(keeping, person, 1_000).look([], 1_000)
  new UnfinishedFiles(keeping, person).note({ upload: 'u', document: 'meeting', at: '', how: 'as_it_is', name: 'a.pdf', size: 1, lastModified: 1, content: '1-0', sent: NOTHING_SENT, tab: 't', seen: 1 })
  setKeepsHere(keeping, person, 'yes')
  setLanguageToTell(keeping, person, 'ru')
  await storeOf(person).write(['unsent'], (rows) => rows('unsent').put({ document: 'meeting', actor: 'a', number: 0, title: '', at: 0, changes: [] }))
}

let keeping: Storage
beforeEach(async () => {
  keeping = browser()
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '')
})

it('whoever is forgotten leaves nothing but how old things are, and others keep theirs', async () => {
  await left(keeping, 'olga')
  const before = keysOf(keeping)
  await left(keeping, 'aigul')
  await forget(keeping, 'aigul')
  expect(keysOf(keeping)).toEqual(before)
  expect(await databases()).toEqual(['jeli/olga'])
  await forget(keeping, 'olga')
  expect(keysOf(keeping)).toEqual(['jeli.clock'])
  expect(await databases()).toEqual([])
})

it('what guests left whose seat has ended goes with the next who come, and not what the guest who sits here writes', async () => {
  await left(keeping, 'olga')
  const before = keysOf(keeping)
  for (const seat of ['seat-1', 'seat-2', 'seat-3']) {
    setSeatHere(keeping, seat, 'taken')
    await left(keeping, seat)
  }
  await forgetSeats(keeping, 'seat-3')
  expect(seatsHere(keeping)).toEqual(['seat-3'])
  expect(await databases()).toEqual(['jeli/olga', 'jeli/seat-3'])
  await forgetSeats(keeping)
  expect(keysOf(keeping)).toEqual(before)
  expect(await databases()).toEqual(['jeli/olga'])
})

it('a browser that keeps nothing has nothing to forget', async () => {
  setSeatHere(forbidden(), 'seat', 'taken')
  setPersonHere(forbidden(), 'seat')
  await expect(forgetSeats(forbidden())).resolves.toBeUndefined()
  await expect(forget(forbidden(), 'olga')).resolves.toBeUndefined()
})

it('what is still being written of somebody who is forgotten makes nothing of theirs anew', async () => {
  await left(keeping, 'olga')
  const held = storeOf('olga')
  const opening = storeOf('marat').keys('unsent').catch(() => undefined)
  await Promise.all([forget(keeping, 'olga'), forget(keeping, 'marat')])
  await expect(held.write(['unsent'], () => undefined)).rejects.toMatchObject({ kind: 'unavailable' })
  await expect(held.keys('unsent')).rejects.toMatchObject({ kind: 'unavailable' })
  await opening
  expect(await databases()).toEqual([])
})
