import type { SchoolStatus } from '../src/data/types'

/** A school as the node tells of it: away, and waiting for one change, unless said otherwise. */
export function schoolStatus(given: Partial<SchoolStatus> = {}): SchoolStatus {
  const has = given.has_latest ?? false
  return {
    id: 'a', name: given.id ?? 'a', state: has ? 'has_latest' : 'waiting', has_latest: has, waiting_changes: has ? 0 : 1, waiting_bytes: has ? 0 : 900, waiting_since: null, last_contact: null, last_road: null, connected: false,
    road: null, blocker: null, todo: null, clock_ahead: null, ...given,
  }
}
