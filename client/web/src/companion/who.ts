// Who says something here, as every remark, post and answer keeps it.
import { session } from '../data/session.svelte'
import type { Me } from '../data/types'
import { said, type Said } from '../edit/kinds'
import { word } from '../edit/paths'

/** "<school>/<person>": under which documents know a person. */
export function referenceOf(me: Me | undefined): string {
  if (!me) return ''
  return me.reference || `${me.school.id}/${me.person.id}`
}

/** The fields of an item that say who wrote it and when. */
export function saidNow(): Record<keyof Said, unknown> {
  const { me } = session
  return { name: me?.person.name ?? '', school: me?.school.name ?? '', person: word(referenceOf(me)), at_ms: Date.now() }
}

export function isMine(item: { person: unknown }): boolean {
  const person = said(item.person)
  return person !== '' && person === referenceOf(session.me)
}

/** The school, where it is not our own. */
export function otherSchool({ school, person }: Pick<Said, 'school' | 'person'>): string {
  const own = session.me?.school
  return own && (said(person).startsWith(`${own.id}/`) || school === own.name) ? '' : school
}
