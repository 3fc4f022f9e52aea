import { describe, expect, it } from 'vitest'
import { COPIES_LIMIT, COPY_LETTERS_LIMIT, Copies, KEPT_MS, forgetCopies } from '../src/data/copies'
import { browser, copiesIn, forbidden } from './browser'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-11-01')
const copies = (keeping: Storage, person = 'aigul', document = 'meeting') => new Copies(keeping, person, document)

describe('copies that a browser keeps', () => {
  it('are one for each name, of one person and one document, oldest first', () => {
    const keeping = browser()
    const ours = copies(keeping)
    ours.keep('1@a', 'earlier', NOW)
    ours.keep('2@a', 'second', NOW + 1)
    ours.keep('1@a', 'first, again', NOW + 2)
    copies(keeping, 'aigul', 'plan').keep('1@a', 'of the plan', NOW)
    copies(keeping, 'ivan').keep('1@a', 'of Ivan', NOW)
    expect(copies(keeping).all(NOW)).toEqual(['second', 'first, again'])
    ours.forget('2@a')
    expect(copies(keeping).all(NOW)).toEqual(['first, again'])
  })

  it('are as many as are bounded, the newest, and none that is too large', () => {
    const keeping = browser()
    const ours = copies(keeping)
    for (let index = 0; index < COPIES_LIMIT + 2; index += 1) ours.keep(`${index}@a`, `${index}`, NOW + index)
    expect(ours.all(NOW)).toHaveLength(COPIES_LIMIT)
    expect(ours.all(NOW)[0]).toBe('2')
    ours.keep('2@a', 'x'.repeat(COPY_LETTERS_LIMIT + 1), NOW)
    expect(ours.all(NOW)).toContain('2')
    ours.keep('2@a', 'x'.repeat(COPY_LETTERS_LIMIT), NOW)
    expect(ours.all(NOW)).toHaveLength(COPIES_LIMIT)
    expect(ours.all(NOW)).not.toContain('2')
  })

  it('lapse, also those of documents that are not opened again', () => {
    const keeping = browser()
    copies(keeping, 'aigul', 'plan').keep('1@a', 'old', NOW)
    copies(keeping).keep('1@a', 'young', NOW + 1)
    keeping.setItem('jeli.written/aigul/plan/2@a', 'of no known age')
    for (let day = 1; day <= KEPT_MS / DAY_MS; day += 1) copies(keeping).all(NOW + day * DAY_MS)
    expect(copies(keeping).all(NOW + KEPT_MS + 1)).toEqual(['young'])
    expect(copiesIn(keeping)).toBe(1)
  })

  it('outlive a clock that jumps by a year, forth and back', () => {
    const keeping = browser()
    copies(keeping).keep('1@a', 'words', NOW)
    for (const jump of [365, 0, 365, -365, 0]) expect(copies(keeping).all(NOW + jump * DAY_MS)).toEqual(['words'])
    // And they lapse all the same when the browser has been used as long as they are kept.
    for (let day = 1; day <= 1 + KEPT_MS / DAY_MS; day += 1) copies(keeping).all(NOW + day * DAY_MS)
    expect(copies(keeping).all(NOW + KEPT_MS + 2 * DAY_MS)).toEqual([])
  })

  it('go with their person at sign-out, and nobody else with them', () => {
    const keeping = browser()
    keeping.setItem('language', 'kk')
    copies(keeping).keep('1@a', 'of Aigul', NOW)
    copies(keeping, 'aigul', 'plan').keep('1@a', 'of Aigul', NOW)
    copies(keeping, 'aigul2').keep('1@a', 'of the other', NOW)
    forgetCopies(keeping, 'aigul')
    expect(copies(keeping).all(NOW)).toEqual([])
    expect(copies(keeping, 'aigul2').all(NOW)).toEqual(['of the other'])
    expect(keeping.getItem('language')).toBe('kk')
  })

  it('make room for newer ones where the browser has none left', () => {
    const keeping = browser(130)
    const ours = copies(keeping)
    ours.keep('1@a', 'a'.repeat(30), NOW)
    ours.keep('2@a', 'b'.repeat(30), NOW + 1)
    ours.keep('3@a', 'c'.repeat(30), NOW + 2)
    expect(ours.all(NOW)).toEqual(['b'.repeat(30), 'c'.repeat(30)])
  })

  it('are none, without a fault, where the browser keeps nothing', () => {
    for (const keeping of [undefined, forbidden()]) {
      const ours = new Copies(keeping, 'aigul', 'meeting')
      ours.keep('1@a', 'words', NOW)
      ours.forget('1@a')
      forgetCopies(keeping, 'aigul')
      expect(ours.all(NOW)).toEqual([])
    }
  })
})
