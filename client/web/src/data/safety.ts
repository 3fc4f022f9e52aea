// The line of safety: three marks, always true. What each may claim follows from what is known, never from what is hoped.
import type { DocumentStatus, SchoolStatus } from './types'

export type Saved = 'saved' | 'sending' | 'held'
export type Mark = 'yes' | 'waiting' | 'held'

export interface Safety {
  /** "Saved here": the node has confirmed every word of this tab. */
  here: Mark
  /** "At our school": the same confirmation; with the line to the node down nothing new can be claimed. */
  school: Mark
  /** "At n of m schools"; absent where the document stays at one school. */
  schools: { mark: Mark; reached: number; of: number } | undefined
}

/** `cut`: this school works alone on purpose. Figures about other schools describe what the node has; words that it has not
 * got yet have reached nobody, so the third mark cannot be complete before the first. */
export function safety(saved: Saved, status: DocumentStatus | undefined): Safety {
  const here: Mark = saved === 'saved' ? 'yes' : saved === 'sending' ? 'waiting' : 'held'
  if (!status || status.readers.space.private || status.of <= 1) return { here, school: here, schools: undefined }
  const complete = status.reached >= status.of
  const own = saved === 'saved' ? status.reached : 0
  return {
    here,
    school: here,
    schools: { mark: complete && saved === 'saved' ? 'yes' : 'waiting', reached: Math.min(own, status.of), of: status.of },
  }
}

/** Schools that still wait, longest unseen first: the one to telephone stands at the top. */
export function waitingSchools(status: DocumentStatus): SchoolStatus[] {
  return status.schools
    .filter((school) => !school.has_latest)
    .sort((a, b) => Number(a.connected) - Number(b.connected) || (a.last_contact ?? 0) - (b.last_contact ?? 0))
}
