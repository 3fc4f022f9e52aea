import { expect, it } from 'vitest'
import { SUM_BYTES, UNFINISHED_LIMIT, UNFINISHED_QUIET_MS } from '../src/files/limits'
import { Sum } from '../src/files/sum'
import { NOTHING_SENT, UnfinishedFiles, forgetUnfinished, isSame, markOf, partOf, sameIn, type Unfinished } from '../src/files/unfinished'
import { browser, forbidden } from './browser'

const file = (over: Partial<Unfinished> = {}): Unfinished => ({ upload: 'u', document: 'd', at: '', how: 'as_it_is', name: 'Film.mp4', size: 9, lastModified: 7, content: '9-0', sent: NOTHING_SENT, tab: 'mine', seen: 1_000, ...over })

it('what this tab did not send to the end is told at once, and what another tab did once nothing of it comes any more', () => {
  const files = new UnfinishedFiles(browser(), 'olga')
  files.note(file({ upload: 'a' }))
  files.note(file({ upload: 'b', tab: 'other' }))
  const told = (now: number) => files.all('mine', now).map(({ upload }) => upload)
  expect(told(2_000)).toEqual(['a'])
  files.moves('b', UNFINISHED_QUIET_MS)
  expect(told(UNFINISHED_QUIET_MS + 2_000)).toEqual(['a'])
  expect(told(2 * UNFINISHED_QUIET_MS + 1)).toEqual(['a', 'b'])
  files.forget('a')
  files.moves('a', 3_000)
  expect(told(2 * UNFINISHED_QUIET_MS + 1), 'a piece that comes late brings nothing back').toEqual(['b'])
})

it('so many are remembered, the latest, and nobody sees those of another person', () => {
  const keeping = browser()
  const files = new UnfinishedFiles(keeping, 'olga')
  for (let each = 0; each < UNFINISHED_LIMIT + 3; each += 1) files.note(file({ upload: `u${each}`, seen: each }))
  expect(files.all('mine', 0)).toHaveLength(UNFINISHED_LIMIT)
  expect(files.all('mine', 0)[0]?.upload).toBe('u3')
  const other = new UnfinishedFiles(keeping, 'olga/2')
  expect(other.all('mine', 0)).toEqual([])
  other.note(file())
  forgetUnfinished(keeping, 'olga')
  expect([files.all('mine', 0).length, other.all('mine', 0).length]).toEqual([0, 1])
})

it('what another version of the page kept, or a browser that keeps nothing, is no fault', () => {
  const keeping = browser()
  keeping.setItem('jeli.unfinished/olga/x', '{"upload":"x"}')
  keeping.setItem('jeli.unfinished/olga/y', 'not JSON')
  const { sent: _, ...older } = file()
  keeping.setItem('jeli.unfinished/olga/z', JSON.stringify(older))
  expect(new UnfinishedFiles(keeping, 'olga').all('mine', 0)).toEqual([])
  const files = new UnfinishedFiles(forbidden(), 'olga')
  files.note(file())
  files.forget('u')
  expect(files.all('mine', 0)).toEqual([])
})

it('a file is known by how it is called and how long it is, best by when it was changed; a content by its length and its ends', async () => {
  expect(isSame(file(), { name: 'Film.mp4', size: 9, lastModified: 7 })).toBe(true)
  expect(isSame(file(), { name: 'Film.mp4', size: 9, lastModified: 8 }), 'a phone gives another date each time').toBe(true)
  expect(isSame(file(), { name: 'Film.mp4', size: 8, lastModified: 7 })).toBe(false)
  const two = [file({ upload: 'a', lastModified: 1 }), file({ upload: 'b', lastModified: 2 })]
  const found = (lastModified: number) => sameIn(two, { name: 'Film.mp4', size: 9, lastModified })?.upload
  expect([found(2), found(1), found(3)]).toEqual(['b', 'a', 'a'])
  expect(sameIn(two, { name: 'Other.mp4', size: 9, lastModified: 1 })).toBeUndefined()
  const bytes = new Uint8Array(600 << 10)
  const mark = await markOf(new Blob([bytes]))
  expect(await markOf(new Blob([bytes]))).toBe(mark)
  for (const at of [0, bytes.length - 1]) {
    const changed = bytes.slice()
    changed[at] = 1
    expect(await markOf(new Blob([changed]))).not.toBe(mark)
  }
})

it('of a content the part that was sent is known byte by byte, also where two are alike at both ends', async () => {
  const bytes = new Uint8Array(SUM_BYTES + 10).map((_, at) => at * 7)
  const sum = new Sum()
  for (let from = 0; from < SUM_BYTES + 5; from += 1_000_000) sum.add(bytes.subarray(from, Math.min(SUM_BYTES + 5, from + 1_000_000)))
  const { part } = sum
  expect(part.bytes).toBe(SUM_BYTES + 5)
  const again = await partOf(new Blob([bytes]), part)
  expect(again?.part).toEqual(part)
  const changed = bytes.slice()
  changed.set([~(bytes[SUM_BYTES / 2] ?? 0)], SUM_BYTES / 2)
  expect(await markOf(new Blob([changed])), 'their ends are the same').toBe(await markOf(new Blob([bytes])))
  expect(await partOf(new Blob([changed]), part)).toBeUndefined()
  const beyond = bytes.slice()
  beyond.set([~(bytes[SUM_BYTES + 7] ?? 0)], SUM_BYTES + 7)
  expect((await partOf(new Blob([beyond]), part))?.part, 'that was not sent yet').toEqual(part)
  expect(await partOf(new Blob([bytes.subarray(0, 9)]), part), 'shorter than what was sent').toBeUndefined()
  expect((await partOf(new Blob([bytes]), NOTHING_SENT))?.bytes).toBe(0)
})

it('what has come of a file is remembered with its sum, and is not lost by a step that does not know it', () => {
  const files = new UnfinishedFiles(browser(), 'olga')
  files.note(file())
  files.moves('u', 2_000, { bytes: 5, sum: 'ab' })
  files.moves('u', 3_000)
  expect(files.all('mine', 3_000).map(({ sent, seen }) => [sent, seen])).toEqual([[{ bytes: 5, sum: 'ab' }, 3_000]])
})
