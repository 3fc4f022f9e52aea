// What a person has written in one document, in this sitting and in earlier ones at this browser, and what others have removed of it.
// Removing wins over writing in Automerge: words typed while the line was cut can go with an item that another school removed
// meanwhile. Such an item is offered to whoever wrote in it until they decide, or until their words stand in it again. So is the goal
// under which stands an action that they wrote in, though the action itself is still there: without the goal it says half.
import * as A from '@automerge/automerge/slim'
import type { Copies } from '../data/copies'
import { fromText, itemAt, keep, nameOf, objectAt, toText, type KeptItem, type Place } from '../edit/kept'
import { placeAbove } from '../edit/kinds'
import { lost } from '../edit/putback'

/** A `Change` of the document, as far as it matters here. */
export interface Step {
  doc: A.Doc<unknown>
  patches: A.Patch[]
  patchInfo: { before: A.Doc<unknown> }
}

interface Writing extends Place {
  object: A.ObjID
  /** None for an item that is watched only for what the person wrote under it. */
  fields: Set<string>
}

/** Items are told apart by their map and their id; ids hold no such character. */
const key = (path: A.Prop[]): string => `${path[0]}\n${path[1]}`
const keyOf = ({ path, id }: Place): string => key([...path, id])
const placeOf = (path: A.Prop[]): Place => ({ path: path.slice(0, 1), id: String(path[1]) })
const inItem = ({ path }: A.Patch): boolean => typeof path[1] === 'string' && path.length > 2 && path[2] !== 'order'
/** An item goes, comes, or comes anew in place of another: somebody who puts it back may be heard together with its removal. */
const ofItem = ({ path }: A.Patch): boolean => typeof path[1] === 'string' && path.length === 2
const addsWords = (patch: A.Patch): boolean => patch.action === 'splice' && patch.value !== ''
/** Nobody misses an item without words, unless they wrote under it. */
const worthOffering = (kept: KeptItem): boolean => kept.written.length === 0 || nameOf(kept) !== ''

export class Sitting {
  readonly #copies: Copies
  readonly #written = new Map<string, Writing>()
  /** Items whose copy is older than what stands in them. */
  readonly #changed = new Set<string>()
  #removed: readonly KeptItem[] = []

  constructor(copies: Copies) {
    this.#copies = copies
  }

  /** Items that others removed and the person had written in, or under, until they have decided. */
  get removed(): readonly KeptItem[] {
    return this.#removed
  }

  /** Whether there is something to save. */
  get changed(): boolean {
    return this.#changed.size > 0
  }

  /** Takes up what the person wrote in earlier sittings, as far as this browser has kept it. */
  resume(doc: A.Doc<unknown>, now: number): void {
    const all = this.#copies.all(now).map(fromText).filter((kept) => kept !== undefined)
    const stands = (kept: KeptItem) => objectAt(doc, kept) === kept.object
    this.#written.clear()
    for (const kept of all.filter(stands)) this.#write(kept, kept.object, kept.written)
    this.#removed = all.filter((kept) => !stands(kept))
    this.#letGoOfBare(doc)
    this.#look(doc)
  }

  /** Takes note of a step of the document, which `actor` or others have made. */
  take({ doc, patches, patchInfo }: Step, actor: string, now: number): void {
    const within = patches.filter(inItem)
    for (const { path } of within) if (this.#written.has(key(path))) this.#changed.add(key(path))
    const fresh = within.filter(({ path }) => !this.#written.get(key(path))?.fields.has(String(path[2])))
    const whole = patches.filter((patch) => ofItem(patch) && this.#written.has(key(patch.path)))
    // Most keys go into a field that has been written in already: nothing to find out.
    if (fresh.length > 0 || whole.length > 0) {
      const before = A.getHeads(patchInfo.before)
      // A step is either ours or what came with one message of the node: that holds nothing of ours.
      if (A.getChangesMetaSince(doc, before).every((change) => change.actor === actor)) this.#takeOurs(doc, patches, fresh, whole)
      else this.#takeTheirs(doc, A.view(doc, before), whole, now)
    }
    this.#look(doc)
    if (whole.length > 0) this.#letGoOfBare(doc)
  }

  /** Keeps the items that were written in since the last time, as they stand, for later sittings. */
  save(doc: A.Doc<unknown>, now: number): void {
    for (const each of this.#changed) {
      const writing = this.#written.get(each)
      const kept = writing && keep(doc, writing, writing.fields)
      if (!kept || kept.object !== writing.object) continue
      if (worthOffering(kept)) this.#copies.keep(kept.object, toText(kept), now)
      else this.#copies.forget(kept.object)
    }
    this.#changed.clear()
  }

  /** The node has refused what `actor` wrote, and `doc` is without it: an item that only this tab had was removed by nobody. */
  refused(doc: A.Doc<unknown>, actor: string): void {
    for (const [each, writing] of this.#written)
      if (writing.object.endsWith(`@${actor}`) && objectAt(doc, writing) !== writing.object) this.#forget(each)
  }

  /** The person has decided about a removed item. */
  letBe(kept: KeptItem): void {
    this.#removed = this.#removed.filter((each) => each.object !== kept.object)
    this.#copies.forget(kept.object)
  }

  #takeOurs(doc: A.Doc<unknown>, patches: A.Patch[], fresh: A.Patch[], whole: A.Patch[]): void {
    for (const { path } of whole) this.#forget(key(path))
    const made = new Set(patches.filter(ofItem).map(({ path }) => key(path)))
    for (const patch of fresh) {
      // The first values of a new item are nobody's words.
      if (made.has(key(patch.path)) && !addsWords(patch)) continue
      const place = placeOf(patch.path)
      const object = objectAt(doc, place)
      if (object) this.#write(place, object, [String(patch.path[2])])
      this.#changed.add(key(patch.path))
      this.#watchAbove(doc, place)
    }
  }

  /** What the person writes in says less without the items that it stands under. */
  #watchAbove(doc: A.Doc<unknown>, place: Place): void {
    for (const above of this.#above(doc, place.path, itemAt(doc, place))) {
      const object = objectAt(doc, above)
      if (!object) continue
      this.#write(above, object, [])
      this.#changed.add(keyOf(above))
    }
  }

  /** The places above an item, from the nearest on; also those from which others have removed what stood there. */
  #above(doc: A.Doc<unknown>, path: A.Prop[], item: Readonly<Record<string, unknown>> | undefined): Place[] {
    const above = item && placeAbove(String(path[0]), item)
    if (!above) return []
    const removed = this.#removed.find((kept) => keyOf(kept) === keyOf(above))
    return [above, ...this.#above(doc, above.path, itemAt(doc, above) ?? removed?.fields)]
  }

  /** Under some items nothing of the person's is left. */
  #letGoOfBare(doc: A.Doc<unknown>): void {
    const writings = [...this.#written.values()].filter(({ fields }) => fields.size > 0)
    const ours = [...writings.map((each) => ({ ...each, item: itemAt(doc, each) })), ...this.#removed.map((kept) => ({ ...kept, item: kept.fields }))]
    const above = new Set(ours.flatMap(({ path, item }) => this.#above(doc, path, item)).map(keyOf))
    for (const [each, { fields }] of this.#written) if (fields.size === 0 && !above.has(each)) this.#forget(each)
    for (const kept of this.#removed) if (kept.written.length === 0 && !above.has(keyOf(kept))) this.letBe(kept)
  }

  #takeTheirs(doc: A.Doc<unknown>, then: A.Doc<unknown>, whole: A.Patch[], now: number): void {
    for (const each of new Set(whole.map(({ path }) => key(path)))) {
      const writing = this.#written.get(each)
      if (!writing || objectAt(doc, writing) === writing.object) continue
      const kept = keep(then, writing, writing.fields)
      this.#forget(each)
      if (!kept || !worthOffering(kept)) continue
      this.#copies.keep(kept.object, toText(kept), now)
      this.#removed = [...this.#removed, kept]
    }
  }

  /** Where their words stand in the item again, the person has written in what stands there now. */
  #look(doc: A.Doc<unknown>): void {
    for (const kept of this.#removed) {
      if (lost(doc, kept)) continue
      this.letBe(kept)
      const object = objectAt(doc, kept)
      if (object) this.#write(kept, object, kept.written)
      this.#changed.add(keyOf(kept))
    }
  }

  #write({ path, id }: Place, object: A.ObjID, fields: Iterable<string>): void {
    const place = keyOf({ path, id })
    const earlier = this.#written.get(place)
    this.#written.set(place, { path, id, object, fields: new Set([...(earlier?.object === object ? earlier.fields : []), ...fields]) })
  }

  #forget(place: string): void {
    const writing = this.#written.get(place)
    if (writing) this.#copies.forget(writing.object)
    this.#written.delete(place)
    this.#changed.delete(place)
  }
}
