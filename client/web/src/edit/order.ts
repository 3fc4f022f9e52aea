// Order in a map by id: a fractional index on each item (docs/documents.md), ties by id, so that a move is one small change.
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'

export type Id = string
export interface Placed<T> {
  id: Id
  item: T
}
/** A new order key for an item. */
export interface Placement {
  id: Id
  order: string
}

function orderOf(item: unknown): string {
  const order = (item as { order?: unknown } | undefined)?.order
  return order === undefined || order === null ? '' : String(order)
}

function less(a: string, b: string): boolean {
  return a < b
}

/** The items of a map in the order people see. A map that is missing or damaged is empty rather than an exception. */
export function ordered<T>(map: Record<Id, T> | undefined): Placed<T>[] {
  if (typeof map !== 'object' || map === null) return []
  return Object.entries(map)
    .filter(([, item]) => typeof item === 'object' && item !== null)
    .map(([id, item]) => ({ id, item }))
    .sort((a, b) => {
      const x = orderOf(a.item)
      const y = orderOf(b.item)
      if (x === y) return less(a.id, b.id) ? -1 : 1
      return less(x, y) ? -1 : 1
    })
}

function isKey(key: string): boolean {
  try {
    generateKeyBetween(key, null)
    return true
  } catch {
    return false
  }
}

/**
 * Keys that put `id` at `index` among `others` (which do not contain it). Usually one; more where two schools made equal
 * keys at once and something must now go between them, or where a foreign program wrote a key that is none.
 */
export function placeAt(others: Placed<unknown>[], index: number, id: Id): Placement[] {
  const before = others.slice(0, index)
  const after = others.slice(index)
  const low = before.length === 0 ? null : orderOf(before[before.length - 1]?.item)
  if (low !== null && !isKey(low)) return renumbered([...before.map((o) => o.id), id, ...after.map((o) => o.id)])
  const blocked = after.findIndex((other) => {
    const key = orderOf(other.item)
    return isKey(key) && (low === null || less(low, key))
  })
  const inTheWay = blocked === -1 ? after : after.slice(0, blocked)
  const high = blocked === -1 ? null : orderOf(after[blocked]?.item)
  const keys = generateNKeysBetween(low, high, inTheWay.length + 1)
  return [id, ...inTheWay.map((other) => other.id)].map((each, i) => ({ id: each, order: keys[i] as string }))
}

function renumbered(ids: Id[]): Placement[] {
  const keys = generateNKeysBetween(null, null, ids.length)
  return ids.map((id, i) => ({ id, order: keys[i] as string }))
}

/** A fresh id for an item: 16 random bytes in hex, as docs/documents.md asks. */
export function newId(): Id {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
