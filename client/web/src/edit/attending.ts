// Who at a meeting is the person at the page.
import type { Me } from '../data/types'
import { said, type Attendant } from './kinds'
import type { Placed } from './order'

export interface Attending {
  name: string
  school: string
  /** `<school>/<person>`, or empty where the node does not say. */
  person: string
}

export function attending(me: Me): Attending {
  return { name: me.person.name, school: me.guest?.school ?? me.school.name, person: me.reference }
}

const plain = (words: string): string => words.trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** The line of the list that is theirs: by who they are, else by what it says. */
export function lineOf(people: readonly Placed<Attendant>[], who: Attending): Placed<Attendant> | undefined {
  const known = who.person !== '' && people.find(({ item }) => said(item.person) === who.person)
  if (known) return known
  return people.find(
    ({ item }) => said(item.person) === '' && plain(said(item.name)) === plain(who.name) && ['', plain(who.school)].includes(plain(said(item.school))),
  )
}
