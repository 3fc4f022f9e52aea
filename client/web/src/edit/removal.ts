// Removing an item of a map by id so that it can be put back: what it held is kept until the offer lapses. The files that stand at it go and come with it.
import { undo } from '../data/undo.svelte'
import type { LiveDocument } from '../live/document.svelte'
import { itemAt, keep, type KeptItem } from './kept'
import { putBack } from './putback'
import { removeItem, type Prop } from './paths'
import { said, type Common } from './kinds'
import type { Id } from './order'

export function removeWithUndo(live: LiveDocument<Common>, path: Prop[], id: Id, words: string, afterUndo?: () => void): void {
  const kept = keep(live.doc, { path, id })
  if (!kept) return
  const files = filesAt(live.doc, path, id)
  live.change((draft) => {
    removeItem(draft, path, id)
    for (const file of files) removeItem(draft, file.path, file.id)
  })
  const step = live.lastStep
  undo.propose({
    words,
    step,
    undo: () => {
      if (!step || !live.undo(step)) live.change((draft) => [kept, ...files].forEach((each) => putBack(draft, each)))
      afterUndo?.()
    },
    done: () => itemAt(live.doc, kept) !== undefined,
  })
}

function filesAt(doc: Common, path: readonly Prop[], id: Id): KeptItem[] {
  const at = [...path, id].join('/')
  const ids = Object.entries(doc.files ?? {}).flatMap(([file, item]) => (said(item?.at) === at ? [file] : []))
  return ids.flatMap((file) => keep(doc, { path: ['files'], id: file }) ?? [])
}
