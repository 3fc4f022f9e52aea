// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { keeping } from '../src/away/keeping.svelte'
import { comingBack } from '../src/away/returning'
import { storeOf, type UnsentRow } from '../src/away/store'

const row = (document: string, actor: string, number = 0, title = document): UnsentRow => ({ document, actor, number, title, at: number, changes: [] })

describe('words that come back to the school', () => {
  const names = async (node: 'lost' | 'there', here: string[]) => comingBack(await keeping.waiting(), new Set(here), node).map(({ document }) => document)

  it('are those of an earlier tab, or all that waited while the node was lost, and not what is being written just now', async () => {
    await keeping.enter('p1')
    await storeOf('p1').write(['unsent'], (rows) => {
      for (const each of [row('left', 'aa'), row('open', 'bb'), row('both', 'aa'), row('both', 'bb', 1, 'renamed')]) rows('unsent').put(each)
    })
    expect(await names('there', ['bb'])).toEqual(['both', 'left'])
    expect(await names('lost', ['bb'])).toEqual(['both', 'left', 'open'])
    expect(await names('there', []), 'a page that has written nothing').toEqual(['both', 'left', 'open'])
    expect((await keeping.waiting()).find(({ document }) => document === 'both')).toEqual({ document: 'both', title: 'renamed', at: 1, actors: ['aa', 'bb'] })
  })
})
