// Items that stand under others.
import type { Id } from '../order'
import { said } from './common'

/** Where an item stands under another one: the map of that one, and the field that names it. */
const STANDS_UNDER: Readonly<Record<string, { map: string; field: string }>> = {
  actions: { map: 'goals', field: 'goal' },
  goals: { map: 'priorities', field: 'priority' },
  decisions: { map: 'agenda', field: 'item' },
}

/** The place of what an item of `map` stands under; nothing for one that stands by itself. */
export function placeAbove(map: string, item: Readonly<Record<string, unknown>>): { path: [string]; id: Id } | undefined {
  const above = STANDS_UNDER[map]
  const id = above && said(item[above.field])
  return id ? { path: [above.map], id } : undefined
}
