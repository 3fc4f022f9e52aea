// How fast something goes, by what went in the last seconds: a line of a village changes within a minute.

const WINDOW_MS = 10_000

export class Pace {
  #marks: { at: number; bytes: number }[] = []

  /** So many bytes had gone at that moment. */
  mark(bytes: number, at: number): void {
    this.#marks.push({ at, bytes })
    while ((this.#marks[1]?.at ?? at) < at - WINDOW_MS) this.#marks.shift()
  }

  /** Bytes a second; 0 while nothing can be said. */
  get rate(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)]
    return first && last && last.at > first.at ? Math.max(0, ((last.bytes - first.bytes) * 1_000) / (last.at - first.at)) : 0
  }

  /** None while nothing can be said. */
  secondsLeft(total: number): number | undefined {
    const last = this.#marks.at(-1)
    return last && this.rate >= 1 ? Math.ceil((total - last.bytes) / this.rate) : undefined
  }
}
