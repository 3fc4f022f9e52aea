// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { events } from '../src/data/events.svelte'
import { DocumentFiles } from '../src/data/files.svelte'
import type { FileStanding } from '../src/data/types'

const standing = (hash: string, over: Partial<FileStanding> = {}): FileStanding => ({
  hash, part: 'content', named: true, state: 'here', size: 10, here: 10, rate: 0, seconds_left: null, from: [], held_up: null, holders: [], pinned: [], ...over,
})

let list: FileStanding[]
let asked: string[]
let visible: DocumentVisibilityState
let isDown: boolean
let refusal: string | undefined

/** What the node's stream brings. */
class Stream extends EventTarget {
  static last: Stream
  constructor() {
    super()
    Stream.last = this
  }
  close(): void {}
}
const says = (document: string) => Stream.last.dispatchEvent(new MessageEvent('files', { data: JSON.stringify({ document }) }))

beforeEach(() => {
  vi.useFakeTimers()
  ;[list, asked, visible, isDown, refusal] = [[], [], 'visible', false, undefined]
  vi.stubGlobal('EventSource', Stream)
  events.start()
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visible })
  vi.stubGlobal('fetch', (address: string, { method, body }: { method: string; body?: string }) => {
    asked.push(method === 'GET' ? 'ask' : `${address.split('/').at(-1)} ${JSON.parse(body ?? '{}').action}`)
    if (isDown) return Promise.reject(new TypeError('network'))
    if (refusal && method === 'GET') return Promise.resolve(Response.json({ error: { code: refusal, args: {} } }, { status: 500 }))
    return Promise.resolve(method === 'GET' ? Response.json(list) : new Response(null, { status: 204 }))
  })
})
afterEach(() => {
  events.stop()
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

  it('is asked for when the node says that something has moved, at once, and hardly ever besides', async () => {
    list = [standing('a', { state: 'coming', here: 0 })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(29_000)
    expect(count(), 'while it comes, nobody asks').toBe(1)
    list = [standing('a', { state: 'coming', here: 5 })]
    says('another')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(count(), 'of another document').toBe(1)
    says('d')
    says('d')
    await vi.advanceTimersByTimeAsync(200)
    expect([count(), files.of('a')?.here]).toEqual([2, 5])
    list = [standing('a')]
    await vi.advanceTimersByTimeAsync(31_000)
    expect([count(), files.of('a')?.state], 'what a stream left out').toEqual([3, 'here'])
    await vi.advanceTimersByTimeAsync(600_000)
    expect(count()).toBe(3)
    hide()
    says('d')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count(), 'nobody looks').toBe(3)
  })

  it('is asked for at once after an act', async () => {
    list = [standing('a', { state: 'wanted', here: 0, held_up: 'nobody_has_it' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(1_000)
    asked = []
    await files.act('a', 'pause')
    expect(asked).toEqual(['a pause', 'ask'])
    hide()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked, 'nobody looks').toHaveLength(2)
  })

  it('is not asked for while nobody sees the page, and at once when it is looked at again', async () => {
    list = [standing('a', { state: 'coming' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(2_000)
    visible = 'hidden'
    list = [standing('a')]
    says('d')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count()).toBe(1)
    visible = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(200)
    expect([count(), files.of('a')?.state]).toEqual([2, 'here'])
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

  it('stays as it was told while the node does not answer, and is asked ever less often', async () => {
    list = [standing('a', { state: 'coming' })]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(1_000)
    isDown = true
    says('d')
    await vi.advanceTimersByTimeAsync(600_000)
    expect([files.of('a')?.state, files.error, files.unanswered]).toEqual(['coming', undefined, undefined])
    expect(count()).toBeGreaterThan(30)
    expect(count()).toBeLessThan(60)
    await files.act('a', 'cancel')
    expect(files.error).toMatchObject({ code: 'node_unreachable' })
    hide()
  })

  it('is said to be refused while it is, and no longer', async () => {
    list = [standing('a')]
    const files = new DocumentFiles('d')
    const hide = files.show()
    files.names(['a'])
    await vi.advanceTimersByTimeAsync(1_000)
    refusal = 'store_failed'
    says('d')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([files.of('a')?.state, files.unanswered]).toEqual(['here', expect.objectContaining({ code: 'store_failed' })])
    refusal = undefined
    await vi.advanceTimersByTimeAsync(5_000)
    expect(files.unanswered).toBeUndefined()
    hide()
  })
})
