import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { events } from '../src/data/events.svelte'
import { safety } from '../src/data/safety'
import { DocumentWatch } from '../src/data/status.svelte'

const STATUS = { saved_here: true, published: true, schools: [], reached: 2, of: 3, readers: { space: { id: 's', name: 'n', private: false }, schools: 3 } }
const NOW = Date.parse('2026-11-01T10:00')
/** Longer than answers are gathered. */
const A_MOMENT_MS = 1_000

let answers = true
let watches: DocumentWatch[] = []

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  answers = true
  vi.stubGlobal('fetch', (path: string) => {
    if (!answers) return Promise.reject(new TypeError('no node'))
    const body = path.endsWith('/documents/d/status') ? STATUS : path.endsWith('/status') ? { line: 'open' } : []
    return Promise.resolve(new Response(JSON.stringify(body)))
  })
})

afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop()
  events.lost = false
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function look(document = 'd'): DocumentWatch {
  const watch = new DocumentWatch(document)
  watches.push(watch)
  return watch
}

/** Somebody looks at the document, and goes elsewhere. */
async function lookAndLeave(): Promise<void> {
  const watch = look()
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  expect(safety('saved', watch.status, watch.outward).schools).toEqual({ mark: 'waiting', reached: 2, of: 3 })
  watch.stop()
}

function loseNode(): void {
  answers = false
  events.losses += 1
  events.lost = true
}

it('who comes back to a document while the node is away sees what was last known, and as of when', async () => {
  await lookAndLeave()
  loseNode()
  await vi.advanceTimersByTimeAsync(60_000)
  const again = look()
  for (const moment of ['at once', 'after the node has not answered']) {
    expect(safety('saved', again.status, again.outward).schools, moment).toEqual({ mark: 'unknown', reached: 2, of: 3 })
    expect(again.status?.readers.schools, moment).toBe(3)
    expect(again.toldAt && again.toldAt - NOW, moment).toBeLessThan(A_MOMENT_MS)
    await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  }
  expect(look('another').status, 'of a document that was never looked at nothing is known').toBeUndefined()
})

it('while the node may answer nothing older is shown; when it does not, what was last known is', async () => {
  await lookAndLeave()
  const again = look()
  expect(again.status).toBeUndefined()
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  expect(again.outward).toBe('open')
  expect(again.status?.reached).toBe(2)
  answers = false
  const unanswered = look()
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  expect(safety('saved', unanswered.status, unanswered.outward).schools).toEqual({ mark: 'unknown', reached: 2, of: 3 })
})

it('does not hold for words that came later, until it is asked anew, even if the clock is set back meanwhile', async () => {
  const watch = look()
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  expect(watch.knowsLast).toBe(true)
  watch.wrote()
  await vi.advanceTimersByTimeAsync(1)
  expect(watch.knowsLast).toBe(false)
  expect(safety('saved', watch.status, watch.outward, watch.knowsLast).schools).toEqual({ mark: 'waiting', reached: 1, of: 3 })
  vi.setSystemTime(NOW - 365 * 86_400_000)
  await vi.advanceTimersByTimeAsync(A_MOMENT_MS)
  expect(watch.knowsLast).toBe(true)
})
