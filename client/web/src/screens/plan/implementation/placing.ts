// Places among siblings. Items of all groups share one order: a place among siblings is found between the neighbours there.
import type { Id, Placed } from '../../../edit/order'

/** Where in `all` (without the item itself) the item goes to stand at `to` among `siblings` (without itself). */
export function placeAmong(all: readonly Placed<unknown>[], siblings: readonly Placed<unknown>[], to: number): number {
  const next = siblings[to]
  const previous = siblings[to - 1]
  return next ? indexOf(all, next.id) : indexOf(all, previous?.id) + 1
}

function indexOf(all: readonly Placed<unknown>[], id: Id | undefined): number {
  return all.findIndex((other) => other.id === id)
}
