// Whoever is responsible for an action accepts its date or offers another; who asked takes that over or leaves it.
import type { Doc } from '@automerge/automerge/slim'
import { ANSWERS, oneOf, said, type Action, type Answer } from '../../../edit/kinds'
import { setWord, textAt } from '../../../edit/paths'
import { setApart, settle } from '../../../edit/values'
import type { Id } from '../../../edit/order'
import type { Me } from '../../../data/types'

/** How documents name a person. */
export function nameOfPerson(me: Me): string {
  return `${me.school.id}/${me.person.id}`
}

/** `asked`: named and has not answered. `was_accepted`: with another date, and not this one yet. `nobody`: free words name nobody who could. */
export type Standing = 'nobody' | 'asked' | 'accepted' | 'was_accepted' | 'other_date'

/** What is accepted is accepted for one date, `offered_due`: whoever changes the date of the action need not know of an answer, and may be at another
 * school. */
export function standing(action: Action): Standing {
  if (said(action.person) === '') return 'nobody'
  // At the same time as the answer somebody else was named: theirs is another answer.
  if (setApart(action as unknown as Doc<unknown>, ['answer']).some(({ value }) => value === '')) return 'asked'
  const answer = oneOf(ANSWERS, action.answer)
  if (answer === '') return 'asked'
  if (said(action.offered_due) === said(action.due)) return 'accepted'
  return answer === 'accepted' ? 'was_accepted' : 'other_date'
}

export function accept(draft: unknown, id: Id): void {
  set(draft, id, 'accepted', textAt(draft, ['actions', id, 'due']))
}

export function offer(draft: unknown, id: Id, date: string): void {
  set(draft, id, 'other_date', date)
}

/** The offered date becomes the date of the action. */
export function takeOver(draft: unknown, id: Id): void {
  const offered = textAt(draft, ['actions', id, 'offered_due'])
  if (offered === '') return
  setWord(draft, ['actions', id, 'due'], offered)
  set(draft, id, 'accepted', offered)
}

/** The date stays, and the responsible person is asked again; also when another person is named. */
export function askAgain(draft: unknown, id: Id): void {
  set(draft, id, '', '')
}

function set(draft: unknown, id: Id, answer: Answer, date: string): void {
  // Also where it says so already: beside an answer given at the same time both must be seen.
  settle(draft, ['actions', id, 'answer'], answer)
  setWord(draft, ['actions', id, 'offered_due'], date)
}
