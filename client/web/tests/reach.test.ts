// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keeping } from '../src/away/keeping.svelte'
import { storeOf } from '../src/away/store'
import { events } from '../src/data/events.svelte'
import { session } from '../src/data/session.svelte'
import type { DocumentInfo } from '../src/data/types'
import { locale } from '../src/locale/locale.svelte'
import DocumentRow from '../src/screens/documents/DocumentRow.svelte'
import { reachOf } from '../src/screens/documents/reach'
import { NO_FACTS } from './nofacts'

const shared = (given: Partial<DocumentInfo> = {}): DocumentInfo => ({
  facts: NO_FACTS, id: 'd', space: 's', state: 'here', kind: 'plan', title: 'Жоспар', owner: { id: 's1', name: 'Бірлік' }, write_rule: 'owner', can_write: true, changed_at: null, reached: 3, of: 3, waiting: 0, ...given,
})

describe('what a list says of how far a document has come', () => {
  it('is what the node says, while it answers and has every word', () => {
    expect(reachOf(shared(), false, 'answers')).toBe('all')
    expect(reachOf(shared({ reached: 2 }), false, 'answers')).toBe('some')
    expect(reachOf(shared({ state: 'coming' }), false, 'answers')).toBe('coming')
    expect(reachOf(shared({ reached: 1, of: 1 }), false, 'answers')).toBeUndefined()
  })

  it('is what was known last, while the node does not answer', () => {
    expect(reachOf(shared(), false, 'away')).toBe('as_last_known')
    expect(reachOf(shared({ reached: 1, of: 1 }), false, 'away')).toBeUndefined()
  })

  it('is that it waits, where words are on this device alone, also of the school’s own documents', () => {
    expect(reachOf(shared(), true, 'answers')).toBe('unsent')
    expect(reachOf(shared({ reached: 1, of: 1 }), true, 'away')).toBe('unsent')
  })
})

describe('the row of a document', () => {
  beforeAll(() => locale.use('en'))
  let drawn: object | undefined
  afterEach(() => {
    if (drawn) void unmount(drawn)
    events.lost = false
    keeping.leave()
    session.unsavedIn = () => false
  })
  function reach(): string | null | undefined {
    const target = document.body.appendChild(document.createElement('div'))
    drawn = mount(DocumentRow, { target, props: { document: shared() } })
    flushSync()
    return target.querySelector('[data-testid="reach"]')?.getAttribute('data-reach')
  }

  it('follows what this browser holds back of it', async () => {
    await keeping.enter('p1')
    await keeping.lookUnsent()
    expect(reach()).toBe('all')
    const row = { document: 'd', actor: 'aa', number: 0, title: 'Жоспар', at: 1, changes: [] }
    await storeOf('p1').write(['unsent'], (rows) => rows('unsent').put(row))
    await keeping.lookUnsent()
    flushSync()
    const shows = () => document.body.lastElementChild?.querySelector('[data-testid="reach"]')?.getAttribute('data-reach')
    expect(shows()).toBe('unsent')
    await storeOf('p1').write(['unsent'], (rows) => rows('unsent').clear())
    await keeping.lookUnsent()
    flushSync()
    expect(shows()).toBe('all')
  })

  it('claims nothing for now without the node, nor for words of this tab', () => {
    events.lost = true
    expect(reach()).toBe('as_last_known')
    session.unsavedIn = (id) => id === 'd'
    expect(reach()).toBe('unsent')
  })
})
