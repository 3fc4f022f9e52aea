// Places in a text as one writer alone would count them, found again among what others put in and took out meanwhile.
import type { Splice } from './splice'

interface Moved {
  /** Counted as if the others had written nothing. */
  at: number
  /** Letters that came there, or went. */
  by: number
}

export class Drift {
  /** In the order in which they stand. */
  #others: Moved[] = []

  /** We have put in or taken out something, at a place counted by ourselves. */
  ours({ at, remove, insert }: Splice): void {
    for (const other of this.#others) if (other.at > at) other.at = Math.max(at, other.at - remove) + insert.length
  }

  /** Others have, at a place of the text as it stands. */
  theirs({ at, remove, insert }: Splice): void {
    this.#others.push({ at: this.#alone(at), by: insert.length - remove })
    this.#others.sort((a, b) => a.at - b.at)
  }

  /** Where a place that we have counted stands now. */
  now(at: number): number {
    return Math.max(0, this.#others.reduce((sum, other) => (other.at < at ? sum + other.by : sum), at))
  }

  #alone(now: number): number {
    let before = 0
    for (const { at, by } of this.#others) {
      if (at + before >= now) break
      if (at + before + by >= now) return at
      before += by
    }
    return Math.max(0, now - before)
  }
}
