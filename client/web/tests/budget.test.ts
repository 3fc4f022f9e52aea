// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest'
import { MB, moneyWords } from '../src/data/budget.svelte'
import type { Budget } from '../src/data/types'
import { locale } from '../src/locale/locale.svelte'
import { becauseWords, heldWords, modeWords, usedWords } from '../src/screens/network/budget/told'

const budget = (over: Partial<Budget> = {}): Budget => ({
  mode: null,
  monthly_limit: null,
  free_hours: null,
  tariff: null,
  now: { mode: 'free', reason: 'configured', held: null, files: 'comes' },
  open_for: null,
  today: '2026-11-28',
  used: 0,
  cost: null,
  days: [],
  schools: [],
  ...over,
})

/** Numbers keep their unit beside them. */
const plain = (words: string) => words.replaceAll('\u00a0', ' ')

describe('what is said of the data budget', () => {
  beforeAll(async () => {
    await locale.use('ru')
    await locale.rooms()
  })

  it('says what went, of how much, and in money where a price is known', () => {
    expect(plain(usedWords(budget({ used: 12 * MB })))).toBe('В этом месяце: 12 МБ')
    expect(plain(usedWords(budget({ used: 12 * MB, monthly_limit: 500 * MB })))).toBe('В этом месяце: 12 МБ из 500 МБ')
    const told = usedWords(budget({ used: 12 * MB, cost: 18, tariff: { per_mb: 1.5, currency: '₸' } }))
    expect(plain(told)).toBe('В этом месяце: 12 МБ · около 18 ₸')
  })

  it('says money whole, but where it is little', () => {
    expect([moneyWords(1234.5, '₸'), moneyWords(2.345, '₸'), moneyWords(0.056, '₸')].map(plain)).toEqual(['1 235 ₸', '2,3 ₸', '0,06 ₸'])
  })

  it('says why a line counts as dear where nobody chose it, and of a free one nothing', () => {
    const because = (mode: Budget['now']['mode'], reason: Budget['now']['reason']) => becauseWords(budget({ now: { mode, reason, held: null, files: 'waits' } }))
    expect(because('careful', 'system')).not.toBe('')
    expect(because('careful', 'configured')).not.toBe('')
    expect(because('free', 'free_hours')).not.toBe('')
    expect([because('careful', 'chosen'), because('free', 'system')]).toEqual(['', ''])
  })

  it('has words for each mode and each reason to wait', () => {
    for (const words of [modeWords('free'), modeWords('careful'), modeWords('by_hand'), heldWords('by_hand'), heldWords('used_up')]) expect(words).not.toMatch(/^budget-/)
  })
})
