// How long things have been kept, by a clock that may be wrong by a year and jump when somebody sets it right. What counts is the time in which
// this browser was used: each look adds what has passed since the last one, and never more than a day.
import type { Keeping } from './copies'
import type { UnixMs } from './types'

const CLOCK = 'jeli.clock'
const DAY_MS = 86_400_000

/** Goes like the computer's clock while that goes well. Never back, and a jump forward is one day. */
export function steadyNow(keeping: Keeping | undefined, now: UnixMs): UnixMs {
  let time = now
  try {
    const [last = NaN, steady = NaN] = (keeping?.getItem(CLOCK) ?? '').split(' ').map(Number)
    if (Number.isFinite(last) && Number.isFinite(steady)) time = steady + Math.min(Math.max(now - last, 0), DAY_MS)
    keeping?.setItem(CLOCK, `${now} ${time}`)
  } catch {
    // A browser that keeps nothing has nothing that grows old.
  }
  return time
}
