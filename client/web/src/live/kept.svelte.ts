// Waiting until the node has a document.
import { ApiError } from '../data/api'
import type { LiveDocument } from './document.svelte'

/** The node keeps a copy in milliseconds; a long one on an old computer takes seconds. */
export const KEPT_WITHIN_MS = 60_000

/** Resolves once the node has confirmed all that was written here; rejects where it does not in time. */
export function kept(live: Pick<LiveDocument<never>, 'unsaved'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = $effect.root(() => {
      const late = setTimeout(() => finish(() => reject(new ApiError('node_unreachable', 0))), KEPT_WITHIN_MS)
      const finish = (then: () => void) => {
        clearTimeout(late)
        then()
        queueMicrotask(() => end())
      }
      $effect(() => {
        if (!live.unsaved) finish(resolve)
      })
    })
  })
}
