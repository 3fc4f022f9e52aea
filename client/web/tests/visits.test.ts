import { expect, it } from 'vitest'
import { forgetVisits, headsFrom, Visits } from '../src/history/visits'
import { browser, forbidden } from './browser'

const [FIRST, SECOND] = ['a'.repeat(64), 'b'.repeat(64)] as [string, string]
const HOUR = 3_600_000

it('the last visit is the one before this, also after one has looked around and come back', () => {
  const kept = browser()
  const visits = new Visits(kept, 'olga')
  expect(visits.last('plan', 0)).toBeUndefined()
  visits.leave('plan', [FIRST], 1_000)
  expect(visits.last('plan', 2_000)).toBeUndefined()
  const later = new Visits(kept, 'olga')
  expect(later.last('plan', HOUR)).toEqual({ heads: [FIRST], at: 1_000 })
  later.leave('plan', [SECOND], HOUR)
  expect(later.last('plan', HOUR + 1_000)?.heads).toEqual([FIRST])
  expect(later.last('plan', 3 * HOUR)?.heads).toEqual([SECOND])
  expect(new Visits(kept, 'aigul').last('plan', 0)).toBeUndefined()
})

it('are bounded, forgotten at signing out, and no fault where the browser keeps nothing', () => {
  const kept = browser()
  const visits = new Visits(kept, 'olga')
  for (let document = 0; document < 150; document += 1) visits.leave(`d${document}`, [FIRST], document)
  expect(kept.length).toBe(100)
  expect(new Visits(kept, 'olga').last('d149', 0)).toBeDefined()
  forgetVisits(kept, 'olga')
  expect(kept.length).toBe(0)
  const nowhere = new Visits(forbidden(), 'olga')
  nowhere.leave('plan', [FIRST], 0)
  expect(nowhere.last('plan', HOUR)).toBeUndefined()
  expect(headsFrom(`${FIRST} ${SECOND}`)).toEqual([FIRST, SECOND])
  for (const wrong of ['', 'x', `${FIRST} `, `${FIRST}  ${SECOND}`, Array(99).fill(FIRST).join(' ')]) expect(headsFrom(wrong)).toBeUndefined()
})
