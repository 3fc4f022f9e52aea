// Undo instead of "are you sure": what was just removed can be put back for a while.

/** Long enough to read one sentence and reach for the key. */
const OFFERED_MS = 12_000

class Undo {
  offer = $state.raw<{ words: string; undo: () => void } | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined

  propose(words: string, undo: () => void): void {
    clearTimeout(this.#timer)
    this.offer = { words, undo }
    this.#timer = setTimeout(() => (this.offer = undefined), OFFERED_MS)
  }

  take(): void {
    const offer = this.offer
    this.drop()
    offer?.undo()
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.offer = undefined
  }
}

export const undo = new Undo()
