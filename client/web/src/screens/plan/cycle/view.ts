// What of a plan is looked at: one step of its cycle, by its address, or the whole.
import { STEPS, type Step } from '../../../edit/kinds'

export type View = Step | 'whole'

/** The view that an address asks for; nothing for a place within the page. */
export function viewOf(hash: string): View | undefined {
  if (hash === '' || hash === '#' || hash === '#whole') return 'whole'
  return STEPS.find((step) => hash === `#step-${step}`)
}
