// Undo instead of "are you sure": what was just removed can be put back for a while.

import type { Step } from '../edit/steps'

/** Long enough to read one sentence and reach for the key. */
const OFFERED_MS = 12_000

export interface Offer {
  words: string
  undo: () => void
  /** Whether there is nothing left to undo: somebody else has put it back. */
  done: () => boolean
  /** The change that it takes back, where Ctrl+Z does so too. */
  step?: Step | undefined
  /** Ctrl+Z takes back changes of a document, and this is none. */
  byKey?: false
  /** What the button says, if not "undo". */
  button?: string
}

class Undo {
  #offer = $state.raw<Offer | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined

  get offer(): Offer | undefined {
    return this.#offer?.done() ? undefined : this.#offer
  }

  propose(offer: Offer): void {
    clearTimeout(this.#timer)
    this.#offer = offer
    this.#timer = setTimeout(() => (this.#offer = undefined), OFFERED_MS)
  }

  take(): void {
    const offer = this.offer
    this.drop()
    offer?.undo()
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.#offer = undefined
  }
}

export const undo = new Undo()
