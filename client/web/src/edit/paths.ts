// Reading and changing one field of a document by its path.
import { ImmutableString, diffPath, getHeads, splice, type Doc, type Heads, type Patch, type Prop } from '@automerge/automerge/slim'
import { ordered, placeAt, type Id, type Placed } from './order'
import { said } from './kinds'
import { apply, type Splice } from './splice'

function parentOf(doc: unknown, path: Prop[]): Record<Prop, unknown> | undefined {
  let here: unknown = doc
  for (const step of path.slice(0, -1)) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<Prop, unknown>)[step]
  }
  return typeof here === 'object' && here !== null ? (here as Record<Prop, unknown>) : undefined
}

function last(path: Prop[]): Prop {
  return path[path.length - 1] as Prop
}

export function valueAt(doc: unknown, path: Prop[]): unknown {
  return parentOf(doc, path)?.[last(path)]
}

/** The words at `path`; empty where somebody removed the item a moment ago. */
export function textAt(doc: unknown, path: Prop[]): string {
  return said(valueAt(doc, path))
}

function spliceOf({ action, path, ...patch }: Patch): Splice | undefined {
  const at = path[path.length - 1]
  if (typeof at !== 'number') return undefined
  if (action === 'splice' && 'value' in patch) return { at, remove: 0, insert: String(patch.value) }
  if (action === 'del') return { at, remove: 'length' in patch ? (patch.length ?? 1) : 1, insert: '' }
  return undefined
}

/** What became of `before`, the words at `path` when the document stood at `heads`, as splices one after the other. A comparison of the words
 * cannot tell which of two equal letters is the new one; the document can. Undefined where it cannot either: it is another copy, or
 * the words are another Text now. */
export function splicesSince(doc: Doc<unknown>, path: Prop[], heads: Heads, before: string): Splice[] | undefined {
  try {
    const splices: Splice[] = []
    for (const patch of diffPath(doc, path, heads, getHeads(doc))) {
      const one = spliceOf(patch)
      if (one) splices.push(one)
    }
    return splices.reduce(apply, before) === textAt(doc, path) ? splices : undefined
  } catch {
    return undefined
  }
}

/** Writes one splice into a Text. A Text that a foreign program left out is made first. */
export function writeText(draft: unknown, path: Prop[], { at, remove, insert }: Splice): void {
  const parent = parentOf(draft, path)
  if (!parent) return
  const text = parent[last(path)]
  if (typeof text !== 'string') parent[last(path)] = said(text)
  splice(draft as never, path, at, remove, insert)
}

/** Sets a scalar string. The same value again would be an empty change for every school to carry. */
export function setWord(draft: unknown, path: Prop[], value: string): void {
  const parent = parentOf(draft, path)
  if (parent && said(parent[last(path)]) !== value) parent[last(path)] = new ImmutableString(value)
}

export function setPlain(draft: unknown, path: Prop[], value: number | boolean): void {
  const parent = parentOf(draft, path)
  if (parent && parent[last(path)] !== value) parent[last(path)] = value
}

type Item = Record<string, unknown>

function mapAt(draft: unknown, path: Prop[]): Record<Id, Item> | undefined {
  const map = valueAt(draft, path)
  return typeof map === 'object' && map !== null ? (map as Record<Id, Item>) : undefined
}

/** Adds an item at `index` among `shown`, the items the person sees as its neighbours. */
export function addItem(draft: unknown, path: Prop[], id: Id, item: Item, shown: Placed<unknown>[], index: number): void {
  const map = mapAt(draft, path)
  if (!map) return
  map[id] = { ...item, order: new ImmutableString('') }
  place(map, shown, index, id)
}

/** Moves an item to `index` among `others`, its neighbours without itself. */
export function moveItem(draft: unknown, path: Prop[], id: Id, others: Placed<unknown>[], index: number): void {
  const map = mapAt(draft, path)
  if (map && id in map) place(map, others, index, id)
}

function place(map: Record<Id, Item>, others: Placed<unknown>[], index: number, id: Id): void {
  for (const placement of placeAt(others, index, id)) {
    const item = map[placement.id]
    if (item && said(item['order']) !== placement.order) item['order'] = new ImmutableString(placement.order)
  }
}

export function removeItem(draft: unknown, path: Prop[], id: Id): void {
  const map = mapAt(draft, path)
  if (map) delete map[id]
}

export { ordered }
export type { Prop }
/** A scalar string for a new item. */
export function word(value: string): ImmutableString {
  return new ImmutableString(value)
}
