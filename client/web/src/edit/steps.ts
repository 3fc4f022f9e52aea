// Taking back what one has changed oneself in the structured parts: items added, removed and moved, values set. What others did since stays:
// a value that they have set anew is theirs, and words that they put into a text stay in it.
import * as A from '@automerge/automerge/slim'
import { richAdapter } from '../rich/schema'
import { itemAt, keep } from './kept'
import { fieldsOf, holdsAt } from './kinds/shape'
import { said } from './kinds'
import { removeItem, splicesSince, textAt, valueAt, word, writeText, type Prop } from './paths'
import { putBack } from './putback'
import { difference, rebase } from './splice'

/** Where the document stood before and after one change of the person's, which may be several in Automerge. */
export interface Step {
  before: A.Heads
  after: A.Heads
}

/** More than anybody remembers having done. */
const STEPS_LIMIT = 100

export class Steps {
  #done: Step[] = []
  #undone: Step[] = []

  get last(): Step | undefined {
    return this.#done[this.#done.length - 1]
  }

  record(step: Step): void {
    this.#done = [...this.#done.slice(1 - STEPS_LIMIT), step]
    this.#undone = []
  }

  /** Takes back one step, the last if none is named. `write` makes a change and tells where it began and ended; false where nothing was left
   * to take back. */
  undo(doc: () => A.Doc<unknown>, write: (edit: Edit) => Step | undefined, wanted = this.last): boolean {
    while (wanted) {
      this.#done = this.#done.filter((each) => each !== wanted)
      const made = turned(doc(), wanted, write)
      if (made) {
        this.#undone.push(made)
        return true
      }
      wanted = this.last
    }
    return false
  }

  redo(doc: () => A.Doc<unknown>, write: (edit: Edit) => Step | undefined): boolean {
    for (;;) {
      const step = this.#undone.pop()
      if (!step) return false
      const made = turned(doc(), step, write)
      if (!made) continue
      this.#done.push(made)
      return true
    }
  }

  forget(): void {
    this.#done = []
    this.#undone = []
  }
}

export type Edit = (draft: object) => void

function turned(doc: A.Doc<unknown>, step: Step, write: (edit: Edit) => Step | undefined): Step | undefined {
  const back = takeBack(doc, step)
  return back.length === 0 ? undefined : write((draft) => back.forEach((edit) => edit(draft)))
}

/** What takes a step back in the document as it stands now: one edit for each place that the step touched. */
export function takeBack(doc: A.Doc<unknown>, { before, after }: Step): Edit[] {
  const kind = said(valueAt(doc, ['kind']))
  const [then, since] = [A.view(doc, before), A.view(doc, after)]
  const places = new Map<string, Prop[]>()
  for (const { path } of A.diff(doc, before, after)) {
    const place = placeOf(kind, path, then, since)
    if (place) places.set(place.join('\n'), place)
  }
  return [...places.values()].map((place) => backAt(doc, kind, place, then, since, after)).filter((edit) => edit !== undefined)
}

/** The item that came or went, or else the field. */
function placeOf(kind: string, path: Prop[], then: unknown, since: unknown): Prop[] | undefined {
  const root = fieldsOf(kind).find(({ name }) => name === path[0])
  if (!root) return undefined
  if (root.holds === 'items') {
    if (path.length < 2) return undefined
    const place = { path: path.slice(0, 1), id: String(path[1]) }
    if (!itemAt(then, place) || !itemAt(since, place)) return path.slice(0, 2)
  }
  for (let length = 1; length <= path.length; length += 1) {
    const field = holdsAt(kind, path.slice(0, length))
    if (field?.holds === 'set') return path.slice(0, length + 1)
    if (field && field.holds !== 'items' && field.holds !== 'map') return path.slice(0, length)
  }
  return undefined
}

function backAt(doc: A.Doc<unknown>, kind: string, place: Prop[], then: A.Doc<unknown>, since: A.Doc<unknown>, after: A.Heads): Edit | undefined {
  const holds = holdsAt(kind, place)?.holds
  if (place.length === 2 && holds === undefined && fieldsOf(kind).some(({ name, holds }) => name === place[0] && holds === 'items')) {
    const item = { path: place.slice(0, 1), id: String(place[1]) }
    const kept = keep(then, item)
    const stands = itemAt(doc, item) !== undefined
    if (kept) return stands ? undefined : (draft) => putBack(draft, kept)
    return stands ? (draft) => removeItem(draft, item.path, item.id) : undefined
  }
  if (holds === 'text' || holds === 'rich') return textBack(doc, place, then, since, after)
  const [had, set, has] = [then, since, doc].map((each) => valueAt(each, place))
  if (!sameScalar(has, set) || sameScalar(has, had)) return undefined
  return (draft) => setValue(draft, place, had)
}

function textBack(doc: A.Doc<unknown>, place: Prop[], then: A.Doc<unknown>, since: A.Doc<unknown>, after: A.Heads): Edit | undefined {
  const [had, made] = [textAt(then, place), textAt(since, place)]
  const whole = textAt(doc, place) === made
  const spans = spansAt(then, place)
  if (whole && spans && holdsBlocks(spans, spansAt(since, place)))
    return (draft) => A.updateSpans(draft as A.Doc<unknown>, place, spans, richAdapter.updateSpansConfig())
  const mine = difference(made, had)
  const theirs = splicesSince(doc, place, after, made)
  if (!mine || !theirs) return undefined
  const edit = theirs.reduce(rebase, mine)
  return (draft) => writeText(draft, place, edit)
}

const holdsBlocks = (...texts: (A.Span[] | undefined)[]): boolean => texts.some((spans) => spans?.some((span) => span.type === 'block' || span.marks))

/** Asked of the object that holds the text: in a view a path from the root may lead nowhere. */
export function spansAt(doc: unknown, path: Prop[]): A.Span[] | undefined {
  const parent = path.length === 1 ? doc : valueAt(doc, path.slice(0, -1))
  const field = path[path.length - 1] as Prop
  if (typeof parent !== 'object' || parent === null || typeof valueAt(doc, path) !== 'string') return undefined
  return A.spans(parent as A.Doc<unknown>, [field])
}

export function sameScalar(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && said(a) === said(b))
}

/** Sets a value as it was, also one that was missing. */
export function setValue(draft: unknown, path: Prop[], value: unknown): void {
  const parent = path.length === 1 ? draft : valueAt(draft, path.slice(0, -1))
  const field = path[path.length - 1] as Prop
  if (typeof parent !== 'object' || parent === null) return
  const fields = parent as Record<Prop, unknown>
  if (value === undefined) delete fields[field]
  else fields[field] = A.isImmutableString(value) ? word(value.val) : value
}
