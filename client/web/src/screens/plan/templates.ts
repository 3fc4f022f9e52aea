// With what a plan can begin: priorities that many schools find in themselves, to be argued with and rewritten. Nobody is named in it and
// nothing is dated: that is the school's own work.
import type { Plan } from '../../edit/kinds'
import { blank } from '../../edit/kinds/shape'
import { newId, ordered, type Id } from '../../edit/order'
import { addItem, word } from '../../edit/paths'
import { t, type Words } from '../../locale/locale.svelte'

const PRIORITIES = ['learning', 'teachers', 'wellbeing'] as const
const ACTIONS = [1, 2] as const

function append(draft: Plan, collection: 'priorities' | 'goals' | 'actions', given: Readonly<Record<string, unknown>>): Id {
  const id = newId()
  const shown = ordered<unknown>(draft[collection] as Record<Id, unknown>)
  addItem(draft, [collection], id, blank('plan', collection, given), shown, shown.length)
  return id
}

function threePriorities(draft: Plan, say: Words = t): void {
  for (const name of PRIORITIES) {
    const priority = append(draft, 'priorities', { title: say(`plan-begins-${name}`), reason: say(`plan-begins-${name}-reason`) })
    const goal = append(draft, 'goals', { priority: word(priority), title: say(`plan-begins-${name}-goal`), success: say(`plan-begins-${name}-success`) })
    for (const number of ACTIONS) append(draft, 'actions', { goal: word(goal), what: say(`plan-begins-${name}-action-${number}`) })
  }
}

/** `say` speaks the document's language, which may be another than the page's. */
export const TEMPLATES: readonly { name: string; apply: (draft: Plan, say?: Words) => void }[] = [{ name: 'template-plan-three', apply: threePriorities }]
