// What this tab has written in since it opened a document, and what others have removed of it. Removing wins over writing in
// Automerge: words typed while the line was cut can go with an item that another school removed meanwhile.
import * as A from '@automerge/automerge/slim'
import { keep, nameOf, type KeptItem } from '../edit/kept'
import { valueAt } from '../edit/paths'

export interface Step {
  doc: A.Doc<unknown>
  patches: A.Patch[]
  patchInfo: { before: A.Doc<unknown> }
}

/** Items are told apart by their map and their id; ids hold no such character. */
const key = (path: A.Prop[]): string => `${path[0]}\n${path[1]}`
const inItem = ({ path }: A.Patch): boolean => typeof path[1] === 'string' && path.length > 2 && path[2] !== 'order'
const removesItem = ({ action, path }: A.Patch): boolean => action === 'del' && typeof path[1] === 'string' && path.length === 2

export class Sitting {
  readonly #written = new Set<string>()

  /** Takes note of a step of the document. Returns the items, with their words as this tab had them, in which `actor` has
   * written and which somebody else removed. */
  take({ doc, patches, patchInfo }: Step, actor: string): KeptItem[] {
    const fresh = patches.filter((patch) => inItem(patch) && !this.#written.has(key(patch.path)))
    const gone = patches.filter((patch) => removesItem(patch) && this.#written.has(key(patch.path)))
    // Most keys go into an item that has been written in already: nothing to find out.
    if (fresh.length === 0 && gone.length === 0) return []
    const before = A.getHeads(patchInfo.before)
    // A step is either ours or what came with one message of the node: that holds nothing of ours.
    if (A.getChangesMetaSince(doc, before).every((change) => change.actor === actor)) {
      for (const { path } of fresh) this.#written.add(key(path))
      for (const { path } of gone) this.#written.delete(key(path))
      return []
    }
    if (gone.length === 0) return []
    const then = A.view(doc, before)
    return gone
      .map(({ path }) => keep(then, path.slice(0, 1), String(path[1])))
      .filter((kept) => kept !== undefined)
      .filter((kept) => nameOf(kept) !== '')
  }
}

/** Whether the item is missing still: somebody may have put it back. */
export function missing(doc: unknown, { path, id }: KeptItem): boolean {
  return valueAt(doc, [...path, id]) === undefined
}
