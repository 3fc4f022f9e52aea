import { describe, expect, it } from 'vitest'
import { newId, ordered, placeAt, type Placed } from '../src/edit/order'

const items = (orders: Record<string, string>) =>
  Object.fromEntries(Object.entries(orders).map(([id, order]) => [id, { order }]))
const ids = (list: Placed<unknown>[]) => list.map(({ id }) => id)

function placed(map: Record<string, { order: string }>, index: number, id: string): string[] {
  const others = ordered(map).filter((other) => other.id !== id)
  const next = { ...map }
  for (const placement of placeAt(others, index, id)) next[placement.id] = { order: placement.order }
  return ids(ordered(next))
}

describe('the order of a map by id', () => {
  it('goes by key bytewise, and by id where keys are equal', () => {
    expect(ids(ordered(items({ b: 'a1', a: 'a1', c: 'Zz', d: 'a0' })))).toEqual(['c', 'd', 'a', 'b'])
  })

  it('is empty for a map that is missing or damaged', () => {
    expect(ordered(undefined)).toEqual([])
    expect(ordered({ x: null } as never)).toEqual([])
  })

  it('lets an item be put at any place, with one new key', () => {
    const map = items({ a: 'a0', b: 'a1', c: 'a2' })
    for (let index = 0; index <= 3; index += 1) {
      const want = ['a', 'b', 'c']
      want.splice(index, 0, 'x')
      expect(placed({ ...map }, index, 'x')).toEqual(want)
      expect(placeAt(ordered(map), index, 'x')).toHaveLength(1)
    }
  })

  it('lets an item go between two that two schools put at one place at once', () => {
    const map = items({ a: 'a0', b: 'a0', c: 'a1' })
    expect(placed(map, 1, 'x')).toEqual(['a', 'x', 'b', 'c'])
    expect(placed(map, 0, 'c')).toEqual(['c', 'a', 'b'])
  })

  it('goes on where a foreign program wrote keys that are none', () => {
    const map = items({ a: 'not a key!', b: '', c: 'a1' })
    for (let index = 0; index <= 3; index += 1) expect(placed(map, index, 'x')[index], `place ${index}`).toBe('x')
  })

  it('gives new items ids of 32 lower-case hex digits', () => {
    expect(newId()).toMatch(/^[0-9a-f]{32}$/)
    expect(newId()).not.toBe(newId())
  })
})
