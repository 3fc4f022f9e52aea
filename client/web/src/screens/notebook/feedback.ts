// The one place from which feedback on a shared part is asked. It is asked about the copy: nobody else can read the original, and its id must
// stay at home.
import { router } from '../../router.svelte'

/** `about`: the copy, or the part's place in it. */
export function askForFeedback(about: string): void {
  router.go(`/talk?about=${encodeURIComponent(about)}`)
}
