// The time of day. The clock of an old computer may be wrong by years; the node says its own with each answer, and all its moments are by
// that. Where the two are apart the page goes by the node's, and says so.
import type { UnixMs } from './types'

/** Answers say whole seconds and take their time. */
const TOLERANCE_MS = 120_000
/** From here on dates are wrong, and somebody should set a clock right. */
const APART_MS = 86_400_000

class Clock {
  /** How far the node's clock is ahead of this computer's. */
  #ahead = $state(0)

  now(): UnixMs {
    return Date.now() + this.#ahead
  }

  /** Whether one of the two is so wrong that dates are. */
  get apart(): boolean {
    return Math.abs(this.#ahead) >= APART_MS
  }

  /** The node says what time it is, as HTTP writes it. */
  heard(said: string | null): void {
    const ahead = Date.parse(said ?? '') - Date.now()
    if (Number.isFinite(ahead)) this.#ahead = Math.abs(ahead) > TOLERANCE_MS ? ahead : 0
  }
}

export const clock = new Clock()
