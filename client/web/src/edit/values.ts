// What was set in one field at the same time, apart: Automerge keeps all of it and shows one.
import * as A from '@automerge/automerge/slim'
import { said } from './kinds'
import { setValue } from './steps'
import { valueAt, type Prop } from './paths'

/** A value of a scalar field, and the actor who set it. */
export interface SetValue {
  value: string | number | boolean
  actor: string
}

/** More than two apart at once is rare, and a row of many helps nobody to choose. */
const SHOWN_LIMIT = 4

function plain(value: unknown): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : said(value)
}

/** What each of those has set who set the field at `path` at the same time; empty where nobody else did. */
export function setTogether(doc: A.Doc<unknown>, path: Prop[]): SetValue[] {
  const parent = path.length === 1 ? doc : valueAt(doc, path.slice(0, -1))
  if (typeof parent !== 'object' || parent === null) return []
  try {
    const conflicts = A.getConflicts(parent as A.Doc<unknown>, path[path.length - 1] as Prop) as Record<string, unknown> | undefined
    return Object.entries(conflicts ?? {}).map(([op, set]) => ({ value: plain(set), actor: op.slice(op.indexOf('@') + 1) }))
  } catch {
    return []
  }
}

/** The values of the field at `path` where there is more than one, each once, the shown one first. Empty where all agree. */
export function setApart(doc: A.Doc<unknown>, path: Prop[]): SetValue[] {
  const each = new Map<SetValue['value'], SetValue>()
  for (const set of setTogether(doc, path)) if (!each.has(set.value)) each.set(set.value, set)
  if (each.size < 2) return []
  const shown = plain(valueAt(doc, path))
  const all = [...each.values()]
  return [...all.filter(({ value }) => value === shown), ...all.filter(({ value }) => value !== shown)].slice(0, SHOWN_LIMIT)
}

/** Sets one of them for all: what was set beside it is then no longer there to choose. */
export function settle(draft: unknown, path: Prop[], value: SetValue['value']): void {
  // The value that is shown already would be no change, and leave the others where they are.
  setValue(draft, path, undefined)
  setValue(draft, path, typeof value === 'string' ? new A.ImmutableString(value) : value)
}
