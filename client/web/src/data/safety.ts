// The line of safety: three marks, always true. What each may claim follows from what is known, never from what is hoped.
import type { DocumentStatus, SchoolStatus } from './types'

export type Saved = 'saved' | 'sending' | 'held'
/** Where the words are that the node has not confirmed. `device`: all on this device's disk. `writing`: on the way there. `full`: the
 * browser has no room left for them. `tab`: it keeps nothing. In the last three the tab is the only place. */
export type Kept = 'device' | 'writing' | 'full' | 'tab'
export type Mark = 'yes' | 'waiting' | 'kept' | 'held' | 'unknown'
/** What can be said of other schools: our line to them is open, or cut on purpose; `asking`: the node has not said yet;
 * `unknown`: the node itself is lost, and nothing it said before holds for now. */
export type Outward = 'open' | 'cut' | 'asking' | 'unknown'

export interface Safety {
  /** "Saved here": the node has confirmed every word of this tab; or they are on this device's disk. */
  here: Mark
  /** "At our school": the same confirmation; with the line to the node down nothing new can be claimed. */
  school: Mark
  /** "At n of m schools"; absent where the document stays at one school. */
  schools: { mark: Mark; reached: number; of: number } | undefined
}

/** With the line down, this device is all there is. */
const HELD: Record<Kept, Mark> = { device: 'kept', writing: 'waiting', full: 'held', tab: 'held' }

/** Figures about other schools describe what the node has; words that it has not got yet have reached nobody, so the third
 * mark cannot be complete before the first; those that it has just got are at our school alone, until it says otherwise (`knowsLast`). */
export function safety(saved: Saved, status: DocumentStatus | undefined, outward: Outward, knowsLast = true, kept: Kept = 'tab'): Safety {
  const school: Mark = saved === 'saved' ? 'yes' : saved === 'sending' ? 'waiting' : 'held'
  const here: Mark = school === 'held' ? HELD[kept] : school
  if (!status || status.readers.space.private || status.of <= 1) return { here, school, schools: undefined }
  const schools = (mark: Mark, reached: number) => ({ here, school, schools: { mark, reached: Math.min(reached, status.of), of: status.of } })
  if (saved !== 'saved') return schools('waiting', 0)
  if (outward === 'unknown') return schools('unknown', status.reached)
  if (!knowsLast) return schools('waiting', 1)
  return schools(status.reached >= status.of ? 'yes' : 'waiting', status.reached)
}

/** Stands after every moment there is. */
const UNTOLD = Number.MAX_SAFE_INTEGER

/** Schools that still wait, longest unseen first: the one to telephone stands at the top. A school of whose contact nothing is
 * known comes after those that are known to be away. */
export function waitingSchools(status: DocumentStatus): SchoolStatus[] {
  return status.schools
    .filter((school) => !school.has_latest)
    .sort((a, b) => Number(a.connected) - Number(b.connected) || (a.last_contact ?? UNTOLD) - (b.last_contact ?? UNTOLD))
}
