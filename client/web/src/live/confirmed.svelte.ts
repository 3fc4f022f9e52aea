// Waiting until the node has all that this tab wrote in a document.

/** The node keeps a copy in milliseconds; a long one on an old computer takes seconds. */
export const KEPT_WITHIN_MS = 60_000

/** Whether the node confirmed all of it within so long. */
export function confirmed(live: { readonly unsaved: boolean }, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => finish(false), withinMs)
    const stop = $effect.root(() => {
      $effect(() => {
        if (!live.unsaved) finish(true)
      })
    })
    function finish(answer: boolean): void {
      clearTimeout(late)
      resolve(answer)
      queueMicrotask(stop)
    }
  })
}
