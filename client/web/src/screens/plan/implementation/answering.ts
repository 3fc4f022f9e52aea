// Whoever is responsible for an action accepts its date or offers another; who asked takes that over or leaves it.
import { ANSWERS, oneOf, said, type Action } from '../../../edit/kinds'
import { setWord, textAt } from '../../../edit/paths'
import type { Id } from '../../../edit/order'
import type { Me } from '../../../data/types'

/** How documents name a person. */
export function nameOfPerson(me: Me): string {
  return `${me.school.id}/${me.person.id}`
}

/** `asked`: named and has not answered. `nobody`: free words name nobody who could. */
export type Standing = 'nobody' | 'asked' | 'accepted' | 'other_date'

export function standing(action: Action): Standing {
  if (said(action.person) === '') return 'nobody'
  const answer = oneOf(ANSWERS, action.answer)
  return answer === '' ? 'asked' : answer
}

export function accept(draft: unknown, id: Id): void {
  set(draft, id, { answer: 'accepted', offered_due: '' })
}

export function offer(draft: unknown, id: Id, date: string): void {
  set(draft, id, { answer: 'other_date', offered_due: date })
}

/** The offered date becomes the date of the action. */
export function takeOver(draft: unknown, id: Id): void {
  const offered = textAt(draft, ['actions', id, 'offered_due'])
  if (offered === '') return
  set(draft, id, { due: offered, answer: 'accepted', offered_due: '' })
}

/** The date stays, and the responsible person is asked again; also when another person is named. */
export function askAgain(draft: unknown, id: Id): void {
  set(draft, id, { answer: '', offered_due: '' })
}

function set(draft: unknown, id: Id, values: Readonly<Record<string, string>>): void {
  for (const [field, value] of Object.entries(values)) setWord(draft, ['actions', id, field], value)
}
