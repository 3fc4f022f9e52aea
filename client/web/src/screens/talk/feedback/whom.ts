// Who is asked, and who of them has answered.
import { said, type Asked, type FeedbackAnswer } from '../../../edit/kinds'
import type { Named, Space } from '../../../data/types'

/** A person or a school that can be asked. */
export interface Whom {
  name: string
  /** The school's id. */
  school: string
  /** "<school>/<person>"; empty for a school, and for somebody known by name alone. */
  person: string
}

export function keyOf({ name, school, person }: { name: string; school: unknown; person: unknown }): string {
  return said(person) || said(school) || `name:${name.trim()}`
}

/** The schools of a space but our own, and the people of ours but the one who asks. In our own space only people can be asked. */
export function choicesOf(space: Space, ownSchool: string, people: readonly Named[], asker: string): Whom[] {
  const schools = space.private ? [] : space.members.filter(({ school }) => school.id !== ownSchool)
  const own = people.map(({ id, name }): Whom => ({ name, school: ownSchool, person: `${ownSchool}/${id}` }))
  return [...schools.map(({ school }): Whom => ({ name: school.name, school: school.id, person: '' })), ...own.filter(({ person }) => person !== asker)]
}

/** Whether somebody has answered: the person, or anybody of the school that was asked. Who is known by name alone, by that name. */
export function hasAnswered(asked: Asked, answers: readonly FeedbackAnswer[]): boolean {
  const [school, person] = [said(asked.school), said(asked.person)]
  if (person !== '') return answers.some((answer) => said(answer.person) === person)
  if (school !== '') return answers.some((answer) => said(answer.person).startsWith(`${school}/`))
  return answers.some((answer) => answer.name.trim() === asked.name.trim())
}
