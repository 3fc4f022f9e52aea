// Removing an item of a map by id so that it can be put back: what it held is kept until the offer lapses.
import { undo } from '../data/undo.svelte'
import type { LiveDocument } from '../live/document.svelte'
import { itemAt, keep } from './kept'
import { putBack } from './putback'
import { removeItem, type Prop } from './paths'
import type { Common } from './kinds'
import type { Id } from './order'

export function removeWithUndo(live: LiveDocument<Common>, path: Prop[], id: Id, words: string, afterUndo?: () => void): void {
  const kept = keep(live.doc, { path, id })
  if (!kept) return
  live.change((draft) => removeItem(draft, path, id))
  const step = live.lastStep
  undo.propose({
    words,
    step,
    undo: () => {
      if (!step || !live.undo(step)) live.change((draft) => putBack(draft, kept))
      afterUndo?.()
    },
    done: () => itemAt(live.doc, kept) !== undefined,
  })
}
