// The items of a map under what they stand, in order. A group keeps its identity while nothing in it has changed: a letter typed in
// one action of ten thousand is then no work for what shows the others.
import { said } from './kinds'
import { ordered, type Id, type Placed } from './order'

interface Row<T> {
  placed: Placed<T>
  group: string
  order: string
}

export class Gathered<T extends { order: unknown }> {
  readonly #groupOf: (item: T) => string
  #map: Record<Id, T> | undefined
  #rows = new Map<Id, Row<T>>()
  #groups: ReadonlyMap<string, Placed<T>[]> = new Map()

  /** `groupOf`: what an item stands under; all of them together where nothing is said. */
  constructor(groupOf: (item: T) => string = () => '') {
    this.#groupOf = groupOf
  }

  /** The groups of the map as it is now. */
  take(map: Record<Id, T> | undefined): ReadonlyMap<string, Placed<T>[]> {
    if (map === this.#map) return this.#groups
    this.#map = map
    const changed: Row<T>[] = []
    let count = 0
    let moved = false
    for (const [id, item] of Object.entries(map ?? {})) {
      if (typeof item !== 'object' || item === null) continue
      count += 1
      const row = this.#rows.get(id)
      if (row?.placed.item === item) continue
      const now = { placed: { id, item }, group: this.#groupOf(item), order: said(item.order) }
      moved ||= row?.group !== now.group || row.order !== now.order
      changed.push(now)
    }
    this.#groups = moved || count !== this.#rows.size ? this.#rebuilt(map) : this.#patched(changed)
    return this.#groups
  }

  /** Only words within items have changed. */
  #patched(changed: Row<T>[]): ReadonlyMap<string, Placed<T>[]> {
    if (changed.length === 0) return this.#groups
    const groups = new Map(this.#groups)
    for (const row of changed) {
      this.#rows.set(row.placed.id, row)
      const group = groups.get(row.group) ?? []
      groups.set(row.group, group.map((placed) => (placed.id === row.placed.id ? row.placed : placed)))
    }
    return groups
  }

  #rebuilt(map: Record<Id, T> | undefined): ReadonlyMap<string, Placed<T>[]> {
    const groups = new Map<string, Placed<T>[]>()
    const rows = new Map<Id, Row<T>>()
    for (const { id, item } of ordered(map)) {
      const known = this.#rows.get(id)
      const group = this.#groupOf(item)
      const placed = known?.placed.item === item ? known.placed : { id, item }
      rows.set(id, { placed, group, order: said(item.order) })
      const beside = groups.get(group)
      if (beside) beside.push(placed)
      else groups.set(group, [placed])
    }
    for (const [group, now] of groups) {
      const before = this.#groups.get(group)
      if (before?.length === now.length && before.every((placed, index) => placed === now[index])) groups.set(group, before)
    }
    this.#rows = rows
    return groups
  }
}
