// Nothing of a person stays at a shared computer once they are gone: neither documents and words nor what they read.
import { forgetCopies, type Keeping } from '../data/copies'
import { forgetLastHere } from '../data/lasthere'
import { forgetUnfinished } from '../files/unfinished'
import { forgetVisits } from '../history/visits'
import { seatsHere, setKeepsHere, setLanguageToTell, setSeatHere } from './here'
import { wipe } from './store'

export async function forget(keeping: Keeping | undefined, person: string): Promise<void> {
  forgetCopies(keeping, person)
  forgetVisits(keeping, person)
  forgetLastHere(keeping, person)
  forgetUnfinished(keeping, person)
  setLanguageToTell(keeping, person, undefined)
  setKeepsHere(keeping, person, 'no')
  await wipe(person)
  // Last, so that a page that is closed meanwhile leaves it to the next.
  setSeatHere(keeping, person, 'left')
}

/** Forgets guests whose seat has ended: each seat is another person to the node, so nobody comes back to what they left. `here`: who sits here now. */
export async function forgetSeats(keeping: Keeping | undefined, here?: string): Promise<void> {
  await Promise.all(seatsHere(keeping).filter((person) => person !== here).map((person) => forget(keeping, person)))
}
