// @vitest-environment jsdom
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keeping } from '../src/away/keeping.svelte'
import { storeOf } from '../src/away/store'
import { ApiError } from '../src/data/api'
import { Leaving } from '../src/data/leaving.svelte'
import { session } from '../src/data/session.svelte'
import { confirmed } from '../src/live/confirmed.svelte'
import { Saving } from './saving.svelte'

let words: Saving
let signedOut: string[]
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  words = new Saving()
  signedOut = []
  session.unsaved = () => words.unsaved
  session.confirmed = (withinMs) => confirmed(words, withinMs)
  vi.stubGlobal('fetch', (path: string, { method }: RequestInit) => {
    if (method === 'DELETE') signedOut.push(path)
    return Promise.resolve(new Response('null'))
  })
  await keeping.enter('p1')
})
afterEach(() => {
  session.unsaved = () => false
  keeping.leave()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const codeOf = ({ error }: Leaving) => (error instanceof ApiError ? error.code : error)

describe('whoever leaves right after typing', () => {
  it('waits for the node to confirm the last words, and is then signed out', async () => {
    words.unsaved = true
    const leaving = new Leaving()
    const left = leaving.leave('/#left')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([signedOut.length, leaving.busy], 'still waiting').toEqual([0, true])
    words.unsaved = false
    await left
    expect(leaving.error).toBeUndefined()
    expect(signedOut).toEqual(['/api/v1/session'])
  })

  it('is warned after some seconds without an answer, until the words are saved', async () => {
    words.unsaved = true
    const leaving = new Leaving()
    const left = leaving.leave()
    await vi.advanceTimersByTimeAsync(10_000)
    await left
    expect(codeOf(leaving)).toBe('unsaved_words')
    expect(signedOut).toEqual([])
    words.unsaved = false
    expect(leaving.error).toBeUndefined()
  })

  it('is told of files on their way, and goes without them only by saying so; twice the same press does nothing more', async () => {
    let files = 2
    const forgotten = vi.fn(() => void (files = 0))
    const { filesUnderWay, forgetsFiles } = session
    Object.assign(session, { filesUnderWay: () => files, forgetsFiles: forgotten })
    const leaving = new Leaving()
    await Promise.all([leaving.leave(), leaving.leave()])
    expect([codeOf(leaving), signedOut, forgotten.mock.calls.length]).toEqual(['unsent_files', [], 0])
    files = 0
    expect(leaving.error, 'they have been sent').toBeUndefined()
    words.unsaved = true
    const left = leaving.leave()
    files = 1
    words.unsaved = false
    await vi.advanceTimersByTimeAsync(1_000)
    await left
    expect([codeOf(leaving), signedOut], 'one was added while the last words were waited for').toEqual(['unsent_files', []])
    await leaving.leave('/#left', 'forget')
    expect([signedOut, forgotten.mock.calls.length]).toEqual([['/api/v1/session'], 1])
    Object.assign(session, { filesUnderWay, forgetsFiles })
  })

  it('is warned of words that an earlier tab left, until they are sent', async () => {
    await storeOf('p1').write(['unsent'], (rows) => rows('unsent').put({ document: 'd', actor: 'aa', number: 0, title: '', at: 1, changes: [] }))
    const leaving = new Leaving()
    await leaving.leave()
    expect(codeOf(leaving)).toBe('unsent_words')
    await storeOf('p1').write(['unsent'], (rows) => rows('unsent').clear())
    await keeping.lookUnsent()
    expect(leaving.error).toBeUndefined()
    expect(signedOut).toEqual([])
  })
})
