// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DocumentFiles } from '../src/data/files.svelte'
import type { FileStanding } from '../src/data/types'

const standing = (hash: string, over: Partial<FileStanding> = {}): FileStanding => ({
  hash, part: 'content', named: true, state: 'here', size: 10, here: 10, rate: 0, seconds_left: null, from: [], held_up: null, holders: [], pinned: [], ...over,
})

let list: FileStanding[]
let asked: string[]
let visible: DocumentVisibilityState
let isDown: boolean

beforeEach(() => {
  vi.useFakeTimers()
  ;[list, asked, visible, isDown] = [[], [], 'visible', false]
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visible })
  vi.stubGlobal('fetch', (address: string, { method, body }: { method: string; body?: string }) => {
    asked.push(method === 'GET' ? 'ask' : `${address.split('/').at(-1)} ${JSON.parse(body ?? '{}').action}`)
    if (isDown) return Promise.reject(new TypeError('network'))
    return Promise.resolve(method === 'GET' ? Response.json(list) : new Response(null, { status: 204 }))
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const count = () => asked.filter((each) => each === 'ask').length

describe('where the files of a document are', () => {
  it('is asked for once where several parts show it, and again when the document names another', async () => {
    list = [standing('a')]
    const files = new DocumentFiles('d')
    const hide = [files.show(), files.show()]
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(1)
    expect(files.of('a')?.state).toBe('here')
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(count(), 'the same is no change').toBe(1)
    list = [standing('a'), standing('b')]
    files.names(['a', 'b'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(2)
    for (const each of hide) each()
  })

  it('is followed every second and a half while something comes, and no longer than that', async () => {
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    let here = 0
    const comes = setInterval(() => (list = [standing('a', { state: 'coming', here: (here += 1) })]), 100)
    list = [standing('a', { state: 'coming', here: 0 })]
    await vi.advanceTimersByTimeAsync(15_150)
    expect(count()).toBe(11)
    clearInterval(comes)
    list = [standing('a')]
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(12)
    hide()
  })

  it('is asked ever less often while nothing becomes of it, and at once after an act', async () => {
    list = [standing('a', { state: 'wanted', here: 0, held_up: 'nobody_has_it' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(600_000)
    expect(count()).toBeGreaterThan(30)
    expect(count()).toBeLessThan(60)
    asked = []
    await files.act('a', 'pause')
    expect(asked).toEqual(['a pause', 'ask'])
    hide()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked, 'nobody looks').toHaveLength(2)
  })

  it('is not asked for while nobody sees the page', async () => {
    list = [standing('a', { state: 'coming' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(2_000)
    visible = 'hidden'
    await vi.advanceTimersByTimeAsync(2_000)
    const before = count()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(before)
    visible = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(count()).toBeGreaterThan(before)
    hide()
  })

  it('is asked again while the node has not heard yet what the document names', async () => {
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(2_000)
    list = [standing('a')]
    await vi.advanceTimersByTimeAsync(3_000)
    expect(files.of('a')?.state).toBe('here')
    hide()
  })

  it('stays as it was told while the node does not answer', async () => {
    list = [standing('a', { state: 'coming' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(1_000)
    isDown = true
    await vi.advanceTimersByTimeAsync(30_000)
    expect([files.of('a')?.state, files.error]).toEqual(['coming', undefined])
    await files.act('a', 'cancel')
    expect(files.error).toMatchObject({ code: 'node_unreachable' })
    hide()
  })
})
