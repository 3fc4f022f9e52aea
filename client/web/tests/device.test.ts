import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { drawIcon } from '../installable/icons'
import { copyOf, keepCopy, tooMany } from '../src/away/copies'
import { allWhoKeep, keepsHere, languageToTell, personHere, setKeepsHere, setLanguageToTell, setPersonHere } from '../src/away/here'
import { KEPT_DOCUMENT_LIMIT_BYTES, KEPT_LIMIT_BYTES } from '../src/away/limits'
import { Store, type KeptDocument } from '../src/away/store'
import { clock } from '../src/data/clock.svelte'
import { safety } from '../src/data/safety'
import { ago } from '../src/locale/dates'
import { browser, forbidden } from './browser'

const about = (id: string, opened: number, size = 1, at = opened): KeptDocument => ({ id, at, opened, size, heads: [], nodeHeads: [] })

describe('documents kept on this device', () => {
  it('go in the order in which they are missed least: fetched ones first, then those opened longest ago', () => {
    const all = [about('opened long ago', 10), about('fetched', 0, 1, 99), about('opened lately', 90), about('fetched long ago', 0, 1, 5)]
    expect(tooMany(all, 4)).toEqual([])
    expect(tooMany(all, 2)).toEqual(['fetched', 'fetched long ago'])
    expect(tooMany(all, 1)).toEqual(['opened long ago', 'fetched', 'fetched long ago'])
  })

  it('are bounded in bytes, each and all together, and come back as they were', async () => {
    const store = new Store('aigul')
    const bytes = new Uint8Array([1, 2, 3])
    expect(await keepCopy(store, { ...about('a', 1), bytes })).toBe('kept')
    expect(await copyOf(store, 'a')).toMatchObject({ id: 'a', size: 3, bytes })
    expect(await keepCopy(store, { ...about('b', 2), bytes: new Uint8Array(KEPT_DOCUMENT_LIMIT_BYTES + 1) })).toBe('too_large')
    await store.write(['documents'], (rows) => rows('documents').put(about('large', 0, KEPT_LIMIT_BYTES)))
    expect(await keepCopy(store, { ...about('c', 3), bytes })).toBe('kept')
    expect((await store.all('documents')).map(({ id }) => id).sort()).toEqual(['a', 'c'])
    expect(await copyOf(store, 'large')).toBeUndefined()
  })
})

describe('who is here', () => {
  it('is one person, whose choices are their own', () => {
    const keeping = browser()
    setPersonHere(keeping, 'aigul')
    setKeepsHere(keeping, 'aigul', 'yes')
    setLanguageToTell(keeping, 'aigul', 'ru')
    expect([personHere(keeping), keepsHere(keeping, 'aigul'), keepsHere(keeping, 'ivan')]).toEqual(['aigul', true, false])
    expect([languageToTell(keeping, 'aigul'), languageToTell(keeping, 'ivan')]).toEqual(['ru', undefined])
    expect(allWhoKeep(keeping)).toEqual(['aigul'])
    setKeepsHere(keeping, 'aigul', 'no')
    setPersonHere(keeping, undefined)
    setLanguageToTell(keeping, 'aigul', undefined)
    expect(keeping.length).toBe(0)
  })

  it('is nobody, without a fault, where the browser keeps nothing', () => {
    for (const keeping of [undefined, forbidden()]) {
      setPersonHere(keeping, 'aigul')
      expect([personHere(keeping), keepsHere(keeping, 'aigul'), allWhoKeep(keeping)]).toEqual([undefined, false, []])
    }
  })
})

describe('the line of safety on a device without its node', () => {
  it('says that words are on this device only once they are, and never that they are at the school', () => {
    expect(safety('held', undefined, 'unknown', true, 'device')).toEqual({ here: 'kept', school: 'held', schools: undefined })
    expect(safety('held', undefined, 'unknown', true, 'writing').here).toBe('waiting')
    for (const kept of ['full', 'tab'] as const) expect(safety('held', undefined, 'unknown', true, kept).here).toBe('held')
    expect(safety('sending', undefined, 'open', true, 'device')).toEqual({ here: 'waiting', school: 'waiting', schools: undefined })
  })
})

describe('a clock that is wrong by a year', () => {
  afterEach(() => {
    clock.heard(null)
    vi.useRealTimers()
  })

  it('is told from the node’s, by which dates are shown', () => {
    vi.useFakeTimers({ now: Date.parse('2025-11-01T10:00:00Z') })
    clock.heard('Sun, 01 Nov 2026 10:00:00 GMT')
    expect(clock.apart).toBe(true)
    expect(clock.now()).toBe(Date.parse('2026-11-01T10:00:00Z'))
    expect(ago(clock.now() - 60_000)).toBe('when-today')
    expect(ago(Date.now() - 60_000)).toBe('date-year')
  })

  it('is left alone where it is good enough, or where the node says no time', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-01T10:00:30Z') })
    for (const said of ['Sun, 01 Nov 2026 10:00:00 GMT', null, 'yesterday']) {
      clock.heard(said)
      expect([clock.apart, clock.now()]).toEqual([false, Date.now()])
    }
  })
})

describe('the icon', () => {
  const svg = readFileSync(join(import.meta.dirname, '../public/icon.svg'), 'utf8')
  /** The colour and cover of one pixel, counted from the middle of the picture. */
  function pixel(png: Buffer, size: number, dx: number, dy: number): number[] {
    const length = png.readUInt32BE(33)
    const rows = inflateSync(png.subarray(41, 41 + length))
    const at = (size / 2 + dy) * (size * 4 + 1) + 1 + (size / 2 + dx) * 4
    return [...rows.subarray(at, at + 4)]
  }

  it('has round corners, and none where devices cut it themselves', () => {
    const [rounded, maskable] = [drawIcon(svg, 64, 'rounded'), drawIcon(svg, 64, 'maskable')]
    expect(rounded.subarray(1, 4).toString()).toBe('PNG')
    expect(pixel(rounded, 64, -32, -32)[3]).toBe(0)
    expect(pixel(maskable, 64, -32, -32)).toEqual([0x1d, 0x4a, 0x6b, 255])
    expect(pixel(rounded, 64, 0, 12), 'the lower circle').toEqual([0xf7, 0xf4, 0xec, 255])
  })
})
