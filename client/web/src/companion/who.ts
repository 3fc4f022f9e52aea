// Who says something here, as every remark, post and answer keeps it.
import { clock } from '../data/clock.svelte'
import { session } from '../data/session.svelte'
import type { Me } from '../data/types'
import { said, type Said } from '../edit/kinds'
import { word } from '../edit/paths'

/** "<school>/<person>": under which documents know a person. Nothing for a guest, who is nobody's of this school. */
export function referenceOf(me: Me | undefined): string {
  return me?.reference ?? ''
}

/** Who writes here, as a change tells it. What a guest writes bears the host's computer: their school goes with their name. */
export function nameHere(): string {
  const { me } = session
  return me?.guest ? `${me.person.name} (${me.guest.school})` : (me?.person.name ?? '')
}

/** The fields of an item that say who wrote it and when. */
export function saidNow(): Record<keyof Said, unknown> {
  const { me } = session
  return { name: me?.person.name ?? '', school: me?.guest?.school ?? me?.school.name ?? '', person: word(referenceOf(me)), at_ms: clock.now() }
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
