// Removing an item of a map by id so that it can be put back: the words it held are kept until the offer lapses.
import { undo } from '../data/undo.svelte'
import type { LiveDocument } from '../live/document.svelte'
import { word, removeItem, setWord, valueAt, type Prop } from './paths'
import type { Common } from './kinds'
import type { Id } from './order'

/** A plain copy: text objects as strings, scalars as scalars again. */
function copyOf(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? ('val' in value ? word(String(value.val)) : copyOf(value)) : value,
    ]),
  )
}

/** Putting back makes new text objects: what others typed into the removed ones in between stays in the history only. */
export function removeWithUndo(live: LiveDocument<Common>, path: Prop[], id: Id, words: string, afterUndo?: () => void): void {
  const item = valueAt(live.doc, [...path, id])
  if (typeof item !== 'object' || item === null) return
  const kept = copyOf(item)
  live.change((draft) => removeItem(draft, path, id))
  undo.propose(words, () => {
    live.change((draft) => {
      const map = valueAt(draft, path)
      if (typeof map !== 'object' || map === null || id in map) return
      ;(map as Record<Id, unknown>)[id] = kept
      setWord(draft, [...path, id, 'order'], String((kept['order'] as { val?: unknown } | undefined)?.val ?? ''))
    })
    afterUndo?.()
  })
}
