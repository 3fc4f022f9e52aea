import { describe, expect, it } from 'vitest'
import { Pace } from '../src/files/pace'

describe('a pace', () => {
  it('is that of the last seconds', () => {
    const pace = new Pace()
    expect([pace.rate(0), pace.secondsLeft(100, 0), pace.movedAt]).toEqual([0, undefined, undefined])
    for (let second = 0; second <= 60; second += 1) pace.mark(second * 100, second * 1_000)
    expect([pace.rate(60_000), pace.secondsLeft(7_000, 60_000), pace.movedAt]).toEqual([100, 10, 60_000])
    expect(pace.rate(61_000), 'the next one is due').toBe(100)
    for (let second = 61; second <= 120; second += 1) pace.mark(6_000 + (second - 60) * 10, second * 1_000)
    expect(pace.rate(120_000)).toBe(10)
  })

  it('falls while nothing moves, and it is known since when', () => {
    const pace = new Pace()
    for (let second = 0; second <= 10; second += 1) pace.mark(second * 100, second * 1_000)
    const rates = [11, 15, 30, 100].map((second) => pace.rate(second * 1_000))
    expect(rates[0]).toBe(100)
    expect(rates.every((rate, index) => index === 0 || rate < (rates[index - 1] ?? 0))).toBe(true)
    expect(rates.at(-1)).toBeLessThan(12)
    expect(pace.secondsLeft(2_000, 100_000)).toBeGreaterThan(80)
    // How far it came was asked for anew, and it had not moved.
    pace.mark(1_000, 40_000)
    expect(pace.movedAt).toBe(10_000)
  })
})
