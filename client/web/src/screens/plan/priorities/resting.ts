// What a priority rests on: a set of judgements, by id.
import type { Plan } from '../../../edit/kinds'
import type { Id } from '../../../edit/order'

export function restOn(draft: Plan, priority: Id, judgement: Id, how: 'rests' | 'not'): void {
  const item = draft.priorities[priority]
  if (!item) return
  if (how === 'not') {
    if (item.rests_on) delete item.rests_on[judgement]
    return
  }
  // A priority from before schema 2 has no set yet.
  item.rests_on ??= {}
  item.rests_on[judgement] = true
}
