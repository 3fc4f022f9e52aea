// By which road a school's news travels, and how fresh that is: what the map draws.
import type { SchoolStatus, UnixMs } from '../../../data/types'

export type MapRoad = 'lan' | 'direct' | 'relay' | 'parcel' | 'none'
export const ROADS: readonly MapRoad[] = ['lan', 'direct', 'relay', 'parcel', 'none']

/** Over the holidays between two terms a school may be silent; a road on which nothing moved for longer is drawn as one that was. */
const LATELY_MS = 14 * 86_400_000

/** The road on which a connection stands, or the one on which the last news came, while that is fresh. */
export function roadOf(school: SchoolStatus, now: UnixMs): MapRoad {
  const kind = school.road?.kind
  if (school.connected && (kind === 'lan' || kind === 'direct' || kind === 'relay')) return kind
  if (school.last_contact === null || school.last_road === null) return 'none'
  return now - school.last_contact > LATELY_MS ? 'none' : school.last_road
}

/** Those that are connected first, then the others by how lately they were here: the ones to think of stand together at the end. */
export function inOrder(schools: readonly SchoolStatus[]): SchoolStatus[] {
  const last = (school: SchoolStatus) => (school.connected ? Number.MAX_SAFE_INTEGER : (school.last_contact ?? 0))
  return [...schools].sort((a, b) => last(b) - last(a) || a.name.localeCompare(b.name))
}
