// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { colleagues } from '../src/data/colleagues.svelte'
import { listing } from '../src/data/listing.svelte'
import { session } from '../src/data/session.svelte'
import { DocumentWatch } from '../src/data/status.svelte'
import type { Me } from '../src/data/types'

const me: Me = { person: { id: 'p1', name: 'Айгүл', login: 'aigul', role: 'teacher', language: 'kk' }, school: { id: 's1', name: 'Бірлік' }, reference: 's1/p1', actor: '00' }
const guest: Me = { ...me, reference: '', guest: { document: 'd', school: 'Тұлпар', ends: 1 } }

let asked: string[] = []
let watch: DocumentWatch | undefined
beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path.replace('/api/v1/', ''))
    return Promise.resolve(new Response('[]'))
  })
})
afterEach(() => {
  watch?.stop()
  session.me = undefined
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** What a page of a document asks the node for. */
async function askedBy(who: Me): Promise<string[]> {
  session.me = who
  watch = new DocumentWatch('d')
  colleagues.want()
  await listing.refresh()
  await vi.advanceTimersByTimeAsync(1_000)
  return asked.sort()
}

describe('a page asks the node', () => {
  it('of a guest only about the document of the seat', async () => {
    expect(await askedBy(guest)).toEqual(['documents/d/presence', 'documents/d/status'])
    expect(watch?.outward, 'of the line a guest is not told').toBe('open')
  })

  it('of the school’s people about all that they have', async () => {
    expect(await askedBy(me)).toEqual(['documents', 'documents/d/presence', 'documents/d/status', 'people/names', 'spaces', 'status'])
  })
})
