// The visits of whoever is at this page.
import { browserKeeping } from '../data/copies'
import { session } from '../data/session.svelte'
import { Visits } from './visits'

let visits: { person: string; of: Visits } | undefined

export function visitsHere(): Visits {
  // Who has signed out leaves no visit behind.
  const person = session.me?.person.id
  if (person === undefined) return new Visits(undefined, '')
  if (visits?.person !== person) visits = { person, of: new Visits(browserKeeping(), person) }
  return visits.of
}
