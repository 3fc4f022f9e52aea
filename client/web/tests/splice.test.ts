import { describe, expect, it } from 'vitest'
import { apply, carried, carriedRange, difference, rebase, type Splice } from '../src/edit/splice'

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const LETTERS = ['а', 'ә', 'қ', 'a', ' ', '\n', '😀', '👩‍🏫']
function words(next: () => number, length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(next() * LETTERS.length)]).join('')
}

function wellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)
}

describe('the difference between two texts', () => {
  it('turns the one into the other, for any two texts and any caret', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const next = random(seed)
      const before = words(next, Math.floor(next() * 12))
      const after = next() < 0.5 ? words(next, Math.floor(next() * 12)) : before + words(next, 2)
      const splice = difference(before, after, Math.floor(next() * (after.length + 1)))
      expect(splice ? apply(before, splice) : before, `seed ${seed}`).toBe(after)
    }
  })

  it('never cuts an emoji in two', () => {
    const splice = difference('x😀y', 'x😁y') as Splice
    expect(wellFormed(splice.insert)).toBe(true)
    expect(splice).toEqual({ at: 1, remove: 2, insert: '😁' })
  })

  it('is nothing where nothing changed, and one letter where one letter was typed', () => {
    expect(difference('жоспар', 'жоспар')).toBeUndefined()
    expect(difference('жоспар', 'жоспары')).toEqual({ at: 6, remove: 0, insert: 'ы' })
  })

  it('takes the letter that was typed at the caret, not its twin', () => {
    expect(difference('aaa', 'aaaa', 1)).toEqual({ at: 0, remove: 0, insert: 'a' })
    expect(difference('aaa', 'aaaa', 4)).toEqual({ at: 3, remove: 0, insert: 'a' })
  })
})

describe('two people in one field', () => {
  it('keep both their words when one splice is carried over the other', () => {
    const base = 'мектеп жоспары'
    const mine = difference(base, 'біздің мектеп жоспары') as Splice
    const theirs = difference(base, 'мектеп жоспары 2026') as Splice
    expect(apply(apply(base, theirs), rebase(mine, theirs))).toBe('біздің мектеп жоспары 2026')
    expect(apply(apply(base, mine), rebase(theirs, mine))).toBe('біздің мектеп жоспары 2026')
  })

  it('never reach outside the text, whatever the two did', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const next = random(seed)
      const base = words(next, 8)
      const mine = difference(base, words(next, Math.floor(next() * 10)))
      const theirs = difference(base, words(next, Math.floor(next() * 10)))
      if (!mine || !theirs) continue
      const now = apply(base, theirs)
      const moved = rebase(mine, theirs)
      expect(moved.at, `seed ${seed}`).toBeGreaterThanOrEqual(0)
      expect(moved.at + moved.remove, `seed ${seed}`).toBeLessThanOrEqual(now.length)
      expect(apply(now, moved)).toContain(mine.insert)
    }
  })

  it('keep their carets beside the words they stood at', () => {
    expect(carried(3, { at: 0, remove: 0, insert: 'ab' })).toBe(5)
    expect(carried(3, { at: 5, remove: 1, insert: '' })).toBe(3)
    expect(carried(3, { at: 1, remove: 4, insert: 'x' })).toBe(2)
  })

  it('keep their carets before words put in exactly there, and choose none of those put in beside what they chose', () => {
    expect(carried(3, { at: 3, remove: 0, insert: 'ab' })).toBe(3)
    expect(carriedRange({ start: 3, end: 3 }, { at: 3, remove: 0, insert: 'ab' })).toEqual({ start: 3, end: 3 })
    expect(carriedRange({ start: 3, end: 5 }, { at: 3, remove: 0, insert: 'ab' })).toEqual({ start: 5, end: 7 })
    expect(carriedRange({ start: 3, end: 5 }, { at: 5, remove: 0, insert: 'ab' })).toEqual({ start: 3, end: 5 })
    expect(carriedRange({ start: 3, end: 5 }, { at: 3, remove: 4, insert: 'x' })).toEqual({ start: 4, end: 4 })
  })

  it('lose no words that the one puts before those that the other replaces', () => {
    const mine = difference('бір екі', 'бір үш') as Splice
    const theirs = difference('бір екі', 'бір жиырма екі', 11) as Splice
    expect(apply(apply('бір екі', theirs), rebase(mine, theirs))).toBe('бір жиырма үш')
  })
})
